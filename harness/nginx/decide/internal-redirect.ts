import type { NginxStep } from '../site.ts'
import { runLocation, runPhases } from './phases.ts'
import type { RequestState } from './request-state.ts'
import { finalize } from './special-response.ts'

/** Begins again with another URI, as if it came from inside (ngx_http_internal_redirect). */
export function redirectInternally(state: RequestState, uri: string, args: string): NginxStep {
  if (!countChange(state, `internally redirecting to "${uri}"`)) return finalize(state, 500)
  state.because(() => `internal redirect to ${uri}${args === '' ? '' : `?${args}`}`, state.rule.span)
  state.ledBy = state.rule
  state.targetRule = state.rule
  state.uri = uri
  state.args = args
  state.upstream = null
  state.location = state.server.root
  state.internal = true
  state.validUnparsedUri = false
  return runPhases(state)
}

/** Goes on in a named location with the URI as it is (ngx_http_named_location). */
export function continueAtNamed(state: RequestState, name: string): NginxStep {
  if (!countChange(state, `redirecting to named location "${name}"`)) return finalize(state, 500)
  if (state.uri === '') {
    state.because(() => `empty URI in redirect to named location "${name}"`, state.rule.span)
    return finalize(state, 500)
  }
  const location = state.server.named.get(name)
  if (location === undefined) {
    state.because(() => `there is no location ${name}`, state.rule.span)
    return finalize(state, 500)
  }
  state.because(() => `goes on in location ${name}`, location.rule.span)
  state.ledBy = state.rule
  state.internal = true
  state.upstream = null
  state.location = location
  state.rule = location.rule
  state.uriChanged = false
  state.proxies = false
  return runLocation(state)
}

function countChange(state: RequestState, doing: string): boolean {
  state.uriChanges--
  if (state.uriChanges > 0) return true
  state.because(() => `rewrite or internal redirection cycle while ${doing}`, state.rule.span)
  return false
}
