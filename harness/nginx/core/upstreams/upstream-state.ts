import type { Peer, PeerChoice } from './upstream.ts'

/** What a request knows of the upstream it is sent to (ngx_http_upstream_t and the proxy module's context). */
export interface UpstreamState {
  /** `$proxy_host`. */
  readonly hostHeader: string
  /** `$proxy_port`. */
  readonly port: string
  readonly choice: PeerChoice
  peer: Peer | null
  /** Milliseconds that tries have waited for in vain, for `proxy_next_upstream_timeout`. */
  waitedMs: number
}
