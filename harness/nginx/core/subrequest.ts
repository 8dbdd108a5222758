import type { Bytes } from '../../chain/message.ts'
import type { Rule } from '../../trace/trace.ts'
import type { Subrequest } from './next.ts'
import { NO_BODY } from './request/client-body.ts'
import { RequestState } from './request/request-state.ts'

/**
 * Begins a subrequest that nobody waits for (NGX_HTTP_SUBREQUEST_BACKGROUND), with the method of the request and the body that was
 * read of it by then. It takes its first step when the request pauses.
 */
export function postSubrequest(state: RequestState, asked: Omit<Subrequest, 'kind' | 'resume'>, body: Bytes): void {
  const subrequest = beginSubrequest(state, asked)
  subrequest.background = true
  subrequest.method = state.method
  subrequest.body = { kind: 'whole', bytes: body, announced: body.length }
  state.main.posted.push({ state: subrequest, isClone: false })
}

/** Begins the same request once more in the background. */
export function postClone(state: RequestState, by: Rule): void {
  const clone = beginClone(state, by)
  clone.background = true
  state.main.posted.push({ state: clone, isClone: true })
}

/** Begins the same request once more where it stands (NGX_HTTP_SUBREQUEST_CLONE): its location is chosen, and may answer. */
export function beginClone(state: RequestState, by: Rule): RequestState {
  const clone = beginSubrequest(state, { by, uri: state.uri, args: state.args })
  clone.method = state.method
  clone.location = state.location
  clone.captureAs(state)
  clone.validLocation = state.validLocation
  clone.validUnparsedUri = state.validUnparsedUri
  return clone
}

/**
 * Begins a request within a request (ngx_http_subrequest): a GET for another URI of the same server, with the headers of the
 * client and without its body. It shares the variables that already have a value.
 */
export function beginSubrequest(
  state: RequestState,
  { by, uri, args }: Omit<Subrequest, 'kind' | 'resume'>,
): RequestState {
  const { main } = state
  const subrequest = new RequestState(state.input, state.server, state.site, state)
  subrequest.method = 'GET'
  subrequest.uri = uri
  subrequest.args = args
  subrequest.unparsedUri = state.unparsedUri
  subrequest.internal = true
  subrequest.host = state.host
  subrequest.port = state.site.rules.portInSubrequests ? state.port : 0
  subrequest.tlsHost = state.tlsHost
  subrequest.headers = state.headers
  subrequest.client = state.client
  subrequest.hasRealIp = state.hasRealIp
  subrequest.contentLength = state.contentLength
  subrequest.chunked = state.chunked
  subrequest.body = NO_BODY
  subrequest.bodyDiscarded = state.bodyDiscarded
  subrequest.rule = by
  subrequest.targetRule = by
  main.subrequests++
  subrequest.openPass(by, main.subrequests)
  return subrequest
}
