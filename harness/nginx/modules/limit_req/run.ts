import { finalize, type Next } from '../../core/next.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { type LimitReq, type LimitZone, limitReq } from './compile.ts'

/**
 * `limit_req`: rejects a request that comes too soon after others (ngx_http_limit_req_handler). Null where it may go on; then a
 * delay changes nothing but time. On a clock that nobody keeps, requests come all at once: what would be rejected then is refused.
 */
export function limitRate(state: RequestState): Next | null {
  const { limits, status, dryRun } = limitReq.of(state.location.settings)
  if (limits === null || state.main.limited) return null
  state.main.limited = true
  const busy = limits.find((limit) => isBusy(state, limit))
  if (busy === undefined || dryRun) return null
  if (!state.site.keepsTime) return refuseRequest(busy.rule, `${busy.rule.text} may reject it: that depends on time`)
  state.rule = busy.rule
  state.because({ kind: 'rate-limited', line: busy.rule.text }, busy.rule.span)
  return finalize(status)
}

function isBusy(state: RequestState, { rule, zone, burst }: LimitReq): boolean {
  if (zone === null) return refuseRequest(rule, `the zone of ${rule.text} is not defined in the site file`)
  const key = evaluate(zone.key, state)
  if (key === '') return false
  const excess = excessOf(zone, key, state.site.nowMs())
  if (excess > burst * 1000) return true
  zone.seen.set(key, { excess, lastMs: state.site.nowMs() })
  return false
}

/** A bucket that leaks at the zone's rate. */
function excessOf({ milliPerSecond, seen }: LimitZone, key: string, nowMs: number): number {
  const before = seen.get(key)
  if (before === undefined) return 0
  return Math.max(0, before.excess - Math.floor((milliPerSecond * Math.abs(nowMs - before.lastMs)) / 1000) + 1000)
}
