import type { HeaderRule, Rule } from '../../trace/trace.ts'
import type { AccessRule } from '../modules/access/run.ts'
import type { AuthBasic } from '../modules/auth_basic/run.ts'
import type { LimitReq } from '../modules/limit_req/settings.ts'
import type { CookieRewrite } from '../modules/proxy/cookie.ts'
import type { ProxyRedirect } from '../modules/proxy/redirect.ts'
import type { RealIp } from '../modules/realip/run.ts'
import type { Refusals } from './directives/refusals.ts'
import type { FilterSettings } from './filter-settings.ts'
import type { KeepAlive } from './request/keep-alive.ts'
import type { Resolver } from './upstreams/resolver.ts'
import type { Template } from './variables/template.ts'

/** The settings that a block inherits from the one around it, with nginx's own defaults where nothing is said. */
export interface Settings {
  /** Bytes; 0 is no limit. */
  readonly clientMaxBodySize: number
  /** The line that sets it; null for nginx's default. */
  readonly bodySizeRule: Rule | null
  /** `client_body_timeout`: how long nginx waits for more of a body; `rule` is null for nginx's default. */
  readonly bodyTimeout: { readonly ms: number; readonly rule: Rule | null }
  readonly errorPages: readonly ErrorPage[] | null
  readonly recursiveErrorPages: boolean
  /** Whether requests from outside get 404. The locations inside an internal one are internal too. */
  readonly internal: boolean
  readonly serverTokens: 'on' | 'off' | 'build'
  readonly absoluteRedirect: boolean
  readonly serverNameInRedirect: boolean
  readonly portInRedirect: boolean
  readonly msiePadding: boolean
  readonly defaultType: string
  /** Content types by file extension in lower case. */
  readonly types: ReadonlyMap<string, string>
  readonly addHeaders: readonly AddHeader[] | null
  /** `add_header` lines of the levels around that this level does not inherit, since it has one of its own. */
  readonly lostHeaders: readonly LostHeader[]
  readonly access: readonly AccessRule[] | null
  readonly realIp: RealIp
  readonly limitReqs: readonly LimitReq[] | null
  readonly limitReqStatus: number
  readonly limitReqDryRun: boolean
  /** Whether every access check must be content, or one of them is enough. */
  readonly satisfy: 'all' | 'any'
  readonly authBasic: AuthBasic
  readonly files: FileSettings
  readonly filters: FilterSettings
  /** For names in `proxy_pass` with variables; null where there is no `resolver`. */
  readonly resolver: Resolver | null
  /** How long a name server has to answer; 0 is for ever. */
  readonly resolverTimeoutMs: number
  readonly proxy: ProxySettings
  readonly refusals: Refusals
  readonly rates: Rates
  readonly keepAlive: KeepAlive
  readonly chunkedTransferEncoding: boolean
}

/** How fast an answer is sent, and read from the upstream; null where no line says so. */
export interface Rates {
  readonly limitRate: { readonly value: Template; readonly rule: Rule } | null
  readonly limitRateAfter: { readonly value: Template; readonly rule: Rule } | null
  /** Bytes a second; 0 is no limit. */
  readonly proxyLimitRate: { readonly bytes: number; readonly rule: Rule } | null
}

/** How files are found and served. */
export interface FileSettings {
  readonly root: Root
  /** The names that `index` tries in a folder. */
  readonly index: readonly Template[]
  /** The line that turns `autoindex` on; null where it is off. */
  readonly autoindex: Rule | null
  readonly etag: boolean
  readonly ifModifiedSince: 'off' | 'exact' | 'before'
  readonly maxRanges: number
}

/** `root` or `alias`. */
export interface Root {
  /** Null for nginx's own default, the folder `html` beside its prefix. */
  readonly rule: Rule | null
  readonly path: Template
  /** Bytes of the URI that the path stands for: none for `root`, the location's name for `alias`, all where the location is a pattern. */
  readonly replaces: number | 'all'
}

/** `error_page` for one code. */
export interface ErrorPage {
  readonly rule: Rule
  readonly status: number
  /** The code the client gets: null keeps the error's, 0 takes the page's own. */
  readonly overwrite: number | null
  readonly uri: Template
  readonly args: string
}

/** `add_header`. */
export interface AddHeader {
  readonly name: string
  readonly value: Template
  readonly always: boolean
  readonly rule: Rule
  /** Whether the model does not know what nginx makes of it. */
  readonly refused: boolean
}

/** An `add_header` that is not inherited. */
export interface LostHeader {
  readonly name: string
  readonly rule: Rule
  /** The first `add_header` of the level that does not inherit it. */
  readonly by: Rule
}

/** What `proxy_*` directives say. */
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
