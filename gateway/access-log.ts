import type { ServerResponse } from 'node:http'
import type { Clock } from './clock.ts'
import type { Decision, DecisionKind } from './decision.ts'
import { type HeaderChange, HeaderChanges } from './header-changes.ts'
import type { CarriedBy } from './match-route.ts'
import type { Place } from './place.ts'
import type { Target } from './route-table.ts'
import type { GatewayMiddleware } from './state.ts'

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

/** What ended a request from outside its handling: the parser refused the rest of it, or its client is stuck. */
export interface Refusal {
  readonly status: number
  readonly detail: string
  readonly kind: DecisionKind
}

const refusals = new WeakMap<ServerResponse, Refusal>()

/** Lets the log tell what ended a request, rather than that its client left. */
export function noteRefusal(response: ServerResponse, refusal: Refusal | null): void {
  if (refusal !== null) refusals.set(response, refusal)
}

/** Calls `onAccess` once for every request, when its response is written or its connection is gone. */
export function accessLog(onAccess: (entry: AccessEntry) => void, clock: Clock): GatewayMiddleware {
  return async (ctx, next) => {
    const startedMs = clock.now()
    const access = draftOf(ctx.method, ctx.req.url ?? '')
    ctx.state.access = access
    await next()
    const refusal = refusals.get(ctx.res)
    if (refusal !== undefined) access.decidedBy = { kind: refusal.kind, place: null }
    const { status = access.status ?? ctx.status, detail = access.detail } = refusal ?? {}
    onAccess({ ...entryOf(access), status, detail, elapsedMs: clock.now() - startedMs })
  }
}

/** What is known of a request that has only just come. */
export function draftOf(method: string, target: string): AccessDraft {
  return {
    requestId: '',
    method,
    target,
    status: null,
    route: null,
    carriedBy: null,
    sends: null,
    upstream: null,
    outcome: null,
    decidedBy: null,
    publicBy: null,
    headerChanges: { request: new HeaderChanges(), answer: new HeaderChanges() },
    detail: 'answered before it was routed',
  }
}

/** A draft as plain data. */
export function entryOf({ headerChanges: { request, answer }, ...rest }: AccessDraft) {
  return { ...rest, headerChanges: { request: request.list, answer: answer.list } }
}
