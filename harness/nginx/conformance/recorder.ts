import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { FastCgiRequests, fastCgiResponse } from '../../chain/cgi/fastcgi.ts'
import type { CgiReader } from '../../chain/cgi/reader.ts'
import { ScgiRequests } from '../../chain/cgi/scgi.ts'
import { UwsgiRequests } from '../../chain/cgi/uwsgi.ts'
import { serveHttp2 } from '../../chain/http2-server.ts'
import type { CgiProtocol } from '../../chain/message.ts'
import { type StubTls, tlsOptions } from '../../chain/stub-tls.ts'
import { type CaseAnswer, type ObservedForward, OK, observedCgi, observedForward } from './case.ts'
import { answerByHttp2, readBody, readHead } from './http-bytes.ts'

/** What HTTP/2 begins with (RFC 9113 section 3.4). */
const HTTP2_PREFACE = 'PRI * HTTP/2.0'

/** The first byte of TLS (RFC 8446 section 5.1), and what servers of plain HTTP answer. */
const TLS_HANDSHAKE = 22
const NOT_HTTP: CaseAnswer = { bytes: 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n' }

/** Upstreams for the real nginx: they note what they receive, byte for byte, and answer by a script. */
export class Recorder implements AsyncDisposable {
  readonly #servers: Server[] = []
  readonly #sockets = new Set<Socket>()
  #received: ObservedForward[] = []
  #script: CaseAnswer[] = []

  /** Opens one more upstream on a free port. */
  async open(tls: StubTls | null = null): Promise<number> {
    const take = (socket: Socket) => this.#serve(socket)
    const server = tls === null ? createServer(take) : createTlsServer(tlsOptions(tls), take)
    this.#servers.push(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('an upstream has no port')
    return address.port
  }

  /** Opens one more upstream at a unix domain socket. */
  async openAt(path: string): Promise<void> {
    const server = createServer((socket) => this.#serve(socket))
    this.#servers.push(server)
    server.listen({ path, writableAll: true })
    await once(server, 'listening')
  }

  /** Begins a request: forgets what was received, and takes the answers to come. */
  begin(script: readonly CaseAnswer[]): void {
    this.#received = []
    this.#script = [...script]
  }

  get received(): readonly ObservedForward[] {
    return this.#received
  }

  /** Waits until so many requests have arrived, a second at most. */
  async hasReceived(count: number): Promise<void> {
    const signal = AbortSignal.timeout(1000)
    while (this.#received.length < count && !signal.aborted) await new Promise((resolve) => setImmediate(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    const port = socket.localPort ?? 0
    let bytes = Buffer.alloc(0)
    let cgi: Cgi | null = null
    socket.on('data', (chunk) => {
      if (bytes.length === 0 && cgi === null && chunk.toString('latin1').startsWith(HTTP2_PREFACE)) {
        socket.removeAllListeners('data')
        return this.#serveHttp2(socket, chunk, port)
      }
      if (bytes.length === 0) cgi ??= cgiOf(chunk[0] ?? 0)
      if (bytes.length === 0 && chunk.toString('latin1').startsWith('get '))
        return this.#takeMemcached(socket, port, chunk)
      if (cgi !== null) return this.#takeCgi(socket, port, cgi, chunk)
      bytes = Buffer.concat([bytes, chunk])
      if (bytes[0] === TLS_HANDSHAKE) return reply(socket, NOT_HTTP)
      const head = readHead(bytes)
      if (head === null) return
      const hasBody = head.headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name))
      const body = readBody(bytes.subarray(head.bodyAt), head.headers, !hasBody, false)
      if (body === null) return
      bytes = Buffer.alloc(0)
      this.#received.push({
        port,
        line: head.line,
        headers: head.headers.map(([name, value]) => `${name}: ${value}`),
        body: body.toString('latin1'),
      })
      reply(socket, this.#script.shift() ?? OK)
    })
  }

  #takeMemcached(socket: Socket, port: number, chunk: Buffer): void {
    this.#received.push({ port, line: chunk.toString('latin1').trimEnd(), headers: [], body: '' })
    reply(socket, this.#script.shift() ?? OK)
  }

  #serveHttp2(socket: Socket, first: Buffer, port: number): void {
    serveHttp2(socket, first, ({ message, answer }) => {
      this.#received.push(observedForward(port, message))
      const next = this.#script.shift() ?? OK
      if (next === 'close') socket.destroy()
      else if (next !== 'silence') answer(answerByHttp2(next, message.method))
    })
  }

  #takeCgi(socket: Socket, port: number, { protocol, reader }: Cgi, chunk: Buffer): void {
    for (const { params, body } of reader.push(chunk)) {
      this.#received.push(observedCgi(port, { protocol, params }, body))
      const answer = this.#script.shift() ?? OK
      const isFramed = protocol === 'fastcgi' && typeof answer === 'object' && !answer.bytes.startsWith('HTTP/')
      if (isFramed) socket.end(fastCgiResponse(answer.bytes, 1))
      else reply(socket, answer)
    }
  }
}

/** A connection in another protocol than HTTP. */
interface Cgi {
  readonly protocol: CgiProtocol
  readonly reader: CgiReader
}

/** The protocol of a first byte: a version, a modifier, or a digit; null for a letter, with which HTTP begins. */
function cgiOf(first: number): Cgi | null {
  if (first === 1) return { protocol: 'fastcgi', reader: new FastCgiRequests() }
  if (first === 0) return { protocol: 'uwsgi', reader: new UwsgiRequests() }
  const isDigit = first >= 48 && first <= 57
  return isDigit ? { protocol: 'scgi', reader: new ScgiRequests() } : null
}

function reply(socket: Socket, answer: CaseAnswer): void {
  if (answer === 'silence') return
  if (answer === 'close') socket.destroy()
  else socket.end(Buffer.from(answer.bytes, 'latin1'))
}
