import type { Rule } from '../../../trace/trace.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { Template } from '../variables/template.ts'
import type { SetHeader, UpstreamHeaders } from './header-lines.ts'
import type { UpstreamSettings } from './upstream-settings.ts'

/** What `proxy_*` directives say. The proxy module fills them in; the core keeps them. */
export interface ProxySettings extends UpstreamSettings {
  readonly httpVersion: '1.0' | '1.1'
  /** `proxy_set_header` lines as written, null where there are none up to here. */
  readonly setHeaders: readonly SetHeader[] | null
  /** Those and nginx's own for what they leave out, in the order they go on the wire. */
  readonly headers: UpstreamHeaders
  /** The same where the answer may be kept: without what asks for a part of it, or for none. Null where nothing is cached. */
  readonly cacheHeaders: UpstreamHeaders | null
  readonly method: Template | null
  /** What is sent in place of the body; null where no line says so. */
  readonly setBody: Template | null
  readonly redirect: boolean
  readonly redirects: readonly ProxyRedirect[] | null
  readonly cookiePaths: readonly CookieRewrite[]
  readonly cookieDomains: readonly CookieRewrite[]
  readonly cookieFlags: readonly CookieFlags[]
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

/** One `proxy_cookie_flags`: which cookie, by its name, and the flags that it gets or loses. */
export interface CookieFlags {
  readonly rule: Rule
  readonly cookie: CookieRewrite['pattern']
  readonly flags: readonly Template[]
}
