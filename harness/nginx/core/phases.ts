import { limitRate } from '../modules/limit_req/run.ts'
import { proxyPass } from '../modules/proxy/run.ts'
import { takeRealIp } from '../modules/realip/run.ts'
import { runRewrites } from '../modules/rewrite/run.ts'
import { answerFromFiles } from '../modules/static/run.ts'
import type { NginxStep } from '../site.ts'
import { runAccess } from './access-phase.ts'
import { tryFiles } from './files/try-files.ts'
import { continueAtNamed, redirectInternally } from './internal-redirect.ts'
import { limitMethod } from './locations/limit-except.ts'
import { matchLocation } from './locations/match-location.ts'
import { FIND_LOCATION, type ForOutside, finalize, isForOutside, LOCATION, type Next, outside } from './next.ts'
import { isBodyTooLarge } from './request/body-limit.ts'
import { escapeUri } from './request/escape-uri.ts'
import { limitKeepAlive } from './request/keep-alive.ts'
import { refuseRequest, refuseWhere } from './request/refuse-request.ts'
import type { RequestState } from './request/request-state.ts'
import { setLocation } from './response/set-location.ts'
import { endWith } from './response/special-response.ts'

/**
 * Takes a request from step to step until one is for the outside. Every step says what is next, and none calls the one
 * behind it: a request may go through twenty locations, and ten error pages.
 */
export function proceed(state: RequestState, first: Next): NginxStep {
  let next = first
  while (!isForOutside(next)) next = step(state, next)
  return outside(next, (then) => proceed(state, then))
}

function step(state: RequestState, next: Exclude<Next, ForOutside>): Next {
  switch (next.kind) {
    case 'server-rewrite':
      state.validLocation = true
      return runRewrites(state, state.server.root.rewrites) ?? FIND_LOCATION
    case 'find-location':
      return findLocation(state)
    case 'location':
      return runLocation(state)
    case 'internal-redirect':
      return redirectInternally(state, next)
    case 'named-location':
      return continueAtNamed(state, next)
    case 'finalize':
      return endWith(state, next.code)
  }
}

/** ngx_http_core_find_config_phase */
function findLocation(state: RequestState): Next {
  state.uriChanged = false
  state.proxies = false
  const found = matchLocation(state)
  const { location } = state
  state.rule = location.rule
  if (location.settings.internal && !state.internal) {
    state.because({ kind: 'internal-location', label: location.label ?? '' }, location.rule.span)
    return finalize(404)
  }
  limitMethod(state)
  limitKeepAlive(state)
  if (!state.bodyDiscarded && isBodyTooLarge(state, state.contentLength)) {
    state.bodyDiscarded = true
    return finalize(413)
  }
  return found === 'redirect' ? redirectToSlash(state) : LOCATION
}

/** The phases of a location that was chosen, up to the one that answers. */
function runLocation(state: RequestState): Next {
  // The server's own rewrites are not run a second time where no location matched.
  const { location, server } = state
  const ended = location === server.root ? null : runRewrites(state, location.rewrites)
  if (ended !== null) return ended
  if (state.uriChanged) return leaveLocation(state)
  takeRealIp(state)
  return limitRate(state) ?? runAccess(state) ?? runPrecontent(state) ?? runContent(state)
}

/** A rewrite changed the URI: another location is chosen for it (ngx_http_core_post_rewrite_phase). */
function leaveLocation(state: RequestState): Next {
  state.uriChanges--
  if (state.uriChanges === 0) {
    state.because({ kind: 'uri-cycle', doing: 'processing', uri: state.uri }, state.rule.span)
    return finalize(500)
  }
  state.beginPass(state.rule)
  state.location = state.server.root
  return FIND_LOCATION
}

function runPrecontent(state: RequestState): Next | null {
  refuseWhere(state, 'content')
  const { tryFiles: files } = state.location
  return files === null ? null : tryFiles(state, files)
}

/** The content phase: the location's proxy, or files. */
function runContent(state: RequestState): Next {
  const { pass, refusedHandler } = state.location
  if (refusedHandler !== null) refuseRequest(refusedHandler.rule, refusedHandler.because)
  if (pass !== null) return proxyPass(state, pass)
  if (!state.proxies) return answerFromFiles(state)
  state.because({ kind: 'proxies-nowhere' }, state.rule.span)
  return finalize(500)
}

function redirectToSlash(state: RequestState): Next {
  setLocation(state, slashEscaped(state) + (state.args === '' ? '' : `?${state.args}`))
  return finalize(301)
}

function slashEscaped({ location, site }: RequestState): string {
  return site.rules.slashRedirectEscaped ? escapeUri(location.name, site.rules) : location.name
}
