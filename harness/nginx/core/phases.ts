import type { NginxStep } from '../site.ts'
import { runAccess } from './access-phase.ts'
import { tryFiles } from './files/try-files.ts'
import { continueAtNamed, redirectInternally } from './internal-redirect.ts'
import { limitMethod } from './locations/limit-except.ts'
import { matchLocation } from './locations/match-location.ts'
import type { Phases } from './module.ts'
import {
  CONTENT,
  FIND_LOCATION,
  type ForOutside,
  finalize,
  isForOutside,
  LOCATION,
  type Next,
  outside,
  type Respond,
  SERVER_REWRITE,
} from './next.ts'
import { isBodyTooLarge } from './request/body-limit.ts'
import { escapeUri } from './request/escape-uri.ts'
import { limitKeepAlive } from './request/keep-alive.ts'
import { refuseRequest, refuseWhere } from './request/refuse-request.ts'
import type { RequestState } from './request/request-state.ts'
import { endInBackground, sendAnswer } from './response/respond.ts'
import { setLocation } from './response/set-location.ts'
import { endWith } from './response/special-response.ts'
import { beginClone, beginSubrequest } from './subrequest.ts'

/**
 * Takes a request from step to step until one is for the outside. Every step says what is next, and none calls the one
 * behind it: a request may go through twenty locations, and ten error pages. While a subrequest lasts, the steps are its own.
 */
export function proceed(state: RequestState, first: Next, phases: Phases): NginxStep {
  return goOn({ state, waiting: null }, first, phases)
}

/** The request whose steps are taken, and the one that waits for its end. */
interface Running {
  readonly state: RequestState
  readonly waiting: { readonly running: Running; resume(ended: RequestState): Next } | null
}

function goOn(begun: Running, first: Next, phases: Phases): NginxStep {
  let running = begun
  let next = first
  while (!isForOutside(next)) {
    const { state, waiting } = running
    if (next.kind === 'subrequest') {
      running = { state: beginSubrequest(state, next), waiting: { running, resume: next.resume } }
      next = SERVER_REWRITE
    } else if (next.kind === 'clone') {
      const clone = beginClone(state, next.by)
      next.begin(clone)
      running = { state: clone, waiting: { running, resume: next.resume } }
      next = CONTENT
    } else if (next.kind !== 'subrequest-over') {
      next = step(state, next, phases)
    } else {
      if (state.location.settings.logSubrequest) state.main.logged.push(state)
      running = waiting?.running ?? running
      next = waiting === null ? endInBackground(state) : waiting.resume(state)
    }
  }
  const { main, background } = running.state
  return outside(
    next,
    (then) => goOn(running, then, phases),
    () => (background ? [] : [...main.logged, main].flatMap((one) => phases.log.flatMap((handler) => handler(one)))),
    postedBy(main, phases),
  )
}

const NONE: NginxStep['background'] = []

/** The subrequests that begin when the request pauses (ngx_http_run_posted_requests). */
function postedBy({ posted }: RequestState, phases: Phases): NginxStep['background'] {
  if (posted.length === 0) return NONE
  return posted.splice(0).map(({ state, isClone }) => {
    const first = isClone ? CONTENT : SERVER_REWRITE
    return () => goOn({ state, waiting: null }, first, phases)
  })
}

type Step = Exclude<Next, ForOutside | { readonly kind: 'subrequest' | 'clone' | 'subrequest-over' }>

function step(state: RequestState, next: Step, phases: Phases): Next {
  switch (next.kind) {
    case 'server-rewrite':
      state.validLocation = true
      return firstOf(phases.serverRewrite, state) ?? FIND_LOCATION
    case 'find-location':
      return findLocation(state)
    case 'location':
      return runLocation(state, phases)
    case 'preaccess':
      return runFromPreaccess(state, phases)
    case 'precontent':
      return runPrecontent(state, phases.precontent)
    case 'content':
      return runContent(state, phases.content)
    case 'internal-redirect':
      return redirectInternally(state, next)
    case 'named-location':
      return continueAtNamed(state, next)
    case 'finalize':
      return endWith(state, next.code)
    case 'respond':
      return takenApart(state, next, phases.answer) ?? sendAnswer(state, next, phases.filter)
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

/** The phases of a location that was chosen, up to the one that says who may pass. */
function runLocation(state: RequestState, phases: Phases): Next {
  // The server's own rewrites are not run a second time where no location matched.
  const { location, server } = state
  const ended = location === server.root ? null : firstOf(phases.rewrite, state)
  if (ended !== null) return ended
  if (state.uriChanged) return leaveLocation(state)
  return runFromPreaccess(state, phases)
}

function runFromPreaccess(state: RequestState, phases: Phases): Next {
  return firstOf(phases.preaccess, state) ?? runAccess(state, phases.access)
}

/** What the first module says that has something to say. */
function firstOf(handlers: Phases['rewrite'], state: RequestState): Next | null {
  for (const handler of handlers) {
    const next = handler(state)
    if (next !== null) return next
  }
  return null
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

/** What the first module says that makes something else of an answer; null where it goes out. */
function takenApart(state: RequestState, answer: Respond, handlers: Phases['answer']): Next | null {
  for (const handler of handlers) {
    const next = handler(state, answer)
    if (next !== null) return next
  }
  return null
}

/** `try_files` comes before what modules do here. */
function runPrecontent(state: RequestState, handlers: Phases['precontent']): Next {
  refuseWhere(state, 'content')
  const { tryFiles: files } = state.location
  const ended = files === null ? null : tryFiles(state, files)
  return ended ?? firstOf(handlers, state) ?? CONTENT
}

/** The content phase: the first module that answers; 404 where none does. */
function runContent(state: RequestState, handlers: Phases['content']): Next {
  const { refusedHandler } = state.location
  if (refusedHandler !== null) refuseRequest(refusedHandler.rule, refusedHandler.because)
  return firstOf(handlers, state) ?? finalize(404)
}

function redirectToSlash(state: RequestState): Next {
  setLocation(state, slashEscaped(state) + (state.args === '' ? '' : `?${state.args}`))
  return finalize(301)
}

function slashEscaped({ location, site }: RequestState): string {
  return site.rules.slashRedirectEscaped ? escapeUri(location.name, site.rules) : location.name
}
