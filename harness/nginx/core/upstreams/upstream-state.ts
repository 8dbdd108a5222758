import type { Rule } from '../../../trace/trace.ts'
import type { UpstreamTls } from '../../site.ts'
import type { Peer, PeerChoice } from './upstream.ts'

/** What a request knows of the upstream it is sent to (ngx_http_upstream_t and the proxy module's context). */
export interface UpstreamState {
  /** `$proxy_host`. */
  readonly hostHeader: string
  /** `$proxy_port`. */
  readonly port: string
  /** What it asks of TLS; null where it speaks plain HTTP. */
  readonly tls: UpstreamTls | null
  readonly choice: PeerChoice
  /** What a Location or a Refresh of the upstream's becomes; null where it stays. */
  readonly rewriteRedirect: (url: string) => Rewritten | null
  /** What a Set-Cookie becomes. */
  readonly rewriteCookie: (cookie: string) => Rewritten | null
  peer: Peer | null
  /** Milliseconds that tries have waited for in vain, for `proxy_next_upstream_timeout`. */
  waitedMs: number
}

/** A value that was rewritten, and by which line; null for the default. */
export interface Rewritten {
  readonly text: string
  readonly rule: Rule | null
}
