import { type BlockList, isIP, isIPv6 } from 'node:net'

/** Who sent a request: an address, and a port or 0. */
export interface ClientAddress {
  readonly address: string
  readonly port: number
}

/**
 * Who sent a request, by what trusted proxies say (ngx_http_get_forwarded_addr): each line from its end on, while the one that
 * is named there is a trusted proxy.
 * @param start the other end of the connection
 * @param lines the lines of a header, the last one first
 * @returns null where no line names anybody
 */
export function forwardedAddress(
  start: ClientAddress,
  lines: readonly string[],
  trusted: BlockList,
  recursive: boolean,
): ClientAddress | null {
  let client: ClientAddress | null = null
  for (const line of lines) {
    const said = lastUntrusted(client ?? start, line, trusted, recursive)
    client = said.client ?? client
    if (!recursive || !said.goesOn) break
  }
  return client
}

/** ngx_http_get_forwarded_addr_internal */
function lastUntrusted(
  start: ClientAddress,
  line: string,
  trusted: BlockList,
  recursive: boolean,
): { readonly client: ClientAddress | null; readonly goesOn: boolean } {
  let client: ClientAddress | null = null
  let rest = line
  do {
    const { address } = client ?? start
    if (!trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')) return { client, goesOn: false }
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
function parseAddress(text: string): ClientAddress | null {
  if (isIP(text) !== 0) return { address: text, port: 0 }
  const [, ipv6, ipv4, port] = /^(?:\[([^\]]*)\]|([0-9.]+))(?::(\d+))?$/.exec(text) ?? []
  const address = ipv6 ?? ipv4 ?? ''
  const number = Number(port ?? 0)
  if (isIP(address) === 0 || number > 65_535 || (port !== undefined && number === 0)) return null
  return { address, port: number }
}
