import type { HeaderRule, Rule } from '../../../trace/trace.ts'
import type { CacheSettings } from '../cache/cache-settings.ts'
import type { UpstreamTlsSettings } from './upstream-tls-settings.ts'

/** How requests are sent to an upstream, whatever they are sent by (ngx_http_upstream_conf_t). A module fills them in. */
export interface UpstreamSettings {
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  /** The line that sets it; null for nginx's default. */
  readonly readTimeoutRule: Rule | null
  readonly buffering: boolean
  /** The `proxy_request_buffering off` in force; null where nginx reads a body before it connects. */
  readonly unbuffered: Rule | null
  /** `proxy_buffer_size`, which the status line and the header of an answer must fit in; `rule` is null for nginx's default. */
  readonly bufferSize: { readonly bytes: number; readonly rule: Rule | null }
  /** See `headers` of DecidedBy. */
  readonly headerRules: readonly HeaderRule[]
  /** The `proxy_method` line. */
  readonly methodRule: Rule | null
  readonly passRequestHeaders: boolean
  readonly passRequestBody: boolean
  /** The `proxy_pass_request_body` line. */
  readonly bodyRule: Rule | null
  /** The `proxy_pass_request_headers` line. */
  readonly requestHeadersRule: Rule | null
  readonly interceptErrors: boolean
  /** Names in lower case that `proxy_hide_header` and `proxy_pass_header` say; null where no line does. */
  readonly hideHeaders: readonly string[] | null
  readonly passHeaders: readonly string[] | null
  /** `proxy_force_ranges`: answers are cut to ranges whatever they say of it themselves. */
  readonly forceRanges: boolean
  /** The `proxy_hide_header` lines, by header name in lower case. */
  readonly hideRules: ReadonlyMap<string, Rule>
  /** Names in lower case of response headers that are not passed on. */
  readonly hidden: ReadonlySet<string>
  readonly ignoreHeaders: ReadonlySet<string>
  readonly cache: CacheSettings
  readonly tls: UpstreamTlsSettings
  readonly nextUpstream: ReadonlySet<string>
  /** 0 is no limit. */
  readonly nextUpstreamTries: number
  readonly nextUpstreamTimeoutMs: number
}
