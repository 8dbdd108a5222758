import { randomUUID } from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import type { Duplex } from 'node:stream'
import type { AccessEntry } from './access-entry.ts'
import { draftOf, entryOf, noteRefusal, type Refusal } from './access-log.ts'
import { CLIENT_LEFT, detailOf } from './errors.ts'
import { inTurn } from './in-turn.ts'

const OPTIONS: ServerOptions = {
  /** Longer than the 60 s after which nginx closes an idle upstream connection, so that it never writes to a closed one. */
  keepAliveTimeout: 75_000,
  headersTimeout: 30_000,
  /** Bounds how long a body may trickle in. */
  requestTimeout: 300_000,
  maxHeaderSize: 16 * 1024,
  /** A missing Host is refused by `checkRequest`, which answers in the gateway's own shape and logs it. */
  requireHostHeader: false,
  /** Never lenient: what two readers could frame differently is refused (RFC 9112 section 11.2). */
  insecureHTTPParser: false,
}

/** What the parser says where a client closes the connection before the end of a message. */
const LEFT_UNFINISHED = 'HPE_INVALID_EOF_STATE'

/** What the parser refuses with another status than 400. */
const PARSER_STATUS: ReadonlyMap<string, number> = new Map([
  ['HPE_HEADER_OVERFLOW', 431],
  ['ERR_HTTP_REQUEST_TIMEOUT', 408],
])

/**
 * A client that takes nothing of its answer for so long, or sends nothing of its body, is let go, with the connection to the
 * backend: what nginx calls `send_timeout` and `client_body_timeout`, with their defaults. An idle connection is closed by `keepAliveTimeout` alike.
 */
const CLIENT_STUCK_MS = 60_000
const STUCK: Refusal = {
  status: CLIENT_LEFT,
  detail: 'the client took nothing of its answer for 60 s',
  kind: 'client-left',
}

const SILENT: Refusal = {
  status: 408,
  detail: 'the client sent nothing of its body for 60 s',
  kind: 'bad-request',
}

/** A server that is not listening yet, and how it is stopped. */
export interface HttpServer {
  readonly server: Server
  /** Takes no more connections, finishes what is running, closes idle ones. */
  close(): Promise<void>
}

/** A node:http server that answers bytes that are no HTTP request in the gateway's shape, and logs them. */
export function createHttpServer(handle: RequestListener, onAccess: (entry: AccessEntry) => void): HttpServer {
  const server = createServer(OPTIONS)
  const running = new WeakMap<Duplex, ServerResponse>()
  let isClosing = false
  const onResponseClose = () => isClosing && server.closeIdleConnections()
  const onRequest = inTurn((request, response) => {
    running.set(request.socket, response)
    response.on('close', onResponseClose)
    handle(request, response)
  })
  server.on('request', onRequest)
  // Whether a body is wanted is known when the request is sent on: `forward` tells the client then.
  server.on('checkContinue', onRequest)
  server.on('checkExpectation', onRequest)
  server.on('connect', (request, socket) => {
    const refusal: Refusal = { status: 400, detail: 'the gateway is no proxy for CONNECT', kind: 'bad-request' }
    refuse(socket, refusal)
    onAccess(refusalEntry(refusal, request.method, request.url))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = running.get(socket)
    const isRunning = response !== undefined && !response.writableFinished
    // A client that leaves in the middle of its body has sent nothing wrong: its exchange ends as that of any that leaves.
    const refusal = isRunning && error.code === LEFT_UNFINISHED ? null : refusalFor(error)
    if (isRunning) noteRefusal(response, refusal)
    // The client is gone, or has a part of an answer that another one must not be mixed into.
    if (refusal === null || !socket.writable || (isRunning && response.headersSent)) return socket.destroy()
    refuse(socket, refusal)
    if (!isRunning) onAccess(refusalEntry(refusal))
  })
  server.setTimeout(CLIENT_STUCK_MS, (socket) => {
    const response = running.get(socket)
    if (response === undefined || response.closed) return socket.destroy()
    if (socket.writableLength > 0) {
      noteRefusal(response, STUCK)
      return socket.destroy()
    }
    // Nothing waits to be read by the client, nor for it: the backend has its own time to answer.
    if (!waitsForBody(response.req)) return
    noteRefusal(response, SILENT)
    if (response.headersSent) socket.destroy()
    else refuse(socket, SILENT)
  })
  return {
    server,
    async close() {
      isClosing = true
      // It says so when it was not listening; there is nothing to wait for then.
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Whether the rest of a body is missing, and whoever reads it would take more. */
function waitsForBody(request: IncomingMessage): boolean {
  return !request.complete && request.readableFlowing === true && request.readableLength === 0
}

/** What the parser's complaint is answered with; null where the client has only gone away. */
function refusalFor({ code = '' }: NodeJS.ErrnoException): Refusal | null {
  if (!code.startsWith('HPE_') && !PARSER_STATUS.has(code)) return null
  return { status: PARSER_STATUS.get(code) ?? 400, detail: `not a valid HTTP request: ${code}`, kind: 'bad-request' }
}

function refuse(socket: Duplex, { status }: Refusal): void {
  const body = JSON.stringify({ detail: detailOf(status) })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

function refusalEntry({ status, detail, kind }: Refusal, method = '', target = ''): AccessEntry {
  const draft = { ...draftOf(method, target), decidedBy: { kind, place: null }, requestId: randomUUID() }
  return entryOf(draft, status, detail, 0)
}
