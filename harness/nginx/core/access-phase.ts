import type { Phases } from './module.ts'
import { finalize, type Next } from './next.ts'
import type { RequestState } from './request/request-state.ts'

/**
 * Who may pass, as one module after the other says (ngx_http_core_access_phase). With `satisfy any` one of them is enough.
 * Null where the request goes on.
 */
export function runAccess(state: RequestState, checks: Phases['access']): Next | null {
  const { satisfy } = state.location.settings
  let refused: 401 | 403 | null = null
  for (const check of checks) {
    const said = check(state)
    if (said === null) continue
    if (said === 'ok') {
      if (satisfy === 'all') continue
      if (state.challenge !== null) state.challenge.name = ''
      return null
    }
    if (satisfy === 'all') return finalize(said)
    if (refused !== 401) refused = said
  }
  return refused === null ? null : finalize(refused)
}
