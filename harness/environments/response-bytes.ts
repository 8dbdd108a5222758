import { STATUS_CODES } from 'node:http'
import { bufferOf, headerValue, type ResponseMessage } from '../chain/message.ts'

/**
 * A response as HTTP/1.1 bytes, with what the connection needs and a message leaves out: `Content-Length` for its body
 * (RFC 9112 section 6.2), `Connection: upgrade` for a 101 (RFC 9110 section 7.8). A message has its body without the transfer
 * coding, so that its `Transfer-Encoding` says nothing of these bytes.
 */
export function responseBytes({ status, headers, body }: ResponseMessage): Buffer {
  const [name, value] = status === 101 ? ['Connection', 'upgrade'] : ['Content-Length', String(body.length)]
  const own = headers.filter(([header]) => header.toLowerCase() !== 'transfer-encoding')
  const lines = headerValue(own, name) === undefined ? [...own, [name, value] as const] : own
  const head = lines.map((line) => `${line.join(': ')}\r\n`).join('')
  return bufferOf(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${body}`)
}
