import type { Outcome } from './access-entry.ts'
import type { Decision } from './decision.ts'
import type { Place } from './place.ts'

/** What a status is called in `{"detail": …}`: FastAPI answers with the phrase unless it knows better. */
const DETAILS: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [401, 'Not authenticated'],
  [403, 'Not enough permissions'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [413, 'Content Too Large'],
  [417, 'Expectation Failed'],
  [429, 'Too Many Requests'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [504, 'Gateway Timeout'],
  [505, 'HTTP Version Not Supported'],
])

/** The client went away before its answer: a status for the log alone, as nginx has it. */
export const CLIENT_LEFT = 499

/** The `detail` that a client is told for a status. */
export function detailOf(status: number): string {
  return DETAILS.get(status) ?? 'Internal Server Error'
}

/** A request that the gateway answers itself, with `{"detail": …}`. The message is for the log: one sentence of why. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly status: number
  readonly decidedBy: Decision
  /** What the answer has beside the usual headers. */
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, why: string, decidedBy: Decision, headers: Readonly<Record<string, string>> = {}) {
    super(why)
    this.status = status
    this.decidedBy = decidedBy
    this.headers = headers
  }
}

/** A request that is refused for what it is, whatever the config says. */
export function badRequest(status: number, why: string, headers?: Readonly<Record<string, string>>): GatewayError {
  return new GatewayError(status, why, { kind: 'bad-request', place: null }, headers)
}

/** A backend as errors name it, and the config keys that decide about it. */
export interface Upstream {
  /** `host:port` */
  readonly name: string
  readonly places: UpstreamPlaces
}

/** Where the route's target and the two timeouts in force are written; null for a default. */
export interface UpstreamPlaces {
  readonly target: Place
  readonly connectTimeout: Place | null
  readonly readTimeout: Place | null
}

/** What became of a request at its backend, where that was no answer: 502, or 504 where it took too long. */
export class UpstreamError extends GatewayError {
  readonly outcome: Exclude<Outcome, 'answered'>

  constructor(outcome: Exclude<Outcome, 'answered'>, why: string, decidedBy: Decision) {
    super(outcome === 'connect-timeout' || outcome === 'read-timeout' ? 504 : 502, why, decidedBy)
    this.outcome = outcome
  }
}

const OUTCOMES: ReadonlyMap<string, Exclude<Outcome, 'answered'>> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'refused'],
  ['ENETUNREACH', 'refused'],
  ['ETIMEDOUT', 'connect-timeout'],
  ['ENOTFOUND', 'unresolved'],
  ['EAI_AGAIN', 'unresolved'],
  ['EAI_FAIL', 'unresolved'],
])

const SENTENCES: Readonly<Record<Exclude<Outcome, 'answered'>, string>> = {
  refused: 'refused the connection',
  'connect-timeout': 'did not accept the connection in time',
  'read-timeout': 'did not answer in time',
  reset: 'closed the connection before its answer was complete',
  unresolved: 'is a name that does not resolve',
  invalid: 'answered with bytes that are not HTTP',
}

/** What a failure of node:http says about a backend. */
export function upstreamError(error: Error, upstream: Upstream): UpstreamError {
  if (error instanceof UpstreamError) return error
  const code = 'code' in error ? String(error.code) : ''
  return upstreamFailure(OUTCOMES.get(code) ?? (code.startsWith('HPE_') ? 'invalid' : 'reset'), upstream)
}

export function upstreamFailure(outcome: Exclude<Outcome, 'answered'>, { name, places }: Upstream): UpstreamError {
  return new UpstreamError(outcome, `${name} ${SENTENCES[outcome]}`, decisionOf(outcome, places))
}

function decisionOf(outcome: Exclude<Outcome, 'answered'>, places: UpstreamPlaces): Decision {
  if (outcome === 'connect-timeout') return { kind: outcome, place: places.connectTimeout }
  if (outcome === 'read-timeout') return { kind: outcome, place: places.readTimeout }
  return { kind: 'target', place: places.target }
}
