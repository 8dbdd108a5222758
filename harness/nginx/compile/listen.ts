import { isIPv6 } from 'node:net'
import type { Span } from '../../diagnostics/span.ts'
import { parseUpstreamUrl } from '../config/parse-upstream-url.ts'
import type { Directive, Word } from '../syntax.ts'
import type { CompileScope } from './scope.ts'

/** One `listen`: where a server takes connections. */
export interface Listen {
  /** Null for any IPv4 address; `::` for any IPv6 address. */
  readonly address: string | null
  readonly port: number
  readonly isDefault: boolean
  readonly tls: boolean
  readonly span: Span
}

/** Parameters that change nothing about where a request goes; those with a value are followed by `=`. */
const HARMLESS =
  /^(?:bind|deferred|reuseport|http2|(?:setfib|fastopen|backlog|rcvbuf|sndbuf|accept_filter|so_keepalive)=.+|ipv6only=(?:on|off))$/

/** Compiles `listen ADDRESS[:PORT] | PORT [default_server] [ssl] …` (ngx_http_core_listen); null where it is wrong or refused. */
export function compileListen({ args, span }: Directive, scope: CompileScope): Listen | null {
  const [word, ...parameters] = args
  if (word === undefined) return null
  const place = readPlace(word, scope)
  let isDefault = false
  let tls = false
  for (const { text, span: at } of parameters) {
    if (text === 'default_server' || text === 'default') isDefault = true
    else if (text === 'ssl') tls = true
    else if (text === 'proxy_protocol') scope.refuse('listen', at, 'proxy_protocol is not modelled')
    else if (!HARMLESS.test(text)) scope.error(at, `invalid parameter "${text}"`)
  }
  return place === null ? null : { ...place, isDefault, tls, span }
}

function readPlace(word: Word, scope: CompileScope): { address: string | null; port: number } | null {
  const { text } = word
  if (text.startsWith('unix:')) {
    scope.refuse('listen', word.span, 'a unix domain socket is not modelled')
    return null
  }
  if (/^\d+$/.test(text)) return checkedPort(Number(text), null, word, scope)
  const [, star] = /^\*(?::(\d+))?$/.exec(text) ?? []
  if (text.startsWith('*') && (text === '*' || star !== undefined))
    return checkedPort(Number(star ?? 80), null, word, scope)
  if (/^[^/]*:\d+-\d+$|^\d+-\d+$/.test(text)) {
    scope.refuse('listen', word.span, 'a range of ports is not modelled')
    return null
  }
  const parsed = parseUpstreamUrl(text)
  if ('error' in parsed || parsed.uri !== '') {
    scope.error(
      word.span,
      `${'error' in parsed ? parsed.error : 'invalid host'} in "${text}" of the "listen" directive`,
    )
    return null
  }
  const address = parsed.address ?? scope.world.resolve(parsed.host)[0]
  if (address === undefined) {
    scope.error(word.span, `host not found in "${text}" of the "listen" directive`)
    return null
  }
  return { address: address === '0.0.0.0' ? null : normalised(address), port: Number(parsed.port ?? 80) }
}

function checkedPort(
  port: number,
  address: string | null,
  word: Word,
  scope: CompileScope,
): { address: string | null; port: number } | null {
  if (port >= 1 && port <= 65_535) return { address, port }
  scope.error(word.span, `invalid port in "${word.text}" of the "listen" directive`)
  return null
}

/** IPv6 addresses as the URL parser writes them, so that equal ones are equal. */
function normalised(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address
}
