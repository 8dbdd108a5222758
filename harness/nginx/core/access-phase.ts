import type { AccessVerdict, Phases } from './module.ts'
import { finalize, type Next, PRECONTENT } from './next.ts'
import type { RequestState } from './request/request-state.ts'

/**
 * Who may pass, as one module after the other says (ngx_http_core_access_phase). With `satisfy any` one of them is enough.
 * Nobody asks whether a subrequest may.
 */
export function runAccess(state: RequestState, checks: Phases['access']): Next {
  return state.parent === null ? runChecks(state, checks, 0, null) : PRECONTENT
}

/** @param refused what the checks before `first` refused it with, where one that passes it would be enough */
function runChecks(state: RequestState, checks: Phases['access'], first: number, refused: 401 | 403 | null): Next {
  const { satisfy } = state.location.settings
  let code = refused
  for (let at = first; at < checks.length; at++) {
    const said = checks[at]?.(state) ?? null
    if (said === null) continue
    if (typeof said === 'object') {
      const { verdict, ...subrequest } = said
      const goOn = (ended: RequestState): Next => {
        const answered = verdict(ended)
        return runChecks(state, [() => answered, ...checks.slice(at + 1)], 0, code)
      }
      return { ...subrequest, resume: goOn }
    }
    if (said === 'ok') {
      if (satisfy === 'all') continue
      for (const challenge of state.challenges) challenge.name = ''
      return PRECONTENT
    }
    if (satisfy === 'all' || !isRefusal(said)) return finalize(said)
    if (code !== 401) code = said
  }
  return code === null ? PRECONTENT : finalize(code)
}

/** Whether another check may pass the request all the same. */
function isRefusal(said: Exclude<AccessVerdict, 'ok' | null>): said is 401 | 403 {
  return said === 401 || said === 403
}
