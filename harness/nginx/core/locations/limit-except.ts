import type { RequestState } from '../request/request-state.ts'
import type { Location } from '../site-config.ts'

/** `limit_except`: another set of rules for every method that is not named. */
export interface LimitExcept {
  /** Methods that the location itself answers. */
  readonly methods: ReadonlySet<string>
  /** What answers the others: no rewrites and no `try_files`, settings of its own, the same `proxy_pass`. */
  readonly location: Location
}

/** Puts a request into the `limit_except` block of its location where its method is limited (ngx_http_update_location_config). */
export function limitMethod(state: RequestState): void {
  const { limitExcept, label } = state.location
  if (limitExcept === null || limitExcept.methods.has(state.method)) return
  const { rule } = limitExcept.location
  state.because({ kind: 'method-limited', method: state.method, line: rule.text, label: label ?? '' }, rule.span)
  state.location = limitExcept.location
}
