import type { ClientRequest } from '../chain/client-request.ts'
import { type Header, headerValue, type RequestMessage } from '../chain/message.ts'

/**
 * The message a client puts on the wire: its headers as they are, before them a `Host` where it has none, after them
 * `X-Request-ID` (the traces are matched by it) and `Content-Length` where it has a body and no framing of its own.
 */
export function clientMessage(request: ClientRequest, requestId: string, defaultHost: string): RequestMessage {
  const { method, target, httpVersion, headers, body } = request
  const has = (name: string): boolean => headerValue(headers, name) !== undefined
  const lines: Header[] = [...headers]
  if (!has('host') && httpVersion === '1.1') lines.unshift(['Host', defaultHost])
  if (!has('x-request-id')) lines.push(['X-Request-ID', requestId])
  if (body.length > 0 && !has('content-length') && !has('transfer-encoding')) {
    lines.push(['Content-Length', String(body.length)])
  }
  return { method, target, httpVersion, headers: lines, body }
}
