import type { RequestState } from '../request/request-state.ts'

/** Puts a request into the `limit_except` block of its location where its method is limited (ngx_http_update_location_config). */
export function limitMethod(state: RequestState): void {
  const { limitExcept, label } = state.location
  if (limitExcept === null || limitExcept.methods.has(state.method)) return
  const { rule } = limitExcept.location
  state.because({ kind: 'method-limited', method: state.method, line: rule.text, label: label ?? '' }, rule.span)
  state.location = limitExcept.location
}
