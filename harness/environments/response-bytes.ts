import { STATUS_CODES } from 'node:http'
import { headerValue, type ResponseMessage } from '../chain/message.ts'

/** A response as HTTP/1.1 bytes; a body gets its `Content-Length` where the message has none (RFC 9112 section 6.2). */
export function responseBytes({ status, headers, body }: ResponseMessage): Buffer {
  const framed = status === 101 || headerValue(headers, 'content-length') !== undefined
  const lines = framed ? headers : [...headers, ['Content-Length', String(body.length)] as const]
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n`, 'latin1'), body])
}
