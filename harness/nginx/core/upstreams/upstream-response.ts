import type { ResponseMessage } from '../../../chain/message.ts'
import { headerValue } from '../../../chain/message.ts'
import { lowerCase } from '../../syntax/wire.ts'
import { type Next, respond } from '../next.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { parseHttpTime } from '../response/http-time.ts'
import { addHeader } from '../response/response-head.ts'
import { acceleratedRedirect } from './accel-redirect.ts'
import { type CachedEntry, keepAnswer, leaveCache, noteAnswer, readHeaders } from './upstream-cache.ts'
import type { UpstreamState } from './upstream-state.ts'

/** Headers of the connection to the upstream: nginx makes its own for the client. */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

/** Headers of which the first line counts (ngx_http_upstream_process_header_line). */
const ONCE: readonly string[] = [
  'content-type',
  'date',
  'etag',
  'expires',
  'last-modified',
  'location',
  'refresh',
  'server',
]

/** Passes on what the cache has (ngx_http_upstream_cache_send). */
export function passEntry(state: RequestState, upstream: UpstreamState, { entry }: CachedEntry): Next {
  const { cache } = upstream
  const { response, by, validS } = entry
  state.upstreamHeaders = response.headers
  if (cache !== null) {
    const setsCookie = headerValue(response.headers, 'Set-Cookie') !== undefined
    noteAnswer(state, cache, cache.status ?? 'HIT', by, validS, setsCookie)
    if (cache.status !== 'REVALIDATED') readHeaders(state, upstream, response)
  }
  return passResponse(state, upstream, response, 'cache')
}

/** Passes an upstream's answer on (ngx_http_upstream_process_headers): some headers stay behind, Location may be rewritten. */
export function passResponse(
  state: RequestState,
  upstream: UpstreamState,
  response: ResponseMessage,
  from: 'upstream' | 'cache' = 'upstream',
): Next {
  const { hidden, hideRules, ignoreHeaders, forceRanges } = upstream.settings
  const internal = headerValue(response.headers, 'X-Accel-Redirect')
  if (internal !== undefined && !ignoreHeaders.has('X-Accel-Redirect')) {
    leaveCache(state, upstream)
    return acceleratedRedirect(state, response, internal)
  }
  refuseCutAnswer(state, upstream, response)
  const { head } = state
  const mayBeKept = upstream.cache?.cacheable === true
  const once = new Set(state.site.rules.answerHeadersOnce ? ONCE : [])
  const seen = new Set<string>()
  for (const [name, value] of response.headers) {
    const key = lowerCase(name)
    if (once.has(key) && seen.has(key)) continue
    seen.add(key)
    if (OF_CONNECTION.has(key) || (key === 'date' && hidden.has(key))) continue
    if (hidden.has(key)) {
      state.noteHeader(name, 'dropped', hideRules.get(key) ?? null)
      continue
    }
    if (key === 'content-type') head.contentType = value
    else if (key === 'location') passLocation(state, upstream, name, value)
    else if (key === 'last-modified') {
      addHeader(head, [name, value])
      head.ownLastModified = true
      head.lastModifiedS = parseHttpTime(value)
    } else if (key === 'etag') head.etag = addHeader(head, [name, value])
    else if (key === 'accept-ranges' && forceRanges) continue
    else if (key === 'accept-ranges' && (from === 'cache' || mayBeKept)) {
      head.allowRanges = true
      head.singleRange = from === 'upstream'
    } else if (key === 'accept-ranges') head.acceptRanges = addHeader(head, [name, value])
    else if (key === 'set-cookie') passCookie(state, upstream, name, value)
    else if (key === 'refresh') addHeader(head, [name, rewriteRefresh(upstream, value)])
    else addHeader(head, [name, value])
  }
  // Over HTTP, one that the upstream leaves out counts as empty (ngx_http_proxy_process_header).
  const passes = (key: string): boolean =>
    !hidden.has(key) && (upstream.protocol === 'http' || headerValue(response.headers, key) !== undefined)
  head.ownServer = passes('server')
  head.ownDate = passes('date')
  head.status = response.status
  head.contentLength = upstream.protocol === 'grpc' ? grpcLengthOf(state, response) : lengthOf(response)
  head.isConditional = mayBeKept
  // ngx_http_upstream_process_trailers
  if (upstream.protocol === 'grpc')
    head.trailers = (response.trailers ?? []).filter(([name]) => !hidden.has(lowerCase(name)))
  if (forceRanges) {
    head.allowRanges = true
    head.singleRange = from === 'upstream'
  }
  if (upstream.cache === null) return respond(response.body, from)
  return respond(response.body, from, (isSent) =>
    from === 'cache' ? leaveCache(state, upstream) : keepAnswer(state, upstream, response, isSent),
  )
}

/** An application that writes less than it announces has the client's connection closed in the middle of the answer. */
function refuseCutAnswer({ method, rule }: RequestState, { protocol }: UpstreamState, response: ResponseMessage): void {
  if (protocol === 'http' || method === 'HEAD' || response.status === 204 || response.status === 304) return
  // Who asks why nginx did what it did has the head of the answer alone.
  if (response.body === '' || response.body.length >= lengthOf(response)) return
  refuseRequest(rule, 'the answer is shorter than its Content-Length says: not modelled')
}

/** Only a Location that `proxy_redirect` rewrote, or that is no path, is nginx's own to make absolute. */
function passLocation(state: RequestState, upstream: UpstreamState, name: string, value: string): void {
  const { rewriteRedirect } = upstream
  const rewritten = rewriteRedirect?.(value) ?? null
  if (rewritten !== null) {
    const { text, rule } = rewritten
    state.because({ kind: 'redirect-rewritten', before: value, location: text }, rule?.span ?? state.rule.span)
    if (text !== value) state.noteHeader(name, 'changed', rule ?? state.rule)
  }
  const line = addHeader(state.head, [name, rewritten?.text ?? value])
  if (rewritten !== null || (rewriteRedirect === null && !value.startsWith('/'))) state.head.location = line
}

/** A Set-Cookie as `proxy_cookie_path`, `proxy_cookie_domain` and `proxy_cookie_flags` rewrite it. */
function passCookie(state: RequestState, upstream: UpstreamState, name: string, value: string): void {
  const rewritten = upstream.rewriteCookie(value)
  if (rewritten !== null && rewritten.text !== value) state.noteHeader(name, 'changed', rewritten.rule)
  addHeader(state.head, [name, rewritten?.text ?? value])
}

/** Refresh carries its URL behind `url=` (ngx_http_upstream_rewrite_refresh). */
function rewriteRefresh({ rewriteRedirect }: UpstreamState, value: string): string {
  const at = value.toLowerCase().indexOf('url=')
  if (rewriteRedirect === null || at === -1) return value
  const rewritten = rewriteRedirect(value.slice(at + 4))
  return rewritten === null ? value : value.slice(0, at + 4) + rewritten.text
}

/** The head of an answer that ends with it tells its length, too (ngx_http_grpc_process_header). */
function grpcLengthOf({ site }: RequestState, response: ResponseMessage): number {
  const length = lengthOf(response)
  if (response.body !== '' || response.trailers !== undefined) return length
  return site.rules.grpcLengthKept && length !== -1 ? length : 0
}

/** The length that the client is told: the upstream's, where it gave one and did not chunk. */
function lengthOf({ headers }: ResponseMessage): number {
  if (headerValue(headers, 'Transfer-Encoding')?.toLowerCase().includes('chunked')) return -1
  const length = headerValue(headers, 'Content-Length')
  return length !== undefined && /^\d+$/.test(length) ? Number(length) : -1
}
