import { limitRate } from '../modules/limit_req/run.ts'
import { proxyPass } from '../modules/proxy/run.ts'
import { takeRealIp } from '../modules/realip/run.ts'
import { runRewrites } from '../modules/rewrite/run.ts'
import { answerFromFiles } from '../modules/static/run.ts'
import type { NginxStep } from '../site.ts'
import { runAccess } from './access-phase.ts'
import { tryFiles } from './files/try-files.ts'
import { limitMethod } from './locations/limit-except.ts'
import { matchLocation } from './locations/match-location.ts'
import { isBodyTooLarge } from './request/body-limit.ts'
import { escapeUri } from './request/escape-uri.ts'
import { limitKeepAlive } from './request/keep-alive.ts'
import { refuseRequest, refuseWhere } from './request/refuse-request.ts'
import type { RequestState } from './request/request-state.ts'
import { setLocation } from './response/set-location.ts'
import { finalize } from './response/special-response.ts'

/** Takes a request through the phases, from the server's rewrites on (ngx_http_handler, ngx_http_core_run_phases). */
export function runPhases(state: RequestState): NginxStep {
  state.validLocation = true
  return runRewrites(state, state.server.root.rewrites) ?? chooseLocation(state)
}

function chooseLocation(state: RequestState): NginxStep {
  for (;;) {
    state.uriChanged = false
    state.proxies = false
    const found = matchLocation(state)
    const { location } = state
    state.rule = location.rule
    if (location.settings.internal && !state.internal) {
      state.because({ kind: 'internal-location', label: location.label ?? '' }, location.rule.span)
      return finalize(state, 404)
    }
    limitMethod(state)
    limitKeepAlive(state)
    if (!state.bodyDiscarded && isBodyTooLarge(state, state.contentLength)) {
      state.bodyDiscarded = true
      return finalize(state, 413)
    }
    if (found === 'redirect') return redirectToSlash(state)

    const ended = rewriteLocation(state)
    if (ended !== null) return ended
    if (!state.uriChanged) return afterRewrite(state)
    state.uriChanges--
    if (state.uriChanges === 0) return rewriteCycle(state)
    leaveLocation(state)
  }
}

/** The phases of a location without choosing one: a named location begins here. */
export function runLocation(state: RequestState): NginxStep {
  limitMethod(state)
  limitKeepAlive(state)
  const ended = rewriteLocation(state)
  if (ended !== null) return ended
  if (!state.uriChanged) return afterRewrite(state)
  state.uriChanges--
  if (state.uriChanges === 0) return rewriteCycle(state)
  leaveLocation(state)
  return chooseLocation(state)
}

/** The server's own rewrites are not run a second time where no location matched. */
function rewriteLocation(state: RequestState): NginxStep | null {
  return state.location === state.server.root ? null : runRewrites(state, state.location.rewrites)
}

/** A rewrite changed the URI: another location is chosen for it. */
function leaveLocation(state: RequestState): void {
  state.beginPass(state.rule)
  state.location = state.server.root
}

function rewriteCycle(state: RequestState): NginxStep {
  state.because({ kind: 'uri-cycle', doing: 'processing', uri: state.uri }, state.rule.span)
  return finalize(state, 500)
}

function afterRewrite(state: RequestState): NginxStep {
  takeRealIp(state)
  const refused = limitRate(state) ?? runAccess(state)
  if (refused !== null) return refused
  refuseWhere(state, 'content')
  const { tryFiles: files } = state.location
  return (files === null ? null : tryFiles(state, files)) ?? runContent(state)
}

/** The content phase: the location's proxy, or files. */
export function runContent(state: RequestState): NginxStep {
  const { pass, refusedHandler } = state.location
  if (refusedHandler !== null) refuseRequest(refusedHandler.rule, refusedHandler.because)
  if (pass !== null) return proxyPass(state, pass)
  if (!state.proxies) return answerFromFiles(state)
  state.because({ kind: 'proxies-nowhere' }, state.rule.span)
  return finalize(state, 500)
}

function slashEscaped({ location, site }: RequestState): string {
  return site.rules.slashRedirectEscaped ? escapeUri(location.name, site.rules) : location.name
}

function redirectToSlash(state: RequestState): NginxStep {
  setLocation(state, slashEscaped(state) + (state.args === '' ? '' : `?${state.args}`))
  return finalize(state, 301)
}
