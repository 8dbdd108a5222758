import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { Duplex } from 'node:stream'
import type { CgiOutcome } from '../chain/cgi/cgi-outcome.ts'
import { sendByHttp2 } from '../chain/http2-client.ts'
import {
  type Bytes,
  bufferOf,
  bytesFrom,
  headersFromRaw,
  type RequestMessage,
  type ResponseMessage,
} from '../chain/message.ts'
import { type OtherExchange, otherExchange } from '../chain/other-exchange.ts'

/**
 * What came of a request on an open connection: an answer, with the size of its status line and header on the wire, a connection closed before one, or bytes that are not HTTP, with
 * whether they begin with a status line nevertheless.
 */
export type ExchangeOutcome =
  | {
      readonly kind: 'answered'
      readonly response: ResponseMessage
      readonly headBytes: number
      /** Whether the answer broke off, where that can be told. */
      readonly isCut?: boolean
    }
  | { readonly kind: 'reset' }
  | { readonly kind: 'invalid'; readonly hasStatusLine: boolean }

/** An answer that turned the connection into a tunnel: what follows on `socket` is no longer HTTP. */
export interface Tunnel {
  readonly response: ResponseMessage
  readonly socket: Duplex
}

/** The bytes of a request, exactly as its message says: nothing added, nothing put in order (RFC 9112 section 2.1). */
export function requestBytes(message: RequestMessage): Buffer {
  const lines = message.headers.map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${message.method} ${message.target} HTTP/${message.httpVersion}\r\n${lines.join('')}\r\n`
  return bufferOf(head + message.body)
}

/**
 * Sends a request byte for byte over an open connection and reads the one answer to it, then closes the connection.
 * @param socket a fresh connection; destroying it ends the exchange as `reset`
 * @param onTunnel takes the connection over when the answer is 101; without it the connection is closed after that too
 */
export function exchangeOver(
  socket: Duplex,
  message: RequestMessage,
  onTunnel?: (tunnel: Tunnel) => void,
): Promise<ExchangeOutcome> {
  // It tells nobody any more that it has ended.
  if (socket.destroyed) return Promise.resolve({ kind: 'reset' })
  const other = otherExchange(message)
  if (other !== null) return exchangeByOther(socket, other)
  if (message.httpVersion === '2.0') return exchangeByHttp2(socket, message)
  return new Promise((resolve) => {
    const wire = new RequestOnTheWire(socket, requestBytes(message))
    const parser = parserFor(message.method, wire)
    const end = (outcome: ExchangeOutcome): void => {
      resolve(outcome)
      socket.destroy()
    }
    parser.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        end({
          kind: 'answered',
          response: messageOf(response, bytesFrom(Buffer.concat(chunks))),
          headBytes: wire.headBytes,
        }),
      )
      response.on('error', () => end({ kind: 'reset' }))
    })
    parser.on('upgrade', (upgraded, _socket, head) => {
      const response = messageOf(upgraded, '')
      if (head.length > 0) wire.unshift(head)
      wire.open()
      resolve({ kind: 'answered', response, headBytes: wire.headBytes })
      if (onTunnel === undefined) socket.destroy()
      else onTunnel({ response, socket: wire })
    })
    parser.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code?.startsWith('HPE_') ? { kind: 'invalid', hasStatusLine: wire.hasStatusLine } : { kind: 'reset' }),
    )
  })
}

async function exchangeByHttp2(socket: Duplex, message: RequestMessage): Promise<ExchangeOutcome> {
  const outcome = await sendByHttp2(socket, message)
  return outcome.kind === 'invalid' ? { kind: 'invalid', hasStatusLine: true } : outcome
}

/** A request by FastCGI, SCGI, uwsgi, or to memcached. */
function exchangeByOther(socket: Duplex, { bytes, reader }: OtherExchange): Promise<ExchangeOutcome> {
  return new Promise((resolve) => {
    const end = (outcome: CgiOutcome): void => {
      resolve(outcome.kind === 'invalid' ? { kind: 'invalid', hasStatusLine: true } : outcome)
      socket.destroy()
    }
    socket.on('data', (chunk: Buffer) => {
      const outcome = reader.push(chunk)
      if (outcome !== null) end(outcome)
    })
    for (const event of ['end', 'close', 'error']) socket.once(event, () => end(reader.end()))
    socket.write(bytes)
  })
}

/** Node's own response parser, which knows from the method whether an answer has a body. */
function parserFor(method: string, wire: Duplex): ClientRequest {
  const parser = httpRequest({
    method: method === 'CONNECT' ? 'GET' : method,
    createConnection: () => wire,
    maxHeaderSize: LONGEST_HEAD,
  })
  parser.end()
  return parser
}

function messageOf(response: IncomingMessage, body: Bytes): ResponseMessage {
  const trailers = headersFromRaw(response.rawTrailers)
  return {
    status: response.statusCode ?? 0,
    headers: headersFromRaw(response.rawHeaders),
    body,
    ...(trailers.length === 0 ? {} : { trailers }),
  }
}

/** Bytes of a header that are read at most: more than any `proxy_buffer_size` that somebody would set. */
const LONGEST_HEAD = 1024 * 1024

const END_OF_HEAD = '\r\n\r\n'

/**
 * A connection on which our bytes stand in place of those that node:http would write: it tidies targets and headers,
 * knows no HTTP/1.0, and a test of a proxy needs them as they are.
 */
class RequestOnTheWire extends Duplex {
  readonly #socket: Duplex
  #opened = false
  #head = ''

  constructor(socket: Duplex, bytes: Buffer) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      if (!this.#head.includes(END_OF_HEAD)) this.#head += bytesFrom(chunk)
      if (!this.push(chunk)) socket.pause()
    })
    socket.on('end', () => this.push(null))
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    socket.write(bytes)
  }

  /** Whether what came begins with an HTTP version and a status (RFC 9112 section 4). */
  get hasStatusLine(): boolean {
    return /^HTTP\/\d+\.\d+ +\d{3}/.test(this.#head)
  }

  /** Bytes of the status line and the header, with the empty line that ends them. */
  get headBytes(): number {
    const end = this.#head.indexOf(END_OF_HEAD)
    return end === -1 ? this.#head.length : end + END_OF_HEAD.length
  }

  /** Opens the way for bytes written here: after an upgrade they are the tunnel's. */
  open(): void {
    this.#opened = true
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#opened) this.#socket.write(chunk, encoding, done)
    else done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}
