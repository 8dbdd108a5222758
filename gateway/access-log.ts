import type { ServerResponse } from 'node:http'
import type { AccessDraft, AccessEntry } from './access-entry.ts'
import type { Clock } from './clock.ts'
import type { DecisionKind } from './decision.ts'
import { HeaderChanges } from './header-changes.ts'
import type { GatewayMiddleware } from './state.ts'

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
    onAccess(entryOf(access, status, detail, clock.now() - startedMs))
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

/** A draft as plain data: field by field, which costs a fraction of copying what a draft has. */
export function entryOf(draft: AccessDraft, status: number, detail: string, elapsedMs: number): AccessEntry {
  return {
    requestId: draft.requestId,
    method: draft.method,
    target: draft.target,
    status,
    route: draft.route,
    carriedBy: draft.carriedBy,
    sends: draft.sends,
    upstream: draft.upstream,
    outcome: draft.outcome,
    decidedBy: draft.decidedBy,
    publicBy: draft.publicBy,
    headerChanges: { request: draft.headerChanges.request.list, answer: draft.headerChanges.answer.list },
    detail,
    elapsedMs,
  }
}
