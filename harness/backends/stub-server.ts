import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { getResponse } from 'msw/utils/get-response'
import { TOKEN } from '../chain/header-syntax.ts'
import {
  type Bytes,
  bufferOf,
  bytesFrom,
  bytesFromText,
  type Header,
  headersFromRaw,
  type RequestMessage,
  type ResponseMessage,
} from '../chain/message.ts'
import type { Service } from '../chain/service.ts'
import { type StubTls, tlsOptions } from '../chain/stub-tls.ts'
import type { FaultKind } from '../chain/world-change.ts'
import { announcesBody } from './announces-body.ts'
import { CgiServer } from './cgi-server.ts'
import { FaultPlan } from './fault-plan.ts'
import { GrpcServer } from './grpc-server.ts'
import { refuseBytes } from './refused-bytes.ts'
import { responseHeaders, responseTrailers, stubHandlers, stubRequests } from './stub-handlers.ts'

/** What a backend received, byte for byte, and what it answered; null where it did not answer. */
export interface BackendRecord {
  readonly service: string
  readonly received: RequestMessage
  readonly answered: ResponseMessage | null
}

/** More are in flight at a time only where scenarios run side by side. */
const MAX_IDLE_REQUESTS = 64

export interface StubServerOptions {
  readonly service: Pick<Service, 'name' | 'stub'>
  /** The TLS that it speaks on its connections; null where it speaks plain HTTP. */
  readonly tls: StubTls | null
  /** The faults of a Service that has stubs on several ports; its own where there are none. */
  readonly faults?: FaultPlan
  /** Called once a request is answered, or given up; its body is what had come by then. */
  readonly onRecord: (record: BackendRecord) => void
  /** Waits `delayMs` (Infinity: for good) or until the signal says that the client has gone. */
  readonly wait: (delayMs: number, signal: AbortSignal) => Promise<void>
}

/** What a backend's connections are given to; it need not listen itself. */
export type BackendServer = Server | CgiServer | GrpcServer

/** A stub backend: a server of node:http, node:https or CGI, not listening yet, whose answers come from MSW handlers. */
export interface StubServer {
  readonly server: BackendServer
  readonly faults: FaultPlan
}

/** Builds the stub of a Service. It answers as `Stub` says, misbehaves as its faults say, and records every request. */
export function createStubServer({
  service,
  tls,
  faults = new FaultPlan(),
  onRecord,
  wait,
}: StubServerOptions): StubServer {
  const { speaks } = service.stub
  if (speaks === 'grpc') return { server: new GrpcServer(tls, respond), faults }
  if (speaks !== 'http') return { server: new CgiServer(speaks, respond), faults }

  const options = {
    shouldUpgradeCallback: (request: IncomingMessage) => service.stub.websocket && isWebSocket(request),
  }
  const server = tls === null ? createServer(options) : createTlsServer({ ...options, ...tlsOptions(tls) })
  const refusals = refuseBytes(server)
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    refusals.follow(socket, response)
    const { received, isWhole } = await readMessage(request, wait)
    const record = (answered: ResponseMessage | null): void => onRecord({ service: service.name, received, answered })
    if (!isWhole || refusals.of(socket) !== null) return record(refusals.of(socket))
    const answer = await respond(received, socket)
    if (answer !== null) write(response, answer)
  })
  server.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const received = messageOf(request, '')
    const record = (answered: ResponseMessage | null): void => onRecord({ service: service.name, received, answered })
    const fault = faults.next()
    // Nobody reads this connection yet, and only one that is read tells that its client has left.
    socket.resume()
    if (!(await survives(fault, socket, wait))) return record(null)
    if (fault?.kind !== 'status') return echo(request, socket, head, record)
    record(faultAnswer(fault.status))
    refuseUpgrade(socket, faultAnswer(fault.status))
  })

  /** The answer to a request, which is recorded; null where nobody is left to answer. */
  async function respond(received: RequestMessage, socket: Duplex): Promise<ResponseMessage | null> {
    const fault = faults.next()
    const isThere = await survives(fault, socket, wait)
    const answered = !isThere ? null : fault?.kind === 'status' ? faultAnswer(fault.status) : await answerOf(received)
    onRecord({ service: service.name, received, answered })
    return answered
  }

  async function answerOf(received: RequestMessage): Promise<ResponseMessage> {
    // What CGI tells as a method may be anything, and nothing; handlers look at the message.
    const request = takeRequest(TOKEN.test(received.method) ? received.method : 'GET')
    if (request === null) return { status: 405, headers: [], body: '' }
    stubRequests.set(request, { service, message: received })
    const response = (await getResponse(stubHandlers, request)) ?? new Response(null, { status: 501 })
    giveBack(request)
    return {
      status: response.status,
      headers: responseHeaders.get(response) ?? [...response.headers],
      body: bytesFrom(Buffer.from(await response.arrayBuffer())),
      ...(responseTrailers.has(response) ? { trailers: responseTrailers.get(response) ?? [] } : {}),
    }
  }

  return { server, faults }
}

