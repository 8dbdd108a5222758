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
  if (!has('host') && httpVersion !== '1.0') lines.unshift(['Host', defaultHost])
  if (!has('x-request-id')) lines.push(['X-Request-ID', requestId])
  if (body.length > 0 && !has('content-length') && !has('transfer-encoding')) {
    lines.push(['Content-Length', String(body.length)])
  }
  return { method, target, httpVersion, headers: httpVersion === '2.0' ? http2Lines(lines) : lines, body }
}

/**
 * As nginx has the lines of HTTP/2: their names in small letters, the host first, which is a pseudo-header, and cookies last, put
 * together (ngx_http_v2_construct_cookie_header).
 */
function http2Lines(lines: readonly Header[]): Header[] {
  const small = lines.map(([name, value]): Header => [name.toLowerCase(), value])
  const of = (wanted: string) => small.filter(([name]) => name === wanted)
  const cookie = of('cookie').map(([, value]) => value)
  const others = small.filter(([name]) => name !== 'host' && name !== 'cookie')
  return [...of('host'), ...others, ...(cookie.length === 0 ? [] : [['cookie', cookie.join('; ')] as const])]
}
