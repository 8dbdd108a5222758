import { connect } from 'node:http2'
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
 * What came of a request by HTTP/2: an answer, with the bytes of its header's names and values; a connection closed before one; or a
 * stream that was refused, or bytes that are no HTTP/2.
 */
export type Http2Outcome =
  | {
      readonly kind: 'answered'
      readonly response: ResponseMessage
      readonly headBytes: number
      readonly isCut: boolean
    }
  | { readonly kind: 'reset' }
  | { readonly kind: 'invalid' }

/**
 * Sends a request by HTTP/2 over a connection on which that was agreed, and reads the one answer to it, then closes the connection.
 * @param socket destroying it ends the exchange
 */
export function sendByHttp2(socket: Duplex, message: RequestMessage): Promise<Http2Outcome> {
  return new Promise((resolve) => {
    const session = connect('http://localhost', { createConnection: () => socket })
    const chunks: Buffer[] = []
    let head: { readonly status: number; readonly headers: Headers; readonly headBytes: number } | null = null
    let trailers: Headers = []
    const end = (otherwise: 'reset' | 'invalid', isCut: boolean): void => {
      if (head === null) resolve({ kind: otherwise })
      else {
        const { headBytes, ...rest } = head
        const body = bytesFrom(Buffer.concat(chunks))
        const response = { ...rest, body, ...(trailers.length === 0 ? {} : { trailers }) }
        resolve({ kind: 'answered', response, headBytes, isCut })
      }
      session.destroy()
      socket.destroy()
    }
    const fail = (error: NodeJS.ErrnoException): void => end(isRefusal(error) ? 'invalid' : 'reset', true)
    session.on('error', fail)
    session.on('goaway', () => head === null && end('invalid', true))
    try {
      const stream = session.request(linesOf(message), { endStream: message.body === '' })
      stream.on('response', ({ ':status': status = 0 }, _flags, raw) => {
        const lines = headersFromRaw(raw)
        const headBytes = lines.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
        head = { status, headers: lines.filter(([name]) => !name.startsWith(':')), headBytes }
      })
      stream.on('trailers', (_headers, _flags, raw: string[]) => {
        trailers = headersFromRaw(raw)
      })
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('error', fail)
      stream.on('close', () => end('reset', stream.rstCode !== 0))
      if (message.body !== '') stream.end(bufferOf(message.body))
    } catch {
      // A head that HTTP/2 does not allow: every server refuses it.
      end('invalid', true)
    }
  })
}

/** Whether the other side said no, and did not merely go away. */
function isRefusal({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ERR_HTTP2_STREAM_ERROR' || code === 'ERR_HTTP2_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR'
}

/** The head line by line, `Host` as the authority. */
function linesOf({ method, target, headers }: RequestMessage): string[] {
  const host = headerValue(headers, 'host')
  const authority = host === undefined ? [] : [':authority', host]
  const lines = headers.filter(([name]) => name.toLowerCase() !== 'host').flat()
  return [':method', method, ':scheme', 'https', ...authority, ':path', target, ...lines]
}
