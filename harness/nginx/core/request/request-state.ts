import type { ProxiedEnds } from '../../../chain/client-request.ts'
import type { Headers } from '../../../chain/message.ts'
import type { ReasonFact } from '../../../trace/reason.ts'
import type { HeaderChange, Reason, Rule } from '../../../trace/trace.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { FileEntry, Measured, NameServerAddress, NginxRequest } from '../../site.ts'
import type { VersionRules } from '../../versions.ts'
import type { RequestCache } from '../cache/request-cache.ts'
import { emptyHead, type HeaderLine, type ResponseHead } from '../response/response-head.ts'
import type { Location, Server } from '../site-config.ts'
import type { UpstreamRegistry } from '../upstreams/upstream-registry.ts'
import type { UpstreamState } from '../upstreams/upstream-state.ts'
import { type ClientBody, NO_BODY } from './client-body.ts'
import { type BegunPass, decidedSoFar } from './decision.ts'
import { type OpenPass, openPass } from './open-pass.ts'
import { regexMatch } from './regex-match.ts'

/** A rewrite or an internal redirect may happen this often, less one (NGX_HTTP_MAX_URI_CHANGES). */
const URI_CHANGES = 11

/** A header of the request that nginx took, with its name in lower case. */
export interface RequestHeader {
  readonly name: string
  readonly key: string
  readonly value: string
}

/** A try at an upstream, for `$upstream_addr` and `$upstream_status`: the status is null where it did not answer. */
export interface UpstreamTry {
  readonly address: string
  status: number | null
  /** What it took, where it was a real one; null where it was not. */
  measured: Measured | null
  /** Bytes of the body of its answer. */
  bodyBytes: number
}

/** What every request of a site shares. */
export interface SiteContext {
  /** What holds in the version of nginx. */
  readonly rules: VersionRules
  readonly variables: VariableTable
  readonly upstreams: UpstreamRegistry
  /** Seconds on the world's clock. */
  nowS(): number
  nowMs(): number
  /** Whether `nowMs` tells the time; else it stands still. */
  readonly keepsTime: boolean
  /** Seconds since 1970, as a Date header has them. */
  dateS(): number
  /** The same in milliseconds. */
  dateMs(): number
  /** See {@link SiteWorld.query}. */
  query(server: NameServerAddress, name: string): readonly string[] | null
  /** See {@link SiteWorld.file}; null where nothing is known of files. */
  readonly file: ((path: string) => FileEntry | null) | null
}

/** How a variable is read. `cacheable`: nginx reads it once per request. */
export interface Variable {
  readonly name: string
  get(state: RequestState): string | null
  readonly cacheable: boolean
}

/** The variables of a site, each with a slot in which a request keeps its value. */
export interface VariableTable {
  at(slot: number): Variable
  slotOf(name: string): number
  /** The slot of a variable that the site file gives a value to; null where it does not. */
  slotDefined(name: string): number | null
}

/**
 * One request on its way through nginx, the client's or a subrequest: what `ngx_http_request_t` holds of it, and why things
 * happened.
 */
export class RequestState {
  /** The client's request; itself where it is no subrequest. */
  readonly main: RequestState
  /** The request that this subrequest stems from; null for the client's request. */
  readonly parent: RequestState | null
  /** Whether it is a subrequest that nobody waits for. */
  background = false
  readonly input: NginxRequest
  readonly site: SiteContext
  server: Server
  /** The one that the connection began in. */
  readonly defaultServer: Server
  /** The client that a header of the PROXY protocol names. */
  readonly proxied: ProxiedEnds | null
  location: Location
  method: string
  uri = ''
  args = ''
  unparsedUri = ''
  validUnparsedUri = false
  quotedUri = false
  plusInUri = false
  internal = false
  validLocation = true
  uriChanged = false
  uriChanges = URI_CHANGES
  /** The host that servers were chosen by: lower case, without port; empty where there was none. */
  host = ''
  /** The port that stands with it; 0 where there is none. */
  port = 0
  /** The host of the TLS handshake, where it chose a server; null where none did. */
  tlsHost: string | null = null
  headers: RequestHeader[] = []
  /** Who sent the request: the other end of the connection, or the client that a trusted proxy names. */
  client: { readonly address: string; readonly port: number }
  hasRealIp = false
  /** Bytes; -1 where the request does not say. */
  contentLength = -1
  chunked = false
  body: ClientBody = NO_BODY
  /** Whether an `if` of this location has made it one that proxies (`content_handler`). */
  proxies = false
  /** Whether the connection to the client stays open after the answer. */
  keepAlive = false
  /** Whether `try_files` found a file that the whole URI names under an `alias` of a pattern. */
  addUriToAlias = false
  /** Whether nginx reads the body only to throw it away: its length is not looked at a second time. */
  bodyDiscarded = false
  /** The status of an error page under way; 0 where there is none (`err_status`). */
  errorStatus = 0
  /** Whether an error page has been tried already (`error_page` without recursive_error_pages). */
  errorPageTried = false
  head: ResponseHead = emptyHead()
  /** The WWW-Authenticate lines that access checks wrote. */
  challenges: readonly HeaderLine[] = []
  upstream: UpstreamState | null = null
  /** What the upstream that was chosen last has to do with a cache. It stays where another location answers. */
  cache: RequestCache | null = null
  /** What modules keep of the request they keep of this: another URI from inside takes a new one (`r->ctx`). */
  contexts: object = {}
  /** Whether the answer under way is an upstream's. */
  hasUpstreamAnswer = false
  /** The header lines that the last upstream answered with (`upstream->headers_in`); null where it has not, or none was asked. */
  upstreamHeaders: Headers | null = null
  /** Every try, group by group as the request was sent to them. */
  readonly upstreamTries: UpstreamTry[][] = []
  /** The directive that decided last. */
  rule: Rule
  /** The last directive that changed the target. */
  targetRule: Rule | null = null
  /** The `set` that last gave a variable its value, by the variable's slot. */
  readonly setBy: Map<number, Rule>
  /** The passes of the client's request and its subrequests, in the order in which they began. */
  readonly passes: BegunPass[]
  pass: OpenPass
  /** Which of them is `pass`. */
  passIndex = 0
  /** How many subrequests the client's request has begun. */
  subrequests = 0
  /** Subrequests that begin when the client's request pauses. */
  readonly posted: { readonly state: RequestState; readonly isClone: boolean }[] = []
  /** Its subrequests that leave lines in access logs before it does (`log_subrequest`). */
  readonly logged: RequestState[] = []
  /** What became of each header of the answer under way. */
  answerHeaders: HeaderChange[] = []

