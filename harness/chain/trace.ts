import type { Span } from '../diagnostics/span.ts'
import type { RequestMessage, ResponseMessage } from './message.ts'

/** A stage of the chain. The frontend and the websocket gateway are backends that nginx reaches directly. */
export type HopName = 'nginx' | 'gateway' | 'backend'

/** The hops in the order a request meets them. */
export const HOPS: readonly HopName[] = ['nginx', 'gateway', 'backend']

/** A line of configuration that decided something: its text, shortened for people, and its place. */
export interface Rule {
  readonly text: string
  readonly span: Span | null
}

/** One sentence of why a hop did what it did, with the line that made it so. */
export interface Reason {
  readonly text: string
  readonly span: Span | null
}

/** A `proxy_set_header`, as the line that decides about one header. */
export interface HeaderRule extends Rule {
  /** It sets another header; being the first in its block, it keeps the one in question from being inherited. */
  readonly drops: boolean
}

/**
 * Lines of nginx's file that decided one side of an exchange each, beside the `rule` that decided it as a whole. Where one is
 * null, it is the rule's doing, or nginx's default.
 */
export interface DecidedBy {
  /** The location, or the `rewrite`, `error_page` or `try_files` that led into it from another one; null where none was chosen. */
  readonly location: Rule | null
  /** The last line that changed the target: a `rewrite`, a `set`, `proxy_pass` with its URI part. */
  readonly target: Rule | null
  /** By a request header's name in lower case: the `proxy_set_header` that has the say in it. */
  readonly headers: ReadonlyMap<string, HeaderRule>
  /** `proxy_read_timeout`. */
  readonly readTimeout: Rule | null
}

/** A rule that did not decide but stood close to doing so, and what kept it from it. */
export interface NearMiss {
  readonly rule: Rule
  readonly because: string
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

/**
 * What became of a request that a hop sent on: `answered`; `refused` (nobody listens: no endpoints); `connect-timeout`
 * (silence: a stale ClusterIP); `read-timeout` (connected, no answer in time); `reset` (closed in the middle);
 * `unresolved` (the name means nothing to DNS); `invalid` (bytes that are not HTTP); `header-too-big` (an answer whose header
 * is larger than nginx's `proxy_buffer_size`).
 */
export type Outcome =
  | 'answered'
  | 'refused'
  | 'connect-timeout'
  | 'read-timeout'
  | 'reset'
  | 'unresolved'
  | 'invalid'
  | 'header-too-big'

/** A request that a hop sent on, to whom, and what became of it. */
export interface Forward {
  readonly to: Destination
  readonly request: RequestMessage
  readonly outcome: Outcome
  readonly response: ResponseMessage | null
}

/** One request and its response at one hop, and the rule that decided between them. */
export interface Exchange {
  readonly hop: HopName
  /** The Service whose pod this is; null for nginx. */
  readonly service: string | null
  readonly received: RequestMessage
  /** The line that decided: nginx's location or its directive, the gateway's route; null where none matched. */
  readonly rule: Rule | null
  /** What an expectation names it by: `/api/` for a location, `/v1/scheduling/*` for a route; null where none matched. */
  readonly matched: string | null
  /** For nginx alone: at the gateway, the route decides it all. */
  readonly decidedBy?: DecidedBy
  readonly reasons: readonly Reason[]
  readonly nearMisses: readonly NearMiss[]
  /** Every try, in order; the last one gave the answer. Empty where this hop answered by itself. */
  readonly forwards: readonly Forward[]
  /** What it answered; null where it closed the connection without an answer. */
  readonly answered: ResponseMessage | null
  /** Whether the answer was made here or passed on from the next hop. */
  readonly origin: 'self' | 'upstream'
}

/** What every hop received, which rule it applied, what it sent on, what came back. Exchanges are in hop order. */
export interface Trace {
  readonly requestId: string
  readonly request: RequestMessage
  readonly exchanges: readonly Exchange[]
  /** What the client got; null where the connection ended without an answer. */
  readonly response: ResponseMessage | null
  /** Time as the environment counts it (virtual where it simulates), in ms. */
  readonly elapsedMs: number
}

/** The exchange at a hop; undefined where the request never came there. */
export function exchangeAt(trace: Trace, hop: HopName): Exchange | undefined {
  return trace.exchanges.find((exchange) => exchange.hop === hop)
}
