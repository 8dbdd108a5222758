import type { Header } from '../../../chain/message.ts'
import type { RequestState } from './request-state.ts'

/** Codes whose answer closes the connection (ngx_http_special_response_handler). */
const CLOSING: ReadonlySet<number> = new Set([400, 413, 414, 495, 496, 497, 500, 501])

/** Whether the client wants the connection kept open: HTTP/1.1 does, unless its Connection says otherwise (ngx_http_handler). */
export function wantsKeepAlive(state: RequestState): boolean {
  let kept = state.input.request.httpVersion === '1.1'
  for (const { key, value } of state.headers) {
    if (key !== 'connection') continue
    if (/close/i.test(value)) kept = false
    else if (/keep-alive/i.test(value)) kept = true
  }
  return kept
}

/** Closes the connection after the answer where the settings of the location want that (ngx_http_update_location_config). */
export function limitKeepAlive(state: RequestState): void {
  const { timeoutMs, requests, timeMs, disabled } = state.location.settings.keepAlive
  const { connection } = state.input
  // A request that comes over no real connection has one of its own: it is the first.
  const isOld = connection !== undefined && state.site.dateMs() - connection.openedMs > timeMs
  const isLast = (connection?.requests ?? 1) >= requests
  if (timeoutMs === 0 || isLast || isOld || isDisabled(state, disabled)) state.keepAlive = false
}

/** Closes the connection after an answer with such a code. */
export function closeAfter(state: RequestState, code: number): void {
  if (CLOSING.has(code)) state.keepAlive = false
}

function isDisabled(state: RequestState, disabled: ReadonlySet<string>): boolean {
  const agent = state.header('user-agent') ?? ''
  const [, version, rest = ''] = /MSIE (\d)\.([\s\S]*)$/.exec(agent) ?? []
  const isMsie6 = version === '4' || version === '5' || (version === '6' && !rest.includes('SV1'))
  if (isMsie6 && state.method === 'POST' && disabled.has('msie6')) return true
  const isOther = /MSIE [\s\S]{3}|Opera|Gecko\/|Chrome\//.test(agent)
  return !isOther && /Safari\//.test(agent) && agent.includes('Mac OS X') && disabled.has('safari')
}

/**
 * The lines of an answer that say how it ends and what becomes of the connection, in nginx's order (ngx_http_header_filter,
 * ngx_http_chunked_header_filter).
 */
export function connectionHeaders(state: RequestState): Header[] {
  const { head, location } = state
  // HTTP/2 has streams for that.
  if (state.input.request.httpVersion === '2.0') return []
  if (head.status === 101) return [['Connection', 'upgrade']]
  const isFramed = head.contentLength !== -1 || head.status === 204 || head.status === 304 || state.method === 'HEAD'
  const isChunked = !isFramed && state.input.request.httpVersion === '1.1' && location.settings.chunkedTransferEncoding
  if ((!isFramed && !isChunked) || state.input.connection?.isClosing()) state.keepAlive = false
  const framing: Header[] = isChunked ? [['Transfer-Encoding', 'chunked']] : []
  if (!state.keepAlive) return [...framing, ['Connection', 'close']]
  const { toldS } = location.settings.keepAlive
  const told: Header[] = toldS === null ? [] : [['Keep-Alive', `timeout=${toldS}`]]
  return [...framing, ['Connection', 'keep-alive'], ...told]
}
