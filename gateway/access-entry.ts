import type { Decision } from './decision.ts'
import type { HeaderChange, HeaderChanges } from './header-changes.ts'
import type { CarriedBy } from './match-route.ts'
import type { Place } from './place.ts'
import type { Target } from './route-table.ts'

/** What became of a request that was sent on; `invalid` is an answer that is not HTTP, `unresolved` a name without address. */
export type Outcome = 'answered' | 'refused' | 'connect-timeout' | 'read-timeout' | 'reset' | 'unresolved' | 'invalid'

/** One request, as the access log tells it: which route took it, where it went, what came of it and why. */
export interface AccessEntry {
  readonly requestId: string
  readonly method: string
  /** Raw as received. */
  readonly target: string
  /** As sent; 499 where the client left before it was. */
  readonly status: number
  readonly route: { readonly path: string; readonly place: Place } | null
  /** Which rule found the route: its path, or only the rewritten form, behind which a typo in the path can hide. */
  readonly carriedBy: CarriedBy | null
  /** The target that was sent to the backend; null where none was. */
  readonly sends: string | null
  readonly upstream: Target | null
  /** Null where the gateway answered by itself. */
  readonly outcome: Outcome | null
  /** Why the gateway answered by itself, by which key of its config; null where a backend's answer went on. */
  readonly decidedBy: Decision | null
  /** The public path that let the request in without a look at its credentials; null where none did. */
  readonly publicBy: Place | null
  /** What the gateway adds, changes and drops on the way to the backend, and on the way back or in its own answer. */
  readonly headerChanges: { readonly request: readonly HeaderChange[]; readonly answer: readonly HeaderChange[] }
  /** One sentence of why: `no route matches /v1/x`. */
  readonly detail: string
  readonly elapsedMs: number
}

/** What is known so far of a request that is on its way. */
export type AccessDraft = {
  -readonly [Field in Exclude<keyof AccessEntry, 'status' | 'elapsedMs' | 'headerChanges'>]: AccessEntry[Field]
} & {
  readonly headerChanges: { readonly request: HeaderChanges; readonly answer: HeaderChanges }
  /** Set where the response does not tell it: the client left. */
  status: number | null
}
