import type { Header, ResponseMessage } from '../../chain/message.ts'
import type { NginxAnswer } from '../site.ts'
import { applyAddHeaders } from './add-header.ts'
import { decisionOf } from './decision.ts'
import type { RequestState } from './request-state.ts'

const SERVER = { on: 'nginx/1.22.1', off: 'nginx', build: 'nginx/1.22.1' } as const

/**
 * Ends a request with the head that was put together and a body (ngx_http_send_header and its filters).
 *
 * What a client is said to get: Server, Content-Type, Content-Length, Location, then the other headers, in nginx's order. Date,
 * Connection, Keep-Alive and Transfer-Encoding belong to the connection and are left out. To a HEAD request, and with 204 and
 * 304, the body is empty while Content-Length stays as nginx sends it.
 */
export function respond(state: RequestState, body: Buffer, origin: NginxAnswer['origin']): NginxAnswer {
  const { head } = state
  if (state.errorStatus !== 0) head.status = state.errorStatus
  if (head.status === 204 && origin === 'self') {
    head.contentType = ''
    head.contentLength = -1
  }
  applyAddHeaders(state)
  const bodiless = state.method === 'HEAD' || head.status === 204 || head.status === 304
  return answer(
    state,
    { status: head.status, headers: headersOf(state), body: bodiless ? Buffer.alloc(0) : body },
    origin,
  )
}

/** Ends a request without an answer: nginx closes the connection. */
export function closeConnection(state: RequestState): NginxAnswer {
  return answer(state, null, 'self')
}

function answer(state: RequestState, response: ResponseMessage | null, origin: NginxAnswer['origin']): NginxAnswer {
  return { kind: 'answer', response, decision: decisionOf(state), origin }
}

/** The header lines in the order of ngx_http_header_filter. */
function headersOf(state: RequestState): Header[] {
  const { head } = state
  const { settings } = state.location
  const headers: Header[] = []
  if (!head.ownServer) headers.push(['Server', SERVER[settings.serverTokens]])
  if (head.contentType !== '') headers.push(['Content-Type', head.contentType])
  if (head.contentLength >= 0) headers.push(['Content-Length', String(head.contentLength)])
  const location = absoluteLocation(state)
  if (location !== null) headers.push(['Location', location])
  for (const line of head.headers) {
    if (line.name === '' || (line === head.location && location !== null)) continue
    headers.push([line.name, line.value])
  }
  return headers
}

/** nginx makes a Location that starts with `/` absolute by the host of the request and the port of the connection. */
function absoluteLocation(state: RequestState): string | null {
  const { location } = state.head
  const { settings } = state.location
  if (location === null || !location.value.startsWith('/') || !settings.absoluteRedirect) return null
  const { address, port } = state.input.server
  const host = settings.serverNameInRedirect ? state.server.name : state.host || address
  const shownPort = settings.portInRedirect && port !== 80 ? `:${port}` : ''
  return `http://${host}${shownPort}${location.value}`
}
