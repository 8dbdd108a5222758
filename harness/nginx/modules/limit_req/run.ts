import { finalize, type Next, PREACCESS } from '../../core/next.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { Slot } from '../../core/slot.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { type LimitReq, type LimitZone, limitReq } from './compile.ts'

/** What `$limit_req_status` says. */
type LimitStatus = 'PASSED' | 'DELAYED' | 'REJECTED' | 'DELAYED_DRY_RUN' | 'REJECTED_DRY_RUN'

/** What became of a client's request; null where nothing has limited it. */
const statusOf = new Slot<RequestState, LimitStatus | null>(null)

/** A limit that a request has a key for, and how far it is above the rate. */
interface Asked {
  readonly limit: LimitReq
  readonly zone: LimitZone
  readonly key: string
  readonly excess: number
}

/**
 * `limit_req`: rejects a request that comes too soon after others, or lets it wait (ngx_http_limit_req_handler). Null where it may go on.
 * On a clock that nobody keeps, requests come all at once: what would be rejected then is refused, and nobody waits.
 */
export function limitRate(state: RequestState): Next | null {
  const { limits, status, dryRun } = limitReq.of(state.location.settings)
  if (limits === null || statusOf.of(state.main) !== null) return null
  const asked: Asked[] = []
  for (const limit of limits) {
    const one = ask(state, limit)
    if (one === null) continue
    if (one.excess <= limit.burst * 1000) asked.push(one)
    else return reject(state, limit, status, dryRun)
  }
  if (asked.length === 0) return null
  const delayMs = Math.max(...asked.map((one) => account(state, one)))
  if (delayMs === 0) return note(state, 'PASSED')
  if (dryRun) return note(state, 'DELAYED_DRY_RUN')
  note(state, 'DELAYED')
  return state.site.keepsTime ? { kind: 'wait', delayMs, resume: () => PREACCESS } : null
}

/** `$limit_req_status` */
export function limitReqStatus({ main }: RequestState): string | null {
  return statusOf.of(main)
}

function reject(state: RequestState, { rule }: LimitReq, status: number, dryRun: boolean): Next | null {
  if (dryRun) return note(state, 'REJECTED_DRY_RUN')
  if (!state.site.keepsTime) return refuseRequest(rule, `${rule.text} may reject it: that depends on time`)
  note(state, 'REJECTED')
  state.rule = rule
  state.because({ kind: 'rate-limited', line: rule.text }, rule.span)
  return finalize(status)
}

function note({ main }: RequestState, status: LimitStatus): null {
  statusOf.keep(main, status)
  return null
}

/** Null where the key is empty: then nothing is counted. */
function ask(state: RequestState, limit: LimitReq): Asked | null {
  const { rule, zone } = limit
  if (zone === null) return refuseRequest(rule, `the zone of ${rule.text} is not defined in the site file`)
  const key = evaluate(zone.key, state)
  return key === '' ? null : { limit, zone, key, excess: excessOf(zone, key, state.site.nowMs()) }
}

/** Counts the request. @returns the milliseconds that this limit lets it wait */
function account(state: RequestState, { limit, zone, key, excess }: Asked): number {
  zone.seen.set(key, { excess, lastMs: state.site.nowMs() })
  return Math.floor((Math.max(0, excess - limit.delay * 1000) * 1000) / zone.milliPerSecond)
}

/** A bucket that leaks at the zone's rate. */
function excessOf({ milliPerSecond, seen }: LimitZone, key: string, nowMs: number): number {
  const before = seen.get(key)
  if (before === undefined) return 0
  return Math.max(0, before.excess - Math.floor((milliPerSecond * Math.abs(nowMs - before.lastMs)) / 1000) + 1000)
}
