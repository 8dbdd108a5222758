import type { Bytes, Header, Headers, ResponseMessage } from '../../../chain/message.ts'
import { BOUNDARY } from '../../../chain/multipart-ranges.ts'
import type { NginxAnswer } from '../../site.ts'
import { lowerCase } from '../../syntax/wire.ts'
import type { Phases } from '../module.ts'
import { type Answer, finalize, type Next, type Respond } from '../next.ts'
import { decisionOf } from '../request/decision.ts'
import { connectionHeaders } from '../request/keep-alive.ts'
import { refuseRequest, refuseWhere } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { httpTime } from './http-time.ts'
import { refuseSlowAnswer } from './limit-rate.ts'
import { conditionalStatus } from './not-modified.ts'
import { type Part, requestedRange } from './ranges.ts'
import { addHeader, dropHeader, emptyHead, type ResponseHead } from './response-head.ts'
import { serverText } from './server-text.ts'
import { saysVary } from './takes-gzip.ts'

/** Statuses that Last-Modified is sent with (ngx_http_header_filter). */
const SHOWS_LAST_MODIFIED: ReadonlySet<number> = new Set([200, 206, 304])

/**
 * Ends a request with the head that was put together and a body (ngx_http_send_header and its filters, in their order).
 *
 * The header lines are those that a client gets, in nginx's order. The body stands without its transfer coding; to a HEAD
 * request, and with 204 and 304, it is empty while Content-Length stays as nginx sends it.
 */
export function sendAnswer(state: RequestState, { body, origin, whenSent }: Respond, filters: Phases['filter']): Next {
  const { head } = state
  state.hasUpstreamAnswer = origin !== 'self'
  if (state.errorStatus !== 0) head.status = state.errorStatus
  // What a subrequest answers is for the request that it stems from (ngx_http_header_filter).
  if (state.parent !== null) {
    whenSent?.(true)
    return { kind: 'subrequest-over' }
  }
  refuseWhere(state, 'answer')
  // An answer of gRPC has no status line, as nginx's own have none (ngx_http_header_filter).
  if (head.status === 204 && (origin === 'self' || state.upstream?.protocol === 'grpc')) {
    head.contentType = ''
    head.contentLength = -1
  }
  if (head.status === 200 && (origin === 'self' || head.isConditional)) {
    const status = conditionalStatus(state)
    if (status === 412) {
      whenSent?.(false)
      return failPrecondition(state)
    }
    if (status === 304) notModified(state)
  }
  let filtered = body
  for (const filter of filters) filtered = filter(state, filtered)
  if (head.isSliced && filtered !== body) refuseRequest(state.rule, 'a filter that changes slices is not modelled')
  const part = cutToRange(state, filtered)
  whenSent?.(part !== null)
  if (part === null) return finalize(416)
  refuseSlowAnswer(state, part.length, origin === 'upstream')
  const bodiless = state.method === 'HEAD' || head.status === 204 || head.status === 304
  const trailers = bodiless ? [] : trailersOf(state)
  const response = {
    status: head.status,
    headers: headersOf(state),
    body: bodiless ? '' : part,
    ...(trailers.length === 0 ? {} : { trailers }),
  }
  return answer(state, response, origin === 'upstream' ? 'upstream' : 'self')
}

/** Ends a request without an answer, whichever subrequest it comes to that: nginx closes the connection. */
export function closeConnection({ main, background, rule }: RequestState): Answer {
  if (background) refuseRequest(rule, 'what closes the connection ends the request beside it, too: not modelled')
  return answer(main, null, 'self')
}

/** Ends a subrequest whose answer nobody gets. */
export function endInBackground({ main }: RequestState): Answer {
  return answer(main, null, 'self')
}

function answer(state: RequestState, response: ResponseMessage | null, origin: NginxAnswer['origin']): Answer {
  const keepAliveMs = response !== null && state.keepAlive ? state.location.settings.keepAlive.timeoutMs : null
  return { kind: 'answer', response, decision: decisionOf(state), origin, keepAliveMs }
}

/** Everything that was put together goes (ngx_http_filter_finalize_request). */
function failPrecondition(state: RequestState): Next {
  state.because({ kind: 'precondition-failed' }, state.rule.span)
  state.head = emptyHead()
  state.answerHeaders = []
  return finalize(412)
}

function notModified(state: RequestState): void {
  state.because({ kind: 'not-modified' }, state.rule.span)
  state.head.status = 304
  state.head.contentType = ''
  state.head.contentLength = -1
  state.head.allowRanges = false
  dropHeader(state.head, 'accept-ranges')
  dropHeader(state.head, 'content-encoding')
}

