import type { HeaderRule, Rule } from '../../../trace/trace.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { Template } from '../variables/template.ts'
import type { UpstreamTlsSettings } from './upstream-tls-settings.ts'

/** What `proxy_*` directives say. Sending to upstreams belongs to the core (ngx_http_upstream_conf_t); the proxy module fills them in. */
export interface ProxySettings {
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  /** The line that sets it; null for nginx's default. */
  readonly readTimeoutRule: Rule | null
  readonly buffering: boolean
  /** The `proxy_request_buffering off` in force; null where nginx reads a body before it connects. */
  readonly unbuffered: Rule | null
  /** `proxy_buffer_size`, which the status line and the header of an answer must fit in; `rule` is null for nginx's default. */
  readonly bufferSize: { readonly bytes: number; readonly rule: Rule | null }
  readonly httpVersion: '1.0' | '1.1'
  /** `proxy_set_header` lines as written, null where there are none up to here. */
  readonly setHeaders: readonly SetHeader[] | null
  /** See `headers` of DecidedBy. */
  readonly headerRules: readonly HeaderRule[]
  /** Those and nginx's own for what they leave out, in the order they go on the wire. */
  readonly headers: ProxyHeaders
  readonly method: Template | null
  /** The `proxy_method` line. */
  readonly methodRule: Rule | null
  readonly passRequestHeaders: boolean
  readonly passRequestBody: boolean
  /** The `proxy_pass_request_body` line. */
  readonly bodyRule: Rule | null
  /** The `proxy_pass_request_headers` line. */
  readonly requestHeadersRule: Rule | null
  readonly interceptErrors: boolean
  readonly hideHeaders: readonly string[] | null
  /** The `proxy_hide_header` lines, by header name in lower case. */
  readonly hideRules: ReadonlyMap<string, Rule>
  readonly passHeaders: readonly string[] | null
  /** Names in lower case of response headers that are not passed on. */
  readonly hidden: ReadonlySet<string>
  readonly ignoreHeaders: ReadonlySet<string>
  readonly redirect: boolean
  readonly redirects: readonly ProxyRedirect[] | null
  readonly cookiePaths: readonly CookieRewrite[]
  readonly cookieDomains: readonly CookieRewrite[]
  readonly tls: UpstreamTlsSettings
  readonly nextUpstream: ReadonlySet<string>
  /** 0 is no limit. */
  readonly nextUpstreamTries: number
  readonly nextUpstreamTimeoutMs: number
}

/** One `proxy_set_header`, or one of nginx's own. */
export interface SetHeader {
  readonly name: string
  readonly value: Template
}

/** The headers that nginx writes itself, and the client's that it does not pass on because of that (in lower case). */
export interface ProxyHeaders {
  /** The `proxy_set_header` of Host, where the version of nginx sends Host by itself; null where there is none. */
  readonly host: Template | null
  readonly lines: readonly SetHeader[]
  readonly replaced: ReadonlySet<string>
}

/** One `proxy_redirect`: what a Location starts with, or a pattern for the whole of it, and what stands there instead. */
export interface ProxyRedirect {
  /** Null for the default. */
  readonly rule: Rule | null
  readonly pattern:
    | { readonly kind: 'prefix'; readonly prefix: Template }
    | { readonly kind: 'regex'; readonly regex: Regex }
  readonly replacement: Template
}

/** One `proxy_cookie_path` or `proxy_cookie_domain`: what the attribute is compared with, and what stands there instead. */
export interface CookieRewrite {
  readonly rule: Rule
  readonly pattern:
    | { readonly kind: 'text'; readonly text: Template }
    | { readonly kind: 'regex'; readonly regex: Regex }
  readonly replacement: Template
}
