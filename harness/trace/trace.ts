import type { RequestMessage, ResponseMessage } from '../chain/message.ts'
import type { Span } from '../diagnostics/span.ts'
import type { Outcome } from './outcome.ts'
import type { NearMissReason, ReasonFact } from './reason.ts'

/** A stage of the chain. The frontend and the websocket gateway are backends that nginx reaches directly. */
export type HopName = 'nginx' | 'gateway' | 'backend'

/** The hops in the order a request meets them. */
export const HOPS: readonly HopName[] = ['nginx', 'gateway', 'backend']

/** A line of configuration that decided something: its text, shortened for people, and its place. */
export interface Rule {
  readonly text: string
  readonly span: Span | null
}

/** Why a hop did what it did: a fact as data, with the line that made it so. `reasonText` words it. */
export type Reason = ReasonFact & { readonly span: Span | null }

/** A `proxy_set_header` or a `fastcgi_param`, as the line that decides about one header or one parameter. */
export interface HeaderRule extends Rule {
  /** The name of the request header, or of the parameter, in lower case. */
  readonly name: string
  /** It sets another header. It is the first in its block, and so keeps the header in question from being inherited. */
  readonly drops: boolean
}

/** Lines of configuration that decided one side of a pass each. Null: the hop's default, or no line at all. */
export interface DecidedBy {
  /** What decided the pass as a whole: `proxy_pass`, `return`, the location where nothing narrower did, the gateway's route. */
  readonly whole: Rule | null
  /** nginx's location. */
  readonly location: Rule | null
  /** The last line that changed the target: a `rewrite`, a `set`, `proxy_pass` with its URI part, a route's `rewrite`. */
  readonly target: Rule | null
  /** Where the request goes: a route's `target`. nginx says that by what decided as a whole. */
  readonly to: Rule | null
  /** `proxy_method`. */
  readonly method: Rule | null
  /** `proxy_pass_request_body`, `proxy_set_body`. */
  readonly body: Rule | null
  /** `proxy_pass_request_headers`. */
  readonly requestHeaders: Rule | null
  /** The `proxy_set_header` lines that have the say in request headers. */
  readonly headers: readonly HeaderRule[]
  /** `proxy_read_timeout`, a route's `timeout`. */
  readonly readTimeout: Rule | null
}

/** No line decided anything. */
export const UNDECIDED: DecidedBy = {
  whole: null,
  location: null,
  target: null,
  to: null,
  method: null,
  body: null,
  requestHeaders: null,
  headers: [],
  readTimeout: null,
}

/** A rule that did not decide but stood close to doing so, and what kept it from it. `nearMissText` words it. */
export interface NearMiss {
  readonly rule: Rule
  readonly because: NearMissReason
}

/** Where a hop sent a request. `service` is the Service that owned the address at that moment, null where none did. */
export interface Destination {
  readonly host: string
  readonly address: string | null
  readonly port: number
  readonly service: string | null
  /** Where the cluster gave another address than the chain's file has: what the one in the file was rewritten to. */
  readonly given?: string
}

/** A request that a hop sent on, where to, by which line, and what became of it. */
export interface Try {
  readonly to: Destination
  /** `proxy_pass` at nginx, the route at the gateway; null where that is not known. */
  readonly by: Rule | null
  readonly request: RequestMessage
  readonly outcome: Outcome
  readonly response: ResponseMessage | null
}

/**
 * One way through a hop: what was chosen, what decided in it, and the tries that it made. nginx begins another pass with
 * `error_page`, `try_files`, `rewrite`, X-Accel-Redirect, and with every subrequest; the gateway has exactly one, a backend none.
 */
export interface Pass {
  /** What an expectation names it by: `/api/` for a location, `/v1/scheduling/*` for a route; null where none matched. */
  readonly matched: string | null
  /** The line that led here from the pass before: `error_page`, `try_files`, `rewrite`; null in the first pass. */
  readonly ledBy: Rule | null
  /**
   * Which subrequest it is a pass of (`auth_request`, `mirror`), counted from 1 in the order in which they began; null for the
   * client's own request.
   */
  readonly subrequest: number | null
  readonly decidedBy: DecidedBy
  readonly reasons: readonly Reason[]
  readonly nearMisses: readonly NearMiss[]
  /** In order; the last one gave the pass its answer. Empty where the pass asked nobody. */
  readonly tries: readonly Try[]
}

/** What a hop did to a header of the answer that it passes on or makes. */
export interface HeaderChange {
  /** In lower case. */
  readonly name: string
  /** `withheld`: a line would have added it, and did not. */
  readonly kind: 'added' | 'changed' | 'dropped' | 'withheld'
  /** The line that did so; null where it is the hop's own habit. */
  readonly by: Rule | null
  /** Why, where the line alone does not say it. */
  readonly because: Reason | null
}

/** The try that led to an exchange: indexes into the trace's exchanges, its passes, and their tries. */
export interface ReachedBy {
  readonly exchange: number
  readonly pass: number
  readonly try: number
}

/** One request and its response at one hop. */
export interface Exchange {
  readonly hop: HopName
  /** The Service whose pod this is; null for nginx. */
  readonly service: string | null
  /** Null where the client itself came here. */
  readonly reachedBy: ReachedBy | null
  readonly received: RequestMessage
  /** In the order they were made. At least one at nginx, one at the gateway, none at a backend. */
  readonly passes: readonly Pass[]
  /** What it answered; null where it closed the connection without an answer. */
  readonly answered: ResponseMessage | null
  /** Whether the answer was made here or passed on from the next hop. */
  readonly origin: 'self' | 'upstream'
  /** Against the answer of the last try of the last pass, where `origin` is `upstream`. */
  readonly answerHeaders: readonly HeaderChange[]
}

/**
 * What every hop received, which lines it applied, what it sent on, what came back: frozen plain data, which JSON keeps whole.
 * Every hop that was reached is in it, in the order in which passes reached them.
 */
export interface Trace {
  readonly requestId: string
  readonly request: RequestMessage
  readonly exchanges: readonly Exchange[]
  /** What the client got; null where the connection ended without an answer. */
  readonly response: ResponseMessage | null
  /** Time as the environment counts it (virtual where it simulates), in ms. */
  readonly elapsedMs: number
}
