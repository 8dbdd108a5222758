import { EventEmitter } from 'node:events'
import { STATUS_CODES } from 'node:http'
import { Server } from 'node:net'
import type { Duplex } from 'node:stream'
import { cgiMessage } from '../chain/cgi/cgi-message.ts'
import { cgiResponseBytes } from '../chain/cgi/cgi-response.ts'
import { FastCgiRequests, fastCgiResponse } from '../chain/cgi/fastcgi.ts'
import type { CgiReader, ReadRequest } from '../chain/cgi/reader.ts'
import { ScgiRequests } from '../chain/cgi/scgi.ts'
import { UwsgiRequests } from '../chain/cgi/uwsgi.ts'
import { MemcachedRequests, memcachedMessage, memcachedResponse } from '../chain/memcached.ts'
import {
  type Bytes,
  bufferOf,
  type CgiProtocol,
  type Header,
  type RequestMessage,
  type ResponseMessage,
} from '../chain/message.ts'
import { OUTSIDE } from '../chain/outside.ts'

/** A request with its body takes at most this: nobody sends more to a stub, and it stays in memory. */
const LONGEST_REQUEST_BYTES = 64 * 1024 * 1024

/** Protocols that it serves. */
type ServedProtocol = CgiProtocol | 'memcached'

const READERS: Readonly<Record<ServedProtocol, new () => CgiReader>> = {
  fastcgi: FastCgiRequests,
  scgi: ScgiRequests,
  uwsgi: UwsgiRequests,
  memcached: MemcachedRequests,
}

/** A request that is being answered: it closes when its answer is out, or when nobody waits for it any more. */
export class CgiExchange extends EventEmitter<{ close: [] }> {
  readonly socket: Duplex

  constructor(socket: Duplex) {
    super()
    this.socket = socket
  }

  destroy(): void {
    this.socket.destroy()
  }
}

/** Answers a request; null where nobody is left to answer. */
type Answer = (request: RequestMessage, socket: Duplex) => Promise<ResponseMessage | null>

/**
 * A server of FastCGI, SCGI, uwsgi or memcached, not listening yet. It emits `request` with the message and its {@link CgiExchange}; who sends
 * what is no request of that protocol finds the connection closed, as php-fpm and uWSGI do.
 */
export class CgiServer extends Server {
  readonly #protocol: ServedProtocol
  readonly #answer: Answer
  /** Connections, and whether a request is on them. */
  readonly #connections = new Map<Duplex, { isBusy: boolean }>()

  constructor(protocol: ServedProtocol, answer: Answer) {
    super()
    this.#protocol = protocol
    this.#answer = answer
    this.on('connection', (socket: Duplex) => this.#serve(socket))
  }

  closeAllConnections(): void {
    for (const socket of this.#connections.keys()) socket.destroy()
  }

  closeIdleConnections(): void {
    for (const [socket, { isBusy }] of this.#connections) if (!isBusy) socket.destroy()
  }

  #serve(socket: Duplex): void {
    const reader = new READERS[this.#protocol]()
    this.#connections.set(socket, { isBusy: false })
    socket.on('close', () => this.#connections.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk: Buffer) => {
      for (const request of this.#requestsIn(reader, chunk, socket)) void this.#take(request, socket)
    })
    socket.on('end', () => socket.end())
  }

  #requestsIn(reader: CgiReader, chunk: Buffer, socket: Duplex): ReadRequest[] {
    try {
      const requests = reader.push(chunk)
      if (reader.bytes > LONGEST_REQUEST_BYTES) socket.destroy()
      return requests
    } catch {
      socket.destroy()
      return []
    }
  }

  async #take({ id, keepsOpen, params, body }: ReadRequest, socket: Duplex): Promise<void> {
    const connection = this.#connections.get(socket) ?? { isBusy: false }
    const exchange = new CgiExchange(socket)
    // Where nginx's files are kept below another folder, the application is told of them as the chain has them.
    const told = params.map(([name, value]): Header => [name, value.replaceAll(OUTSIDE, '')])
    const message = this.#messageOf(told, body)
    connection.isBusy = true
    this.emit('request', message, exchange)
    const answer = await this.#answer(message, socket)
    connection.isBusy = false
    if (answer !== null && !socket.destroyed) {
      const bytes = this.#bytesOf(answer, message, id)
      if (keepsOpen) socket.write(bytes)
      else socket.end(bytes)
    }
    exchange.emit('close')
  }

  #messageOf(params: readonly Header[], body: Bytes): RequestMessage {
    if (this.#protocol === 'memcached') return memcachedMessage(params[0]?.[1] ?? '')
    return cgiMessage({ protocol: this.#protocol, params }, body)
  }

  #bytesOf(answer: ResponseMessage, { target }: RequestMessage, id: number): Buffer {
    if (this.#protocol === 'memcached') return memcachedResponse(answer, target)
    const written = cgiResponseBytes(answer, STATUS_CODES[answer.status] ?? '')
    return this.#protocol === 'fastcgi' ? fastCgiResponse(written, id) : bufferOf(written)
  }
}
