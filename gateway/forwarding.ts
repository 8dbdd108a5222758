import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from './clock.ts'
import type { HeaderEdits } from './config/units.ts'
import { badRequest, CLIENT_LEFT, GatewayError, type Upstream, upstreamError, upstreamFailure } from './errors.ts'
import { editHeaders, endToEndHeaders, type HeaderMap } from './forward-headers.ts'
import type { HeaderChanges } from './header-changes.ts'
import type { Setting } from './place.ts'
import { hasBody } from './request-framing.ts'

/** What all requests of a route have in common. */
export interface ForwardingPlan {
  readonly upstream: Upstream
  readonly connectMs: number
  readonly readMs: number
  /** In bytes. */
  readonly bodyLimit: Setting<number> | null
  readonly responseEdits: HeaderEdits | null
}

export interface ForwardingOptions {
  /** The target to send, byte for byte. */
  readonly sends: string
  /** The headers to send. */
  readonly headers: HeaderMap
  readonly plan: ForwardingPlan
  /** Those of the answer, where what the gateway sets by itself is noted already. */
  readonly changes: HeaderChanges
  readonly clock: Clock
}

/**
 * One request on its way to a backend and back. What goes wrong first counts; it ends the exchange on both sides, and is
 * answered by the reader of `failure` unless a part of the response has left already.
 */
export class Forwarding {
  failure: GatewayError | null = null
  /** Resolves when the response is written, or when there is a failure: http-proxy does not tell of every one. */
  readonly ended: Promise<void>
  /** Rejects `ended`, if it has not resolved: a fault of ours. */
  readonly crash: (error: unknown) => void
  readonly #tellEnded: () => void
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: ForwardingOptions
  #sent: ClientRequest | null = null
  #timer: unknown = null
  /** When the backend, or a client that it waits for, was last heard of, in epoch ms. */
  #heardMs = 0
  #bodyBytes = 0
  readonly #answerNames: string[] = []
  #answer: IncomingMessage | null = null
  /** Asked before http-proxy takes the request over. */
  readonly hasBody: boolean

