import { connect, constants, type OutgoingHttpHeaders } from 'node:http2'
import type { Duplex } from 'node:stream'
import {
  bufferOf,
  bytesFrom,
  type Headers,
  headersFromRaw,
  headerValue,
  type RequestMessage,
  type ResponseMessage,
} from './message.ts'

/**
 * Sends a request by HTTP/2 over a connection on which that was agreed, and reads the one answer to it, then closes the connection.
 * @param socket destroying it ends the exchange
 * @returns null where the stream or the connection ends without an answer
 */
export function sendByHttp2(socket: Duplex, message: RequestMessage): Promise<ResponseMessage | null> {
  return new Promise((resolve) => {
    const session = connect('https://localhost', { createConnection: () => socket })
    const end = (response: ResponseMessage | null): void => {
      resolve(response)
      session.destroy()
      socket.destroy()
    }
    session.on('error', () => end(null))
    const stream = session.request(linesOf(message), { endStream: message.body === '' })
    const chunks: Buffer[] = []
    let head: { readonly status: number; readonly headers: Headers } | null = null
    stream.on('response', ({ ':status': status = 0 }, _flags, raw) => {
      head = { status, headers: headersFromRaw(raw).filter(([name]) => !name.startsWith(':')) }
    })
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => end(null))
    stream.on('close', () => end(head === null ? null : { ...head, body: bytesFrom(Buffer.concat(chunks)) }))
    if (message.body !== '') stream.end(bufferOf(message.body))
  })
}

/** The head as node:http2 takes it: lines of one name in a list. */
function linesOf({ method, target, headers }: RequestMessage): OutgoingHttpHeaders {
  const lines: Record<string, string[]> = {}
  for (const [name, value] of headers) {
    if (name === 'host') continue
    lines[name] ??= []
    lines[name].push(value)
  }
  const { HTTP2_HEADER_METHOD, HTTP2_HEADER_SCHEME, HTTP2_HEADER_AUTHORITY, HTTP2_HEADER_PATH } = constants
  return {
    [HTTP2_HEADER_METHOD]: method,
    [HTTP2_HEADER_SCHEME]: 'https',
    [HTTP2_HEADER_AUTHORITY]: headerValue(headers, 'host') ?? '',
    [HTTP2_HEADER_PATH]: target,
    ...Object.fromEntries(
      Object.entries(lines).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
    ),
  }
}
