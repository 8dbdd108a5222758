import type { CgiProtocol } from '../../chain/message.ts'
import type { Span } from '../../diagnostics/span.ts'
import type { Rule } from '../../trace/trace.ts'
import type { Regex } from '../pattern/regex.ts'
import type { Refusal } from './directives/refusals.ts'
import type { RadixTree } from './locations/radix-tree.ts'
import type { Settings } from './settings.ts'
import type { UpstreamGroup } from './upstreams/upstream.ts'
import type { Template } from './variables/template.ts'

/** What nginx compares with the kind of a location: `=`, `^~`, nothing, `~`, `~*`, `@`. */
export type Modifier = '=' | '^~' | '' | '~' | '~*' | '@'

/** A compiled location, or the server block itself where no location matched (`root` of a server). */
export interface Location {
  /** `location /api/` with its place; the server block for a server's root. */
  readonly rule: Rule
  /** How an expectation names it: `/api/`, `= /health`; null for a server's root. */
  readonly label: string | null
  readonly modifier: Modifier
  /** The prefix, exact path or pattern. */
  readonly name: string
  readonly regex: Regex | null
  readonly settings: Settings
  readonly pass: Pass | null
  readonly tryFiles: TryFiles | null
  readonly limitExcept: LimitExcept | null
  /** A directive that answers in place of `proxy_pass`, and that the model does not know. */
  readonly refusedHandler: Refusal | null
  readonly children: LocationSet
}

/** `limit_except`: another set of rules for every method that is not named. */
export interface LimitExcept {
  /** Methods that the location itself answers. */
  readonly methods: ReadonlySet<string>
  /** What answers the others: no rewrites and no `try_files`, settings of its own, the same `proxy_pass`. */
  readonly location: Location
}

/** The locations at one level. */
export interface LocationSet {
  readonly all: readonly Location[]
  readonly exact: ReadonlyMap<string, Location>
  readonly prefixes: RadixTree<Location>
  /** Names ending with `/` of which a location proxies: asked for without the slash, nginx redirects. By the name without it; the exact one of two answers. */
  readonly redirects: ReadonlyMap<string, Location>
  readonly regexes: readonly Location[]
}

/** Where a location sends requests to, and in which protocol; or what answers there itself. */
export type Pass = ProxyPass | GrpcPass | OtherPass | MemcachedPass | OwnAnswer

/** A directive of the location by which a module answers itself: `stub_status`. */
export interface OwnAnswer {
  readonly protocol: 'own'
  readonly name: string
  readonly rule: Rule
}

/** `memcached_pass` of a location. */
export interface MemcachedPass {
  readonly protocol: 'memcached'
  readonly rule: Rule
  readonly group: UpstreamGroup
  /** Where `$memcached_key` is kept. */
  readonly keySlot: number
}

/** `fastcgi_pass` and its like, of a location. */
export interface OtherPass {
  readonly protocol: CgiProtocol
  readonly rule: Rule
  readonly target:
    | { readonly kind: 'static'; readonly host: string; readonly group: UpstreamGroup; readonly isTls: boolean }
    | VariableTarget
}

/** `proxy_pass` of a location. */
export interface ProxyPass {
  readonly protocol: 'http'
  readonly rule: Rule
  readonly target: StaticTarget | VariableTarget
}

/** `grpc_pass` of a location. */
export interface GrpcPass {
  readonly protocol: 'grpc'
  readonly rule: Rule
  readonly target: GrpcTarget | VariableTarget
}

/** `grpc_pass` without variables. */
interface GrpcTarget {
  readonly kind: 'static'
  readonly host: string
  /** The host with its port, as it is written. */
  readonly authority: string
  readonly group: UpstreamGroup
  readonly isTls: boolean
}

/** `proxy_pass` without variables. */
export interface StaticTarget {
  readonly kind: 'static'
  /** `$proxy_host`: with its port where it is not that of the scheme. */
  readonly hostHeader: string
  readonly port: string
  /** The URI part; empty where there is none. */
  readonly uri: string
  /** The location's name, which the URI part replaces; empty for regular expressions and named locations. */
  readonly location: string
  readonly host: string
  readonly group: UpstreamGroup
  readonly isTls: boolean
}

/** One with variables: known only when a request comes. */
export interface VariableTarget {
  readonly kind: 'variable'
  readonly url: Template
}

/** `try_files`: what is tried, and what happens where none is found. */
export interface TryFiles {
  readonly rule: Rule
  /** A name that ends with `/` is looked for as a folder. */
  readonly tried: readonly { readonly template: Template; readonly isFolder: boolean }[]
  readonly fallback: { readonly kind: 'code'; readonly code: number } | { readonly kind: 'uri'; readonly uri: Template }
}

/** A compiled `server` block. */
export interface Server {
  readonly rule: Rule
  /** The first `server_name` as nginx shows it in `$server_name`. */
  readonly name: string
  readonly names: readonly ServerName[]
  readonly hasCertificate: boolean
  /** Whether it turns every TLS handshake away. */
  readonly rejectsHandshake: boolean
  /** `http2 on` */
  readonly http2: boolean
  /** The TLS that a client of today comes to with it; null where that hangs on the libraries. */
  readonly tlsProtocol: 'TLSv1.2' | 'TLSv1.3' | null
  /** `ssl_verify_client`, and its line; null where it is off. */
  readonly clientCertificate: { readonly wanted: 'always' | 'if there is one'; readonly rule: Rule } | null
  readonly root: Location
  readonly named: ReadonlyMap<string, Location>
  readonly mergeSlashes: boolean
  readonly underscoresInHeaders: boolean
  readonly ignoreInvalidHeaders: boolean
  readonly headerBuffers: HeaderBuffers
}

/** How much of a request's head nginx takes (client_header_buffer_size, large_client_header_buffers), in bytes. */
export interface HeaderBuffers {
  readonly first: number
  readonly count: number
  readonly size: number
  /** The line that sets them; null for nginx's default. */
  readonly rule: Rule | null
}

/** A name of a server as written, with its place. */
export interface ServerName {
  readonly text: string
  readonly regex: Regex | null
  readonly span: Span
}