  constructor(request: IncomingMessage, response: ServerResponse, options: ForwardingOptions) {
    this.#request = request
    this.#response = response
    this.#options = options
    this.hasBody = hasBody(request)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ended = promise
    this.#tellEnded = resolve
    this.crash = reject
    response.on('finish', this.#tellEnded)
    response.on('close', this.#onClose)
  }

  /** The request to the backend has a socket, and its head is not written yet. */
  onSent(sent: ClientRequest): void {
    this.#sent = sent
    sent.on('close', this.#onSentClosed)
    sent.path = this.#options.sends
    this.#sendHeaders(sent)
    if (this.failure !== null) sent.destroy()
    else if (sent.socket?.connecting) {
      const { clock, plan } = this.#options
      this.#timer = clock.setTimeout(() => this.#failUpstream('connect-timeout'), plan.connectMs)
      sent.socket.once('connect', this.#onConnected)
    } else this.#onConnected()
    if (!this.hasBody) this.#sendNoBody(sent)
  }

  /** Reads the end of a request that has no body, and ends the one to the backend. */
  #sendNoBody(sent: ClientRequest): void {
    this.#request.read()
    sent.end()
  }

  /** What the parser takes from a client and HTTP does not allow in a header is the client's fault. */
  #sendHeaders(sent: ClientRequest): void {
    try {
      for (const [name, value] of this.#options.headers) sent.setHeader(name, value)
    } catch {
      this.fail(badRequest(400, 'the request has a header that is not valid'))
    }
  }

  /** Counts a body of unknown length, and takes its chunks for signs of life. To be called when it is piped on already. */
  watchBody(): void {
    if (this.hasBody) this.#request.on('data', this.#onBody)
  }

  /** The backend answers: the head goes to the client, and the body after it. */
  onAnswer(answer: IncomingMessage): void {
    const response = this.#response
    this.#answer = answer
    this.#onHeard()
    answer.once('error', this.onError)
    if (this.failure !== null || response.headersSent) return
    if (!canGoOn(answer)) {
      this.#failUpstream('invalid')
      return
    }
    try {
      this.#setHeaders(answer)
      // Written now, not with the body: what it refuses is caught here, and nobody sets another status afterwards. The
      // reason phrase is not passed on: clients ignore it (RFC 9112 section 4), and it may hold any byte.
      response.writeHead(answer.statusCode ?? 0)
    } catch {
      // A status below 100, or bytes in a header that the parser takes and HTTP does not allow.
      this.#dropHeaders()
      this.#failUpstream('invalid')
      return
    }
    answer.on('data', this.#onChunk)
    answer.on('end', this.#onAnswered)
  }

  /** A part of the answer's body goes on; where the client is slow, the backend has to wait. */
  readonly #onChunk = (chunk: Buffer): void => {
    this.#onHeard()
    const response = this.#response
    if (response.destroyed || response.write(chunk)) return
    this.#answer?.pause()
    response.once('drain', () => this.#answer?.resume())
  }

  readonly #onAnswered = (): void => {
    this.#response.end()
  }

  /** Takes back what a bad answer's head has set; what the gateway says itself stays. */
  #dropHeaders(): void {
    for (const name of this.#answerNames) this.#response.removeHeader(name)
  }

  #setHeaders(answer: IncomingMessage): void {
    const { changes, plan } = this.#options
    // What the gateway says itself (its CORS, the request id) stands; both may vary.
    const own = changes.snapshot()
    const headers = endToEndHeaders(answer.rawHeaders, answer.headers.connection, changes)
    if (plan.responseEdits !== null) editHeaders(headers, plan.responseEdits, 'responseHeaders', changes)
    for (const [name, value] of headers) {
      const change = own.get(name)
      if (change !== undefined) changes.note(name, 'changed', change.by, change.place)
      if (name === 'vary') this.#response.appendHeader(name, value)
      else if (change === undefined) {
        this.#response.setHeader(name, value)
        this.#answerNames.push(name)
      }
    }
  }

  readonly onError = (error: Error): void => {
    // A backend may answer, and close, before it has read all of a body, or send bytes after an answer that has no body:
    // the answer is complete all the same. Node.js has closed the connection.
    if (!this.#answer?.complete) this.fail(upstreamError(error, this.#options.plan.upstream))
  }

  /** Ends the exchange, unless it has failed before. */
  fail(failure: GatewayError): void {
    if (this.failure !== null) return
    this.failure = failure
    this.#tellEnded()
    this.#sent?.destroy()
    // A part of the answer is out: the client must see that it is cut, not that it is complete.
    if (this.#response.headersSent) this.#response.destroy()
  }

  /** Leaves nothing behind: timers, listeners, an unread body that would block the connection. */
  settle(): void {
    this.#options.clock.clearTimeout(this.#timer)
    this.#response.off('close', this.#onClose)
    if (this.hasBody) this.#request.off('data', this.#onBody)
    if (this.failure !== null) this.#request.unpipe().resume()
  }

  readonly #onClose = (): void => {
    if (this.#response.writableFinished) return
    const why = 'the client left before its answer was complete'
    this.fail(new GatewayError(CLIENT_LEFT, why, { kind: 'client-left', place: null }))
  }

  /** Node.js closes it without a word where a backend switches protocols unasked. */
  readonly #onSentClosed = (): void => {
    if (this.#answer === null) this.fail(upstreamFailure('reset', this.#options.plan.upstream))
  }

  readonly #onConnected = (): void => {
    this.#onHeard()
    this.#options.clock.clearTimeout(this.#timer)
    this.#timer = this.#options.clock.setTimeout(this.#checkSilence, this.#options.plan.readMs)
  }

  readonly #onHeard = (): void => {
    this.#heardMs = this.#options.clock.now()
  }

  /** One timer for the whole exchange: it looks how long the backend has been silent, and comes back later if need be. */
  readonly #checkSilence = (): void => {
    const { clock, plan } = this.#options
    if (this.#waitsForClient()) this.#onHeard()
    const leftMs = this.#heardMs + plan.readMs - clock.now()
    if (leftMs <= 0) this.#failUpstream('read-timeout')
    else this.#timer = clock.setTimeout(this.#checkSilence, leftMs)
  }

  /** A client that sends or reads slowly is no fault of the backend's. */
  #waitsForClient(): boolean {
    const isSlowToSend = !this.#request.complete && !this.#sent?.writableNeedDrain
    return isSlowToSend || this.#response.writableNeedDrain
  }

  readonly #onBody = (chunk: Buffer): void => {
    const { bodyLimit } = this.#options.plan
    this.#onHeard()
    this.#bodyBytes += chunk.length
    if (bodyLimit === null || this.#bodyBytes <= bodyLimit.value) return
    const why = `a body of unknown length is over the limit of ${bodyLimit.value} bytes`
    this.fail(new GatewayError(413, why, { kind: 'body-limit', place: bodyLimit.place }))
  }

  #failUpstream(outcome: 'connect-timeout' | 'read-timeout' | 'invalid'): void {
    this.fail(upstreamFailure(outcome, this.#options.plan.upstream))
  }
}

/** The codings that are none once the parser has read the body; `identity` is RFC 2616's word for none. */
const READ_CODINGS: ReadonlySet<string> = new Set(['chunked', 'identity'])

/** Whether an answer is one of HTTP/1, and its body is whole without its transfer coding, which stops here (RFC 9112 section 6.1). */
function canGoOn({ httpVersionMajor, headers }: IncomingMessage): boolean {
  const coding = headers['transfer-encoding']
  return httpVersionMajor >= 1 && (coding === undefined || READ_CODINGS.has(coding.toLowerCase()))
}
