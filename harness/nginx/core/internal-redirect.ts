import type { Rule } from '../../trace/trace.ts'
import { limitMethod } from './locations/limit-except.ts'
import { finalize, type InternalRedirect, LOCATION, type NamedLocation, type Next, SERVER_REWRITE } from './next.ts'
import { limitKeepAlive } from './request/keep-alive.ts'
import type { RequestState } from './request/request-state.ts'

/** Begins another pass with another URI, as if it came from inside (ngx_http_internal_redirect). */
export function redirectInternally(state: RequestState, { by, uri, args }: InternalRedirect): Next {
  if (!countChange(state, by, uri)) return finalize(500)
  state.because({ kind: 'internal-redirect', target: args === '' ? uri : `${uri}?${args}` }, by.span)
  state.beginPass(by)
  state.targetRule = by
  state.uri = uri
  state.args = args
  state.upstream = null
  state.contexts = {}
  state.location = state.server.root
  state.rule = by
  state.internal = true
  state.validUnparsedUri = false
  return SERVER_REWRITE
}

/** Begins another pass in a named location with the URI as it is (ngx_http_named_location). */
export function continueAtNamed(state: RequestState, { by, name }: NamedLocation): Next {
  if (!countChange(state, by, name)) return finalize(500)
  if (state.uri === '') {
    state.rule = by
    state.because({ kind: 'no-uri', name }, by.span)
    return finalize(500)
  }
  const location = state.server.named.get(name)
  if (location === undefined) {
    state.rule = by
    state.because({ kind: 'no-named-location', name }, by.span)
    return finalize(500)
  }
  state.because({ kind: 'named-location', name }, location.rule.span)
  state.beginPass(by)
  state.internal = true
  state.upstream = null
  state.contexts = {}
  state.location = location
  state.rule = location.rule
  state.uriChanged = false
  state.proxies = false
  limitMethod(state)
  limitKeepAlive(state)
  return LOCATION
}

function countChange(state: RequestState, by: Rule, uri: string): boolean {
  state.uriChanges--
  if (state.uriChanges > 0) return true
  state.rule = by
  state.because({ kind: 'uri-cycle', doing: 'redirecting', uri }, by.span)
  return false
}