/** Cuts the body to the range that the client asked for; null for 416 (ngx_http_range_header_filter). */
function cutToRange(state: RequestState, body: Bytes): Bytes | null {
  const { head } = state
  if (head.status !== 200 || !head.allowRanges || head.contentLength === -1) return wholeOf(state, body)
  if (state.location.settings.files.maxRanges === 0) return wholeOf(state, body)
  const range = requestedRange(state)
  if (range.kind === 'none') {
    addHeader(head, ['Accept-Ranges', 'bytes'])
    return wholeOf(state, body)
  }
  // The upstream's own is not about this part.
  if (state.site.rules.contentRangeReplaced)
    for (const line of head.headers) if (/^Content-Range$/i.test(line.name)) line.name = ''
  if (range.kind === 'not-satisfiable') {
    addHeader(head, ['Content-Range', `bytes */${head.contentLength}`])
    return null
  }
  head.status = 206
  const { first, others } = range
  if (others.length > 0) return cutToParts(head, [first, ...others], body)
  addHeader(head, ['Content-Range', `bytes ${first.start}-${first.end - 1}/${head.contentLength}`])
  head.contentLength = first.end - first.start
  const bodyStart = head.bodyStart ?? 0
  return body.slice(first.start - bodyStart, first.end - bodyStart)
}

/** A part was brought for a client that is to get it all. */
function wholeOf({ head, rule }: RequestState, body: Bytes): Bytes {
  if (head.bodyStart !== null) refuseRequest(rule, 'a range that a filter takes away, in slices: not modelled')
  return body
}

/** Several parts, one behind the other (ngx_http_range_multipart_header, ngx_http_range_multipart_body). */
function cutToParts(head: ResponseHead, parts: readonly Part[], body: Bytes): Bytes {
  const charset = head.charset === null ? '' : `; charset=${head.charset}`
  const type = head.contentType === '' ? '' : `\r\nContent-Type: ${head.contentType}${charset}`
  const written = parts.map(({ start, end }) => {
    const range = `Content-Range: bytes ${start}-${end - 1}/${head.contentLength}`
    return `\r\n--${BOUNDARY}${type}\r\n${range}\r\n\r\n${body.slice(start, end)}`
  })
  const whole = `${written.join('')}\r\n--${BOUNDARY}--\r\n`
  // To HEAD there is no body, and its length is told all the same.
  const left = body === '' ? parts.reduce((sum, { start, end }) => sum + end - start, 0) : 0
  head.contentType = `multipart/byteranges; boundary=${BOUNDARY}`
  head.charset = null
  head.contentLength = whole.length + left
  return whole
}

/** Over HTTP/1.1 they stand behind the last chunk (ngx_http_chunked_create_trailers). */
function trailersOf({ head, input }: RequestState): Headers {
  const { httpVersion } = input.request
  if (httpVersion === '2.0') return head.trailers.map(([name, value]) => [lowerCase(name), value])
  return httpVersion === '1.1' && head.contentLength < 0 ? head.trailers : []
}

/** The header lines in the order of ngx_http_header_filter. */
function headersOf(state: RequestState): Header[] {
  const { head } = state
  const headers: Header[] = []
  if (!head.ownServer) headers.push(['Server', serverText(state)])
  if (!head.ownDate) headers.push(['Date', httpTime(state.site.dateS())])
  const charset = head.charset === null ? '' : `; charset=${head.charset}`
  if (head.contentType !== '') headers.push(['Content-Type', head.contentType + charset])
  if (head.contentLength >= 0) headers.push(['Content-Length', String(head.contentLength)])
  if (head.lastModifiedS !== null && !head.ownLastModified && SHOWS_LAST_MODIFIED.has(head.status))
    headers.push(['Last-Modified', httpTime(head.lastModifiedS)])
  const location = absoluteLocation(state)
  if (location !== null) headers.push(['Location', location])
  headers.push(...connectionHeaders(state))
  if (head.varies && saysVary(state)) headers.push(['Vary', 'Accept-Encoding'])
  for (const line of head.headers) {
    if (line.name === '' || (line === head.location && location !== null)) continue
    headers.push([line.name, line.value])
  }
  const isSmall = state.input.request.httpVersion === '2.0'
  return isSmall ? headers.map(([name, value]) => [lowerCase(name), value]) : headers
}

/** nginx makes a Location that starts with `/` absolute by the host of the request and the port of the connection. */
function absoluteLocation(state: RequestState): string | null {
  const { location } = state.head
  const { settings } = state.location
  if (location === null || !location.value.startsWith('/') || !settings.absoluteRedirect) return null
  const { address, port } = state.input.server
  const host = settings.serverNameInRedirect ? state.server.name : state.host || address
  const isTls = state.input.tls !== undefined
  const shownPort = settings.portInRedirect && port !== (isTls ? 443 : 80) ? `:${port}` : ''
  return `${isTls ? 'https' : 'http'}://${host}${shownPort}${location.value}`
}
