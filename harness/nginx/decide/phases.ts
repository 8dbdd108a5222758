import type { NginxStep } from '../site.ts'
import { runAccess } from './access-phase.ts'
import { isBodyTooLarge } from './body-limit.ts'
import { escapeUri } from './escape-uri.ts'
import { limitKeepAlive } from './keep-alive.ts'
import { limitMethod } from './limit-except.ts'
import { limitRate } from './limit-req.ts'
import { matchLocation } from './match-location.ts'
import { proxyPass } from './proxy-pass.ts'
import { takeRealIp } from './real-ip.ts'
import { refuseRequest, refuseWhere } from './refuse-request.ts'
import type { RequestState } from './request-state.ts'
import { runRewrites } from './rewrite.ts'
import { setLocation } from './set-location.ts'
import { finalize } from './special-response.ts'
import { answerFromFiles } from './static-files.ts'
import { tryFiles } from './try-files.ts'

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
