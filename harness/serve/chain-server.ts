import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { ClientRequest, Listener } from '../chain/client-request.ts'
import { bytesFromText, type Header } from '../chain/message.ts'
import { systemFact } from '../diagnostics/read-source.ts'
import { responseBytes } from '../environments/response-bytes.ts'
import { type Answer, sendAnswer } from './answer.ts'
import { type Refusal, readRequest } from './read-request.ts'

/** The one address that it listens on: nobody else's programs reach it. */
const LOOPBACK = '127.0.0.1'

/** Requests that wait for their turn, the one under way among them. Each may keep a whole body. */
const MAX_WAITING = 32

/** More than nginx takes by default (`large_client_header_buffers 4 8k`): the chain says what is too long for it. */
const MAX_HEAD_BYTES = 64 * 1024

export interface ServeOptions {
  /** 0 for one that is free. */
  readonly port: number
  /** Where every request enters at nginx. */
  readonly listener: Listener
  /** Sends a request through the chain. It is called for one request at a time. */
  readonly ask: (request: ClientRequest) => Promise<Answer>
  /** Takes what never came to the chain, and why. `line` is `GET /target`. */
  readonly onRefused: (line: string, refusal: Refusal) => void
}

/** The port cannot be had. The message is a sentence for people that says what to do. */
export class PortError extends Error {
  constructor(...args: ConstructorParameters<typeof Error>) {
    super(...args)
    this.name = 'PortError'
  }
}

/** A port of this machine that is the port of nginx in a chain. Disposing it ends every connection. */
export class ChainServer implements AsyncDisposable {
  readonly #server: Server
  readonly #options: ServeOptions
  /** Ends when every request until now has its answer. */
  #turn: Promise<void> = Promise.resolve()
  #waiting = 0
  /** Rejects with what `ask` throws; the server goes on until it is disposed. */
  readonly #broken = Promise.withResolvers<never>()

  private constructor(options: ServeOptions) {
    this.#options = options
    this.#broken.promise.catch(() => undefined)
    // What nginx makes of a request without Host, or with another Expect, is for the chain to say.
    this.#server = createServer({ maxHeaderSize: MAX_HEAD_BYTES, requireHostHeader: false })
    const take = (message: IncomingMessage, response: ServerResponse): void => {
      this.#take(message, response).catch(this.#broken.reject)
    }
    this.#server.on('request', take).on('checkExpectation', take)
    // Both come without a response: their connection ends here.
    this.#server.on('connect', ({ url }, socket) =>
      this.#refuseOn(socket, `CONNECT ${url}`, told(501, 'chain serve carries no CONNECT. Ask without --proxy.')),
    )
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      // A connection that was closed, or on which nothing came, is no request.
      if (!socket.writable || error.code === 'ECONNRESET' || error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.destroy()
      else this.#refuseOn(socket, 'a request', told(400, unread(error)))
    })
  }

  /** @throws {PortError} */
  static async listen(options: ServeOptions): Promise<ChainServer> {
    const made = new ChainServer(options)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    made.#server.once('error', reject).listen(options.port, LOOPBACK, resolve)
    try {
      await promise
    } catch (error) {
      throw new PortError(
        `Failed to listen on port ${options.port}: ${portFact(error)}. Name another by --port; 0 takes one that is free.`,
        { cause: error },
      )
    }
    return made
  }

  get url(): string {
    const address = this.#server.address()
    return `http://${LOOPBACK}:${isAddress(address) ? address.port : this.#options.port}`
  }

  /** Waits for what ends it from within. @throws what `ask` has thrown */
  get broken(): Promise<never> {
    return this.#broken.promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    this.#server.closeAllConnections()
    await promise
  }

  async #take(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (refusal: Refusal): void => {
      // What it still sends is not read.
      response.setHeader('Connection', 'close')
      sendAnswer(response, refusal)
      this.#options.onRefused(`${message.method} ${message.url}`, refusal)
    }
    if (this.#waiting === MAX_WAITING) {
      const sentence = `chain serve asks one request at a time, and ${MAX_WAITING} are waiting. Ask again later.`
      return refuse(told(503, sentence))
    }
    this.#waiting += 1
    try {
      const read = await readRequest(message, this.#options.listener)
      if (read === null) return
      if ('refusal' in read) refuse(read.refusal)
      else await this.#inTurn(() => this.#answer(read.request, response))
    } finally {
      this.#waiting -= 1
    }
  }

  #refuseOn(socket: Duplex, line: string, refusal: Refusal): void {
    const { status, sentence } = refusal
    socket.on('error', () => undefined)
    socket.end(responseBytes({ status, headers: CLOSING_TEXT, body: bytesFromText(`${sentence}\n`) }))
    this.#options.onRefused(line, refusal)
  }

  /** An environment takes one request at a time. */
  #inTurn(act: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(act)
    this.#turn = done.catch(() => undefined)
    return done
  }

  async #answer(request: ClientRequest, response: ServerResponse): Promise<void> {
    // Nobody waits for it any longer.
    if (response.destroyed) return
    sendAnswer(response, await this.#options.ask(request))
  }
}

const CLOSING_TEXT: readonly Header[] = [
  ['Connection', 'close'],
  ['Content-Type', 'text/plain; charset=utf-8'],
]

function told(status: number, sentence: string): Refusal {
  return { kind: 'told', status, sentence }
}

/** What Node.js does not read. Its parser is stricter than nginx's in places, and says why. */
function unread(error: NodeJS.ErrnoException & { readonly reason?: unknown }): string {
  const why = typeof error.reason === 'string' ? error.reason : error.message
  return `chain serve reads requests by Node.js, which does not read this one: ${why.replace(/\.$/, '')}.`
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return address !== null && typeof address !== 'string'
}

function portFact(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') return 'another program listens there'
  if (code === 'EACCES') return 'only root may listen there'
  return systemFact(error)
}
