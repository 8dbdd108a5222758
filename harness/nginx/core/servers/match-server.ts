import type { NginxFact } from '../../../trace/reason.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { RequestState } from '../request/request-state.ts'
import type { Server } from '../site-config.ts'
import { longestLeading, longestTrailing } from './wildcards.ts'

/** The servers that listen on one address and port, by their names (ngx_http_virtual_names_t). */
export interface VirtualServers {
  readonly default: Server
  /** Where the default was made the default. */
  readonly defaultIsMarked: boolean
  readonly exact: ReadonlyMap<string, Server>
  /** By what follows the `*`: `.example.com`. */
  readonly leading: ReadonlyMap<string, Server>
  /** By what stands before the `*`: `mail.`. */
  readonly trailing: ReadonlyMap<string, Server>
  readonly regexes: readonly { readonly regex: Regex; readonly server: Server }[]
  /** Whether it takes TLS only. */
  readonly tls: boolean
  /** Whether a `listen` of it says `http2`. */
  readonly http2: boolean
  /** Whether a `listen` of it says `proxy_protocol`. */
  readonly proxyProtocol: boolean
}

/** Chooses the server for a host (ngx_http_find_virtual_server) and says why; null where no name matches. */
export function matchServer(servers: VirtualServers, host: string, state: RequestState): Server | null {
  const found = serverNamed(servers, host, (regex) => state.matches(regex, host))
  if (found === null) return null
  state.because(found.fact, found.server.rule.span)
  return found.server
}

/** Whether a server takes a TLS handshake that names this host; the default one where no name matches (ngx_http_ssl_servername). */
export function takesHandshake(servers: VirtualServers, host: string): boolean {
  const { server, isUnknown } = serverOfHandshake(servers, host)
  return isUnknown || !server.rejectsHandshake
}

/** Whether HTTP/2 is agreed on with a client that names this host (ngx_http_ssl_alpn_select). */
export function speaksHttp2(servers: VirtualServers, host: string): boolean {
  const { server, isUnknown } = serverOfHandshake(servers, host)
  return servers.http2 || isUnknown || server.http2
}

/** The server of a handshake. Where it is unknown whether a pattern matches, the request is refused for that, once it comes. */
function serverOfHandshake(servers: VirtualServers, host: string): { server: Server; isUnknown: boolean } {
  let isUnknown = false
  const found = serverNamed(servers, host, (regex) => {
    const match = regex.exec(host)
    isUnknown = match === 'gave-up'
    return match !== null
  })
  return { server: found?.server ?? servers.default, isUnknown }
}

function serverNamed(
  servers: VirtualServers,
  host: string,
  matches: (regex: Regex) => boolean,
): { readonly server: Server; readonly fact: NginxFact } | null {
  const exact = servers.exact.get(host)
  if (exact !== undefined) return { server: exact, fact: { kind: 'server-name', how: 'exact', name: host, host } }

  const leading = longestLeading(servers.leading, host)
  if (leading !== null) {
    const name = `*${leading.rest}`
    return { server: leading.value, fact: { kind: 'server-name', how: 'leading', name, host } }
  }
  const trailing = longestTrailing(servers.trailing, host)
  if (trailing !== null) {
    const name = `${trailing.rest}*`
    return { server: trailing.value, fact: { kind: 'server-name', how: 'trailing', name, host } }
  }
  if (host === '') return null
  for (const { regex, server } of servers.regexes) {
    if (matches(regex)) {
      return { server, fact: { kind: 'server-name', how: 'regex', name: `~${regex.pattern}`, host } }
    }
  }
  return null
}
