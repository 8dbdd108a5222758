import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ResponseMessage } from '../chain/message.ts'

/** What node:http answers bytes with that are no HTTP request, where it is not 400. */
const STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}

/** The client closed the connection, maybe in the middle of a body. */
const LEFT: ReadonlySet<string> = new Set(['ECONNRESET', 'HPE_INVALID_EOF_STATE'])

/** A server's refusals of bytes that are no HTTP request: what it answered, by the connection. */
export interface Refusals {
  /** Says that a request is under way on its connection, for an answer to it to go on undisturbed. */
  follow(socket: Duplex, response: ServerResponse): void
  /** What the connection's request was answered by, in place of its own answer; null where all its bytes are HTTP. */
  of(socket: Duplex): ResponseMessage | null
}

/**
 * Refuses bytes that are no HTTP request as node:http itself does, and keeps what it answered: a request whose body is longer
 * than announced is answered by the refusal of what follows it.
 */
export function refuseBytes(server: Server): Refusals {
  const running = new WeakMap<Duplex, ServerResponse>()
  const refused = new WeakMap<Duplex, ResponseMessage>()
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const { code = '' } = error
    // A client that is gone, or has the head of another answer, gets none.
    if (LEFT.has(code) || !socket.writable || running.get(socket)?.headersSent === true) return socket.destroy()
    const status = STATUS[code] ?? 400
    refused.set(socket, { status, headers: [['Connection', 'close']], body: '' })
    // In a while: the reader of the request before these bytes then has it whole.
    socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n\r\n`, () =>
      setImmediate(() => socket.destroy()),
    )
  })
  return {
    follow: (socket, response) => running.set(socket, response),
    of: (socket) => refused.get(socket) ?? null,
  }
}
