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
}

/** Chooses the server for a host (ngx_http_find_virtual_server) and says why; null where no name matches. */
export function matchServer(servers: VirtualServers, host: string, state: RequestState): Server | null {
  const exact = servers.exact.get(host)
  if (exact !== undefined) return choose(state, exact, { kind: 'server-name', how: 'exact', name: host, host })

  const leading = longestLeading(servers.leading, host)
  if (leading !== null) {
    return choose(state, leading.value, { kind: 'server-name', how: 'leading', name: `*${leading.rest}`, host })
  }
  const trailing = longestTrailing(servers.trailing, host)
  if (trailing !== null) {
    return choose(state, trailing.value, { kind: 'server-name', how: 'trailing', name: `${trailing.rest}*`, host })
  }
  if (host === '') return null
  for (const { regex, server } of servers.regexes) {
    if (state.matches(regex, host))
      return choose(state, server, { kind: 'server-name', how: 'regex', name: `~${regex.pattern}`, host })
  }
  return null
}

function choose(state: RequestState, server: Server, fact: NginxFact): Server {
  state.because(fact, server.rule.span)
  return server
}
