import type { Regex } from '../config/regex.ts'
import type { Server } from '../config/site-config.ts'
import { longestLeading, longestTrailing } from '../config/wildcards.ts'
import type { RequestState } from './request-state.ts'

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
}

/** Chooses the server for a host (ngx_http_find_virtual_server) and says why; null where no name matches. */
export function matchServer(servers: VirtualServers, host: string, state: RequestState): Server | null {
  const exact = servers.exact.get(host)
  if (exact !== undefined) return choose(state, exact, () => `server_name "${host}" is the host`)

  const leading = longestLeading(servers.leading, host)
  if (leading !== null) {
    return choose(
      state,
      leading.value,
      () => `server_name "*${leading.rest}" is the longest leading wildcard for ${host}`,
    )
  }
  const trailing = longestTrailing(servers.trailing, host)
  if (trailing !== null) {
    return choose(
      state,
      trailing.value,
      () => `server_name "${trailing.rest}*" is the longest trailing wildcard for ${host}`,
    )
  }
  if (host === '') return null
  for (const { regex, server } of servers.regexes) {
    if (state.matches(regex, host))
      return choose(state, server, () => `server_name "~${regex.pattern}" matches ${host}`)
  }
  return null
}

function choose(state: RequestState, server: Server, text: () => string): Server {
  state.because(text, server.rule.span)
  return server
}
