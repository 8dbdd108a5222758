import { type BlockList, isIP, isIPv6 } from 'node:net'
import type { RequestState } from '../../core/request/request-state.ts'
import { realIp } from './compile.ts'

interface Client {
  readonly address: string
  readonly port: number
}

/** Takes the client from what a trusted proxy says of him (ngx_http_realip_handler), once a request. */
export function takeRealIp(state: RequestState): void {
  const { from, header, recursive } = realIp.of(state.location.settings)
  if (from === null || state.hasRealIp) return
  const values = state.headers.filter(({ key }) => key === header).map(({ value }) => value)
  const lines = header === 'x-forwarded-for' ? values.toReversed() : values.slice(0, 1)
  let client: Client | null = null
  for (const value of lines) {
    const said = lastUntrusted(client ?? state.client, value, from, recursive)
    client = said.client ?? client
    if (!recursive || !said.goesOn) break
  }
  if (client === null) return
  const { address } = client
  state.because({ kind: 'client-address', header, address }, null)
  state.client = client
  state.hasRealIp = true
}

/** The client by one line: from its end on, while a trusted proxy speaks (ngx_http_get_forwarded_addr_internal). */
function lastUntrusted(
  start: Client,
  value: string,
  from: BlockList,
  recursive: boolean,
): { readonly client: Client | null; readonly goesOn: boolean } {
  let client: Client | null = null
  let rest = value
  do {
    const { address } = client ?? start
    if (!from.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return { client, goesOn: false }
    rest = rest.charAt(0) + rest.slice(1).replace(/[ ,]+$/, '')
    const at = Math.max(rest.lastIndexOf(' '), rest.lastIndexOf(',')) + 1
    const parsed = parseAddress(rest.slice(at))
    if (parsed === null) return { client, goesOn: false }
    client = parsed
    if (at === 0) break
    rest = rest.slice(0, at - 1)
  } while (recursive && rest !== '')
  return { client, goesOn: true }
}

/** An address with or without a port (ngx_parse_addr_port). */
function parseAddress(text: string): Client | null {
  if (isIP(text) !== 0) return { address: text, port: 0 }
  const [, ipv6, ipv4, port] = /^(?:\[([^\]]*)\]|([0-9.]+))(?::(\d+))?$/.exec(text) ?? []
  const address = ipv6 ?? ipv4 ?? ''
  const number = Number(port ?? 0)
  if (isIP(address) === 0 || number > 65_535 || (port !== undefined && number === 0)) return null
  return { address, port: number }
}
