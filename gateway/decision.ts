import type { Place } from './place.ts'

/** What made the gateway answer by itself. */
export type DecisionKind = (typeof DECISION_KINDS)[number]

export const DECISION_KINDS = [
  /** The request is not what HTTP or the gateway allows: 400, 405, 408, 417, 431, 501, 505. */
  'bad-request',
  'health',
  /** A CORS preflight, by `cors`. */
  'preflight',
  'no-route',
  'authentication',
  'scopes',
  'rate-limit',
  'body-limit',
  /** The route's `target` gave no answer that could be passed on: 502. */
  'target',
  'connect-timeout',
  'read-timeout',
  'client-left',
  'failure',
] as const

/** Why the gateway answered by itself, and which key of its config says so. */
export interface Decision {
  readonly kind: DecisionKind
  /** The key, or the item of its list; null where no file says it: a default, a rule of HTTP. */
  readonly place: Place | null
}
