import { checkAccess } from '../modules/access/run.ts'
import { checkAuthBasic } from '../modules/auth_basic/run.ts'
import { finalize, type Next } from './next.ts'
import { refuseWhere } from './request/refuse-request.ts'
import type { RequestState } from './request/request-state.ts'

/** `auth_request` is asked last. */
function refuseAuthRequest(state: RequestState): null {
  refuseWhere(state, 'access')
  return null
}

/**
 * Who may pass: `allow` and `deny`, then `auth_basic` (ngx_http_core_access_phase). With `satisfy any` one of them is enough.
 * Null where the request goes on.
 */
export function runAccess(state: RequestState): Next | null {
  const { satisfy } = state.location.settings
  let refused: 401 | 403 | null = null
  for (const check of [checkAccess, checkAuthBasic, refuseAuthRequest]) {
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