/** Whether there is still somebody to answer, once a fault has had its way: a reset and a client that gave up leave nobody. */
async function survives(fault: FaultKind | null, socket: Duplex, wait: StubServerOptions['wait']): Promise<boolean> {
  if (fault?.kind === 'reset') socket.destroy()
  if (fault?.kind !== 'drop' && fault?.kind !== 'delay') return !socket.destroyed
  const gone = new AbortController()
  for (const event of ['end', 'close']) socket.once(event, () => gone.abort())
  await wait(fault.kind === 'drop' ? Number.POSITIVE_INFINITY : fault.delayMs, gone.signal)
  return !gone.signal.aborted
}

/**
 * Opens the WebSocket and sends every message back; 400 where the handshake is none (RFC 6455 section 4.2.1). The library
 * is loaded when the first one opens.
 */
async function echo(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  record: (answered: ResponseMessage) => void,
): Promise<void> {
  const { WebSocketServer } = await import('ws')
  const handshake = new WebSocketServer({ noServer: true })
  handshake.on('headers', () => record({ status: 101, headers: [], body: '' }))
  handshake.on('wsClientError', ({ message }) => {
    const refusal = jsonAnswer(400, message)
    record(refusal)
    refuseUpgrade(socket, refusal)
  })
  handshake.handleUpgrade(request, socket, head, (webSocket) => {
    webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }))
    webSocket.on('error', () => webSocket.terminate())
  })
}

/** An upgrade over HTTP/1.0 is none (RFC 9110 section 7.8): it is answered as a plain request. */
function isWebSocket(request: IncomingMessage): boolean {
  return request.httpVersion === '1.1' && request.headers.upgrade?.toLowerCase() === 'websocket'
}

/** The request as far as it came. Where its body is shorter than announced, it ends when the client leaves. */
async function readMessage(
  request: IncomingMessage,
  wait: StubServerOptions['wait'],
): Promise<{ received: RequestMessage; isWhole: boolean }> {
  const chunks: Buffer[] = []
  const ended = new AbortController()
  if (announcesBody(request)) void wait(Number.POSITIVE_INFINITY, ended.signal)
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('error', () => undefined)
  await new Promise<void>((resolve) => request.once('end', resolve).once('close', resolve))
  ended.abort()
  return { received: messageOf(request, bytesFrom(Buffer.concat(chunks))), isWhole: request.complete }
}

function messageOf(request: IncomingMessage, body: Bytes): RequestMessage {
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    httpVersion: request.httpVersion === '1.0' ? '1.0' : '1.1',
    headers: headersFromRaw(request.rawHeaders),
    body,
  }
}

/**
 * Requests that are answered, by method: they are as good as new, and making one costs more than an answer. The message on
 * the wire, with its body, is what handlers look at.
 */
const idleRequests = new Map<string, Request[]>()

/** A Request for MSW to match; null for the methods that the Fetch standard forbids (CONNECT, TRACE, TRACK). */
function takeRequest(method: string): Request | null {
  if (/^(connect|trace|track)$/i.test(method)) return null
  return idleRequests.get(method)?.pop() ?? new Request('http://stub/', { method })
}

function giveBack(request: Request): void {
  const idle = idleRequests.get(request.method) ?? []
  idleRequests.set(request.method, idle)
  if (idle.length < MAX_IDLE_REQUESTS) idle.push(request)
}

/** node:http has let go of the connection of a request for an upgrade: what is answered instead is written here. */
function refuseUpgrade(socket: Duplex, { status, headers, body }: ResponseMessage): void {
  const framing: Header[] = [
    ['Content-Length', String(body.length)],
    ['Connection', 'close'],
  ]
  const lines = [...headers, ...framing].map((line) => `${line.join(': ')}\r\n`).join('')
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines}\r\n`)
  socket.end(bufferOf(body))
}

function faultAnswer(status: number): ResponseMessage {
  return jsonAnswer(status, `fault: ${status}`)
}

function jsonAnswer(status: number, detail: string): ResponseMessage {
  return { status, headers: [['content-type', 'application/json']], body: bytesFromText(JSON.stringify({ detail })) }
}

function write(response: ServerResponse, { status, headers, body }: ResponseMessage): void {
  response.writeHead(status, headers.flat())
  response.end(bufferOf(body))
}
