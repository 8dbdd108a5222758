import type { Rule } from '../../trace/trace.ts'
import type { Refusals } from './directives/refusals.ts'
import type { ProxySettings } from './upstreams/proxy-settings.ts'
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
  /** Whether every access check must be content, or one of them is enough. */
  readonly satisfy: 'all' | 'any'
  readonly files: FileSettings
  /** For names in `proxy_pass` with variables; null where there is no `resolver`. */
  readonly resolver: Resolver | null
  /** How long a name server has to answer; 0 is for ever. */
  readonly resolverTimeoutMs: number
  readonly proxy: ProxySettings
  readonly refusals: Refusals
  readonly rates: Rates
  readonly keepAlive: KeepAlive
  readonly chunkedTransferEncoding: boolean
  /** Whether subrequests leave lines in access logs, too. */
  readonly logSubrequest: boolean
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

/** How long a connection to the client may live (`keepalive_*`). */
export interface KeepAlive {
  /** Milliseconds; 0 closes it after each answer. */
  readonly timeoutMs: number
  /** Seconds that `Keep-Alive` tells the client; null where it is not sent. */
  readonly toldS: number | null
  /** Requests on one connection. */
  readonly requests: number
  /** Milliseconds after which a connection takes no further request. */
  readonly timeMs: number
  /** Browsers that get none. */
  readonly disabled: ReadonlySet<string>
}
