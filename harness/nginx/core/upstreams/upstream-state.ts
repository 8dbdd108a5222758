import type { Bytes } from '../../../chain/message.ts'
import type { Rule } from '../../../trace/trace.ts'
import type { UpstreamTls } from '../../site.ts'
import type { RequestCache } from '../cache/request-cache.ts'
import type { Pass } from '../site-config.ts'
import type { Peer, PeerChoice } from './upstream.ts'
import type { UpstreamSettings } from './upstream-settings.ts'

/** What a request knows of the upstream it is sent to (ngx_http_upstream_t and the context of its module). */
export interface UpstreamState {
  readonly protocol: Pass['protocol']
  readonly settings: UpstreamSettings
  /** `$proxy_host`; null over another protocol. */
  readonly hostHeader: string | null
  /** `$proxy_port`. */
  readonly port: string
  /** What it asks of TLS; null where it speaks plain HTTP. */
  readonly tls: UpstreamTls | null
  readonly choice: PeerChoice
  /** What a Location or a Refresh of the upstream's becomes, null where it stays; null where none is looked at. */
  readonly rewriteRedirect: ((url: string) => Rewritten | null) | null
  /** What a Set-Cookie becomes. */
  readonly rewriteCookie: (cookie: string) => Rewritten | null
  /** What the request has to do with a cache; null where there is none for it. */
  cache: RequestCache | null
  /** Whether a HEAD goes on as a GET, for the cache's sake. */
  asksByGet: boolean
  /** Whether the body of the last answer broke off. */
  isCut: boolean
  /** What is sent in place of the client's body; null where that goes on. */
  readonly setBody: Bytes | null
  peer: Peer | null
  /** Milliseconds that tries have waited for in vain, for `proxy_next_upstream_timeout`. */
  waitedMs: number
}

/** The state of a request in another protocol than HTTP, before its first try: nothing of an answer is rewritten, and no cache is asked yet. */
export function plainUpstream({
  protocol,
  settings,
  choice,
  tls = null,
}: Pick<UpstreamState, 'protocol' | 'settings' | 'choice'> & Partial<Pick<UpstreamState, 'tls'>>): UpstreamState {
  return {
    protocol,
    settings,
    hostHeader: null,
    port: '',
    tls,
    choice,
    rewriteRedirect: null,
    rewriteCookie: () => null,
    cache: null,
    setBody: null,
    asksByGet: false,
    isCut: false,
    peer: null,
    waitedMs: 0,
  }
}

/** A value that was rewritten, and by which line; null for the default. */
export interface Rewritten {
  readonly text: string
  readonly rule: Rule | null
}
