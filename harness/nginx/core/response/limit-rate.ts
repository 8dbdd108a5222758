import { parseSizeBytes } from '../../syntax/values.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/evaluate.ts'

/** Bytes of an answer's head, at most: nginx counts them with its body. */
const HEAD_BYTES = 1024

/**
 * Gives a request up where a rate makes nginx send its answer, or read it from the upstream, in several seconds: that time is
 * not modelled (`limit_rate`, `limit_rate_after`, `$limit_rate`, `proxy_limit_rate`). What goes out in the first second has no delay.
 * @param bodyBytes the body of the answer
 */
export function refuseSlowAnswer(state: RequestState, bodyBytes: number, fromUpstream: boolean): void {
  const { limitRate, limitRateAfter, proxyLimitRate } = state.location.settings.rates
  const changed = changedRate(state)
  const rate = changed ?? (limitRate === null ? null : { rule: limitRate.rule, bytes: sizeOf(state, limitRate.value) })
  const after = limitRateAfter === null ? 0 : sizeOf(state, limitRateAfter.value)
  if (rate !== null && rate.bytes > 0 && bodyBytes + HEAD_BYTES > rate.bytes + after) {
    refuseRequest(rate.rule, 'limit_rate sends this answer in several seconds: not modelled')
  }
  if (fromUpstream && proxyLimitRate !== null && proxyLimitRate.bytes > 0 && bodyBytes > proxyLimitRate.bytes) {
    refuseRequest(proxyLimitRate.rule, 'proxy_limit_rate reads this answer in several seconds: not modelled')
  }
}

/** The rate that a `set $limit_rate` gave this request; null where none did, or its value is no size. */
function changedRate(state: RequestState) {
  const slot = state.site.variables.slotDefined('limit_rate')
  const rule = slot === null ? undefined : state.setBy.get(slot)
  const bytes = slot === null || rule === undefined ? null : parseSizeBytes(state.variable(slot) ?? '', false)
  return rule === undefined || bytes === null ? null : { rule, bytes }
}

/** A value that is no size counts as none (ngx_http_complex_value_size). */
function sizeOf(state: RequestState, value: Parameters<typeof evaluate>[0]): number {
  return parseSizeBytes(evaluate(value, state), false) ?? 0
}