  #captures: readonly (string | undefined)[] | null = null
  readonly #values: (string | null | undefined)[]

  /** @param parent where it is a subrequest: variables, and what is noted of passes, are the same for all of them */
  constructor(input: NginxRequest, server: Server, site: SiteContext, parent: RequestState | null = null) {
    this.input = input
    this.client = input.client
    this.method = input.request.method
    this.site = site
    this.server = server
    this.defaultServer = server
    this.proxied = input.proxied ?? null
    this.location = server.root
    this.rule = server.rule
    this.parent = parent
    this.main = parent?.main ?? this
    this.setBy = parent?.setBy ?? new Map()
    this.#values = parent === null ? [] : parent.#values
    this.pass = openPass(null, null)
    this.passes = parent?.passes ?? [{ of: this, over: null }]
  }

  /** The value of a variable; null where nginx calls it not found. */
  variable(slot: number): string | null {
    const stored = this.#values[slot]
    if (stored !== undefined) return stored
    const { get, cacheable } = this.site.variables.at(slot)
    const value = get(this)
    if (cacheable) this.#values[slot] = value
    return value
  }

  setVariable(slot: number, value: string): void {
    this.#values[slot] = value
  }

  /** What group `group` of the last regular expression that matched captured; empty where it captured nothing. */
  capture(group: number): string {
    return this.#captures?.[group] ?? ''
  }

  /** Takes over what another request has captured. */
  captureAs(other: RequestState): void {
    this.#captures = other.#captures
  }

  forgetCaptures(): void {
    this.#captures = null
  }

  /** Runs a regular expression (ngx_http_regex_exec). A match replaces the captures and sets its named groups' variables. */
  matches(regex: Regex, subject: string): boolean {
    const match = regexMatch(regex, subject, this.rule)
    if (match === null) return false
    this.#captures = regex.captures ? match : null
    for (const { name, group } of regex.names) {
      this.#values[this.site.variables.slotOf(name)] = match[group] ?? ''
    }
    return true
  }

  /** Notes what becomes of a header of the answer. @param by the line that does it; null for nginx's own habit */
  noteHeader(name: string, kind: HeaderChange['kind'], by: Rule | null, because: Reason | null = null): void {
    this.answerHeaders.push({ name: name.toLowerCase(), kind, by, because })
  }

  /** Ends the pass and begins another. @param by the line that leads there */
  beginPass(by: Rule): void {
    const current = this.passes[this.passIndex]
    if (current !== undefined) current.over = decidedSoFar(this)
    this.openPass(by, this.pass.subrequest)
    this.answerHeaders = []
  }

  /** @param subrequest which one it belongs to; null for the client's own */
  openPass(by: Rule, subrequest: number | null): void {
    this.pass = openPass(by, subrequest)
    this.passIndex = this.passes.push({ of: this, over: null }) - 1
  }

  /** The first header of that name (in lower case). */
  header(key: string): string | undefined {
    return this.headers.find((header) => header.key === key)?.value
  }

  /** Notes why something happened, as it is now. */
  because(fact: ReasonFact, span: Reason['span']): void {
    this.pass.reasons.push({ ...fact, span })
  }
}
