import { EventEmitter } from 'node:events'
import { Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { createServer as createTlsServer } from 'node:tls'
import { serveHttp2 } from '../chain/http2-server.ts'
import type { RequestMessage, ResponseMessage } from '../chain/message.ts'
import { type StubTls, tlsOptions } from '../chain/stub-tls.ts'

/** What HTTP/2 begins with. */
const PREFACE = 'PRI * HTTP/2.0'

/** A request that is being answered: it closes when its answer is out, or when nobody waits for it any more. */
export class GrpcExchange extends EventEmitter<{ close: [] }> {
  readonly #socket: Duplex

  constructor(socket: Duplex) {
    super()
    this.#socket = socket
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** Answers a request; null where nobody is left to answer. */
type Answer = (request: RequestMessage, socket: Duplex) => Promise<ResponseMessage | null>

/**
 * A server of gRPC, not listening yet: HTTP/2 without an upgrade, by TLS where it has a certificate. It emits `request` with the
 * {@link GrpcExchange} of each; who speaks HTTP/1.1 finds the connection closed.
 */
export class GrpcServer extends Server {
  readonly #answer: Answer
  /** Connections, and how many requests are on them. */
  readonly #connections = new Map<Duplex, { running: number }>()

  constructor(tls: StubTls | null, answer: Answer) {
    super()
    this.#answer = answer
    const secured = tls === null ? null : createTlsServer({ ...tlsOptions(tls), ALPNProtocols: ['h2'] })
    secured?.on('secureConnection', (socket) => this.#begin(socket))
    secured?.on('tlsClientError', (_error, socket) => socket.destroy())
    this.on('connection', (socket: Duplex) => {
      socket.on('error', () => socket.destroy())
      if (secured === null) this.#begin(socket)
      else secured.emit('connection', socket)
    })
  }

  closeAllConnections(): void {
    for (const socket of this.#connections.keys()) socket.destroy()
  }

  closeIdleConnections(): void {
    for (const [socket, { running }] of this.#connections) if (running === 0) socket.destroy()
  }

  #begin(socket: Duplex): void {
    this.#connections.set(socket, { running: 0 })
    socket.on('close', () => this.#connections.delete(socket))
    socket.once('data', (first: Buffer) => {
      if (!PREFACE.startsWith(first.toString('latin1', 0, PREFACE.length))) return socket.destroy()
      serveHttp2(
        socket,
        first,
        ({ message, answer }) => {
          void this.#answer(message, socket).then((response) => {
            if (response !== null) answer(response)
          })
        },
        ({ onceOver }) => this.#follow(socket, onceOver),
      )
    })
  }

  #follow(socket: Duplex, onceOver: (over: () => void) => void): void {
    const exchange = new GrpcExchange(socket)
    const connection = this.#connections.get(socket) ?? { running: 0 }
    connection.running++
    this.emit('request', exchange)
    onceOver(() => {
      connection.running--
      exchange.emit('close')
    })
  }
}
