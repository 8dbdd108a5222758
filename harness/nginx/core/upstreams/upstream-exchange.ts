import type { RequestMessage, ResponseMessage } from '../../../chain/message.ts'
import type { Measured, UpstreamOutcome } from '../../site.ts'
import { headStartBytes } from '../cache/request-cache.ts'
import type { Next, Send } from '../next.ts'
import { decisionOf } from '../request/decision.ts'
import { PREREAD_BYTES, refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { closeConnection } from '../response/respond.ts'
import { addHeader } from '../response/response-head.ts'
import { isUnixAddress } from './parse-upstream-url.ts'
import type { Peer } from './upstream.ts'
import {
  abandonUpstream,
  endIntercepted,
  endUpstream,
  readHeaders,
  revalidatedEntry,
  staleEntry,
} from './upstream-cache.ts'
import { passEntry, passResponse } from './upstream-response.ts'
import type { UpstreamState } from './upstream-state.ts'
import { keepSession, refuseSessionOfOther, ruleOfFault } from './upstream-tls.ts'

/** What an outcome is to `proxy_next_upstream`, what the client gets for it, and whether the request had been sent by then. */
const FAILURES: Readonly<Record<Exclude<UpstreamOutcome['kind'], 'answered'>, Failure>> = {
  refused: { condition: 'error', status: 502, sent: false },
  unresolved: { condition: 'error', status: 502, sent: false },
  'connect-timeout': { condition: 'timeout', status: 504, sent: false },
  'tls-failed': { condition: 'error', status: 502, sent: false },
  'read-timeout': { condition: 'timeout', status: 504, sent: true },
  reset: { condition: 'error', status: 502, sent: true },
  invalid: { condition: 'invalid_header', status: 502, sent: true },
  'header-too-big': { condition: 'invalid_header', status: 502, sent: true },
}

/** NGX_HTTP_CLIENT_CLOSED_REQUEST */
const CLIENT_GONE = 499

/** A try that has not begun. */
const UNTRIED = { status: null, measured: null, bodyBytes: 0 }

interface Failure {
  readonly condition: string
  readonly status: number
  readonly sent: boolean
}

/** Answers that `proxy_next_upstream` can pass over, by its parameter; what the client gets when no try is left; 403 and 404 are no failures. */
const PASSED_OVER: Readonly<Record<number, { readonly condition: string; readonly failed: boolean }>> = {
  500: { condition: 'http_500', failed: true },
  502: { condition: 'http_502', failed: true },
  503: { condition: 'http_503', failed: true },
  504: { condition: 'http_504', failed: true },
  403: { condition: 'http_403', failed: false },
  404: { condition: 'http_404', failed: false },
  429: { condition: 'http_429', failed: true },
}

/** Methods that are not tried again once they were sent, unless `proxy_next_upstream non_idempotent` says so. */
const NOT_IDEMPOTENT: ReadonlySet<string> = new Set(['POST', 'LOCK', 'PATCH'])

/** Connects to the next peer of the group (ngx_http_upstream_connect); 502 where none is live. */
export function sendToNextPeer(state: RequestState, upstream: UpstreamState, request: RequestMessage): Next {
  const peer = upstream.choice.next()
  upstream.peer = peer
  state.upstreamHeaders = null
  if (peer === null) {
    state.upstreamTries.at(-1)?.push({ ...UNTRIED, address: upstream.choice.name, status: 502 })
    state.because({ kind: 'no-live-peer' }, state.rule.span)
    const stale = staleEntry(upstream, 'error')
    return stale === null ? endUpstream(state, upstream, 502) : passEntry(state, upstream, stale)
  }
  state.upstreamTries.at(-1)?.push({ ...UNTRIED, address: peerText(peer) })
  // Without an upstream block there is nothing to choose, and where it was sent says it all.
  if (peer.host !== upstream.choice.name)
    state.because(
      { kind: 'peer-chosen', upstream: upstream.choice.name, address: peer.address, port: peer.port },
      peer.rule.span,
    )
  refuseSessionOfOther(state, upstream, peer)
  const { connectTimeoutMs, readTimeoutMs, bufferSize } = upstream.settings
  const maxHeadBytes = headLimitBytes(state, upstream)
  const send: Send = {
    kind: 'send',
    to: { host: peer.host, address: peer.address, port: peer.port },
    request,
    tls: upstream.tls,
    connectTimeoutMs,
    readTimeoutMs,
    by: state.rule,
    pass: state.passIndex,
    decision: () => decisionOf(state.main),
    maxHeadBytes,
    resume: (outcome, measured) => {
      noteMeasured(state, measured, outcome)
      keepSession(state, upstream, peer, outcome)
      if (outcome.kind === 'connect-timeout') upstream.waitedMs += connectTimeoutMs
      if (outcome.kind === 'read-timeout') upstream.waitedMs += readTimeoutMs
      if (outcome.kind === 'answered') {
        upstream.isCut = outcome.isCut === true
        if (outcome.headBytes === maxHeadBytes) refuseFullBuffer(state, upstream, outcome.response)
        return take(state, upstream, request, outcome.response)
      }
      if (outcome.kind === 'invalid' && outcome.startsWithHttp === false) return passRawBytes(state, upstream)
      if (outcome.kind === 'header-too-big') state.rule = bufferSize.rule ?? state.rule
      return fail(state, upstream, request, outcome)
    },
    abandon: (measured) => {
      noteMeasured(state, measured)
      state.errorStatus = CLIENT_GONE
      return abandonUpstream(upstream, CLIENT_GONE)
    },
  }
  return send
}

/** What the head of an answer may take: the cache's own head stands before it, and the lines of HTTP/2 are read one by one. */
function headLimitBytes({ site }: RequestState, { protocol, settings, cache }: UpstreamState): number {
  if (protocol === 'grpc' && !site.rules.grpcHeadersLimited) return Number.POSITIVE_INFINITY
  return settings.bufferSize.bytes - (cache === null ? 0 : headStartBytes(cache.key))
}

/** As nginx writes an address. */
function peerText({ address, port }: Peer): string {
  if (isUnixAddress(address)) return address
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** nginx 1.22 loses the body of an answer whose header fills the buffer to its last byte. */
function refuseFullBuffer(state: RequestState, { settings }: UpstreamState, { body }: ResponseMessage): void {
  const { buffering, bufferSize } = settings
  if (!buffering || body === '') return
  refuseRequest(bufferSize.rule ?? state.rule, `the header of the answer fills proxy_buffer_size exactly: not modelled`)
}

/** An answer came: it is passed over, intercepted by an error page, or passed on (ngx_http_upstream_process_header). */
function take(state: RequestState, upstream: UpstreamState, request: RequestMessage, response: ResponseMessage): Next {
  noteStatus(state, response.status)
  state.upstreamHeaders = response.headers
  readHeaders(state, upstream, response)
  if (state.parent !== null && response.status === 101) {
    refuseRequest(state.rule, 'an upgraded connection in a subrequest ends the whole request: not modelled')
  }
  const over = PASSED_OVER[response.status]
  if (over !== undefined && upstream.choice.tries > 1 && mayGoOn(state, upstream, over.condition, true)) {
    upstream.choice.release(over.failed)
    state.because({ kind: 'try-passed-over', status: response.status }, state.rule.span)
    return sendToNextPeer(state, upstream, request)
  }
  upstream.choice.release(false)
  // A miss is nginx's own 404 (`intercept_404`, ngx_http_upstream_test_next).
  if (upstream.protocol === 'memcached' && response.status === 404) return endUpstream(state, upstream, 404)
  const kept =
    (over === undefined ? null : staleEntry(upstream, over.condition)) ?? revalidatedEntry(state, upstream, response)
  if (kept !== null) return passEntry(state, upstream, kept)
  if (response.status >= 300 && upstream.settings.interceptErrors) {
    const page = state.location.settings.errorPages?.find(({ status }) => status === response.status)
    if (page !== undefined) {
      state.because({ kind: 'answer-intercepted', status: response.status, line: page.rule.text }, page.rule.span)
      if (response.status === 401) keepChallenges(state, response)
      return endIntercepted(state, upstream, response.status)
    }
  }
  return passResponse(state, upstream, response)
}

/** An answer that takes the place of a 401 still says how to authenticate (ngx_http_upstream_intercept_errors). */
function keepChallenges(state: RequestState, { headers }: ResponseMessage): void {
  const lines = headers.filter(([name]) => name.toLowerCase() === 'www-authenticate')
  for (const line of state.site.rules.challengesPassed ? lines : lines.slice(0, 1)) addHeader(state.head, line)
}

/** Bytes that do not begin with `HTTP/` go to the client as they are, without a head (ngx_http_proxy_process_status_line). */
function passRawBytes(state: RequestState, upstream: UpstreamState): Next {
  noteStatus(state, 200)
  upstream.choice.release(false)
  if (upstream.cache !== null) refuseRequest(upstream.cache.rule, 'bytes that are no HTTP, in a cache: not modelled')
  if (state.parent !== null) refuseRequest(state.rule, 'bytes that are no HTTP in answer to a subrequest: not modelled')
  state.because({ kind: 'raw-bytes' }, state.rule.span)
  return closeConnection(state)
}

/** No answer came: the next peer where one is left, else 502 or 504 (ngx_http_upstream_next). */
function fail(
  state: RequestState,
  upstream: UpstreamState,
  request: RequestMessage,
  outcome: Exclude<UpstreamOutcome, { readonly kind: 'answered' }>,
): Next {
  const { peer } = upstream
  const failure = FAILURES[outcome.kind]
  noteStatus(state, failure.status)
  if (peer !== null) {
    noteFailure(state, upstream, peer, outcome)
  }
  upstream.choice.release(true)
  if (upstream.choice.tries > 0 && mayGoOn(state, upstream, failure.condition, failure.sent))
    return sendToNextPeer(state, upstream, request)
  const stale = staleEntry(upstream, failure.condition, !failure.sent || !NOT_IDEMPOTENT.has(state.method))
  return stale === null ? endUpstream(state, upstream, failure.status) : passEntry(state, upstream, stale)
}

function noteFailure(
  state: RequestState,
  { tls, settings }: UpstreamState,
  { address, port, rule }: Peer,
  outcome: Exclude<UpstreamOutcome, { readonly kind: 'answered' }>,
): void {
  if (outcome.kind !== 'tls-failed') {
    state.because({ kind: 'try-failed', address, port, outcome: outcome.kind }, rule.span)
    return
  }
  const { fault } = outcome
  state.rule = ruleOfFault(fault, settings.tls) ?? state.rule
  const serverName = tls?.serverName ?? null
  state.because({ kind: 'handshake-failed', address, port, fault, serverName }, state.rule.span)
}

function mayGoOn(state: RequestState, upstream: UpstreamState, condition: string, sent: boolean): boolean {
  const { nextUpstream, nextUpstreamTimeoutMs, unbuffered } = upstream.settings
  if (sent && sendsAsItComes(state, upstream)) return false
  if (nextUpstreamTimeoutMs > 0 && upstream.waitedMs >= nextUpstreamTimeoutMs) return false
  if (nextUpstream.has('off') || !nextUpstream.has(condition)) return false
  if (unbuffered !== null && sent && state.input.request.body.length > PREREAD_BYTES) {
    refuseRequest(unbuffered, `${unbuffered.text} may keep a body from being sent again: not modelled`)
  }
  return !sent || !NOT_IDEMPOTENT.has(state.method) || nextUpstream.has('non_idempotent')
}

/** Whether a body has gone on before all of it was there: then nobody else is asked (`request_body_no_buffering`). */
function sendsAsItComes({ input: { request }, rule }: RequestState, { protocol }: UpstreamState): boolean {
  if (protocol !== 'grpc' || request.body === '') return false
  if (request.httpVersion === '2.0') return true
  if (request.body.length > PREREAD_BYTES) {
    refuseRequest(rule, 'a long body that gRPC may have sent on before all of it was there is not modelled')
  }
  return false
}

function noteMeasured(state: RequestState, measured: Measured | undefined, outcome?: UpstreamOutcome): void {
  const last = state.upstreamTries.at(-1)?.at(-1)
  if (last === undefined) return
  last.measured = measured ?? null
  if (outcome?.kind === 'answered') last.bodyBytes = outcome.response.body.length
}

function noteStatus(state: RequestState, status: number): void {
  const last = state.upstreamTries.at(-1)?.at(-1)
  if (last !== undefined) last.status = status
}
