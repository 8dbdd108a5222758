import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { getResponse } from 'msw'
import { WebSocketServer } from 'ws'
import { headersFromRaw, type RequestMessage, type ResponseMessage } from '../chain/message.ts'
import type { Service } from '../chain/service.ts'
import { FaultPlan } from './fault-plan.ts'
import { stubHandlers, type WireMessages } from './stub-handlers.ts'

/** What a backend received, byte for byte, and what it answered; null where it did not answer. */
export interface BackendRecord {
  readonly service: string
  readonly received: RequestMessage
  readonly answered: ResponseMessage | null
}

export interface StubServerOptions {
  readonly service: Pick<Service, 'name' | 'stub'>
  /** Called once a request is answered, or given up. */
  readonly onRecord: (record: BackendRecord) => void
  /** Waits `delayMs` (Infinity: for good) or until the signal says that the client has gone. */
  readonly wait: (delayMs: number, signal: AbortSignal) => Promise<void>
}

/** A stub backend: a node:http server, not listening yet, whose answers come from MSW handlers. */
export interface StubServer {
  readonly server: Server
  readonly faults: FaultPlan
}

/** Builds the stub of a Service. It answers as `Stub` says, misbehaves as its faults say, and records every request. */
export function createStubServer({ service, onRecord, wait }: StubServerOptions): StubServer {
  const wire: WireMessages = new WeakMap()
  const handlers = stubHandlers(service, wire)
  const faults = new FaultPlan()

  const server = createServer({ shouldUpgradeCallback: (request) => service.stub.websocket && isWebSocket(request) })
  server.on('request', async (request: IncomingMessage, response: ServerResponse) => {
    const received = await readMessage(request)
    if (received === null) return
    const record = (answered: ResponseMessage | null): void => onRecord({ service: service.name, received, answered })
    const fault = faults.next()
    // A closed connection and a client that gave up leave no answer to record.
    if (fault?.kind === 'reset') {
      record(null)
      request.socket.destroy()
      return
    }
    if (fault?.kind === 'drop' || fault?.kind === 'delay') {
      const gone = goneSignal(response)
      await wait(fault.kind === 'drop' ? Number.POSITIVE_INFINITY : fault.delayMs, gone)
      if (gone.aborted) return record(null)
    }
    const answer = fault?.kind === 'status' ? faultAnswer(fault.status) : await answerOf(received)
    record(answer)
    write(response, answer)
  })

  async function answerOf(received: RequestMessage): Promise<ResponseMessage> {
    const request = requestFor(received)
    if (request === null) return { status: 405, headers: [], body: Buffer.alloc(0) }
    wire.set(request, received)
    const response = (await getResponse(handlers, request)) ?? new Response(null, { status: 501 })
    return {
      status: response.status,
      headers: [...response.headers],
      body: Buffer.from(await response.arrayBuffer()),
    }
  }

  if (service.stub.websocket) acceptUpgrades(server, service.name, onRecord)
  return { server, faults }
}

/** Echoes every message. */
function acceptUpgrades(server: Server, service: string, onRecord: StubServerOptions['onRecord']): void {
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const received = messageOf(request, Buffer.alloc(0))
      onRecord({ service, received, answered: { status: 101, headers: [], body: Buffer.alloc(0) } })
      webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }))
      webSocket.on('error', () => webSocket.terminate())
    })
  })
}

/** An upgrade over HTTP/1.0 is none (RFC 9110 section 7.8): it is answered as a plain request. */
function isWebSocket(request: IncomingMessage): boolean {
  return request.httpVersion === '1.1' && request.headers.upgrade?.toLowerCase() === 'websocket'
}

/** The whole request; null where the client left in the middle of it. */
async function readMessage(request: IncomingMessage): Promise<RequestMessage | null> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk)
  } catch {
    return null
  }
  return messageOf(request, Buffer.concat(chunks))
}

function messageOf(request: IncomingMessage, body: Buffer): RequestMessage {
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    httpVersion: request.httpVersion === '1.0' ? '1.0' : '1.1',
    headers: headersFromRaw(request.rawHeaders),
    body,
  }
}

/** The Request that MSW matches; null for the methods that the Fetch standard forbids (CONNECT, TRACE, TRACK). */
function requestFor({ method, body }: RequestMessage): Request | null {
  if (/^(connect|trace|track)$/i.test(method)) return null
  const mayHaveBody = body.length > 0 && method !== 'GET' && method !== 'HEAD'
  return new Request('http://stub/', { method, ...(mayHaveBody ? { body: new Uint8Array(body) } : {}) })
}

function goneSignal(response: ServerResponse): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => controller.abort())
  return controller.signal
}

function faultAnswer(status: number): ResponseMessage {
  return {
    status,
    headers: [['content-type', 'application/json']],
    body: Buffer.from(JSON.stringify({ detail: `fault: ${status}` })),
  }
}

function write(response: ServerResponse, { status, headers, body }: ResponseMessage): void {
  response.writeHead(status, headers.flat())
  response.end(body)
}
