import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from './clock.ts'
import type { HeaderEdits } from './config/units.ts'
import { CLIENT_LEFT, GatewayError, upstreamError, upstreamFailure } from './errors.ts'
import { editHeaders, endToEndHeaders } from './forward-headers.ts'

export interface ForwardingOptions {
  /** The target to send, byte for byte. */
  readonly sends: string
  /** The backend's `host:port`, for messages. */
  readonly upstream: string
  readonly connectMs: number
  readonly readMs: number
  readonly bodyLimitBytes: number | null
  readonly responseEdits: HeaderEdits | null
  readonly clock: Clock
}

/**
 * One request on its way to a backend and back. What goes wrong first counts; it ends the exchange on both sides, and is
 * answered by whoever reads `failure` unless a part of the response has left already.
 */
export class Forwarding {
  failure: GatewayError | null = null
  /** Resolves when there is a failure: http-proxy does not tell of every one. */
  readonly failed: Promise<void>
  #tellFailed: () => void = () => undefined
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #options: ForwardingOptions
  #sent: ClientRequest | null = null
  #timer: unknown = null
  /** When the backend, or a client that it waits for, was last heard of, in epoch ms. */
  #heardMs = 0
  #bodyBytes = 0
  #isAnswered = false

  constructor(request: IncomingMessage, response: ServerResponse, options: ForwardingOptions) {
    this.#request = request
    this.#response = response
    this.#options = options
    this.failed = new Promise((resolve) => {
      this.#tellFailed = resolve
    })
    response.once('close', this.#onClose)
  }

  /** The request to the backend has a socket, and its head is not written yet. */
  onSent(sent: ClientRequest): void {
    this.#sent = sent
    sent.once('close', this.#onSentClosed)
    // http-proxy joins `//` in paths; what is sent is what was matched and checked.
    sent.path = this.#options.sends
    if (this.failure !== null) sent.destroy()
    else if (sent.socket?.connecting) {
      this.#timer = this.#options.clock.setTimeout(() => this.#failUpstream('connect-timeout'), this.#options.connectMs)
      sent.socket.once('connect', this.#onConnected)
    } else this.#onConnected()
  }

  /** Counts a body of unknown length, and takes its chunks for signs of life. To be called when it is piped on already. */
  watchBody(): void {
    const { 'content-length': length, 'transfer-encoding': coding } = this.#request.headers
    if (coding !== undefined || Number(length ?? 0) > 0) this.#request.on('data', this.#onBody)
  }

  /** The backend answers: the head goes to the client, and the body after it. */
  onAnswer(answer: IncomingMessage): void {
    const response = this.#response
    this.#isAnswered = true
    this.#onHeard()
    answer.once('error', this.onError)
    if (this.failure !== null || response.headersSent) return
    response.statusCode = answer.statusCode ?? 502
    if (answer.statusMessage) response.statusMessage = answer.statusMessage
    const headers = endToEndHeaders(answer.rawHeaders, answer.headers.connection)
    if (this.#options.responseEdits !== null) editHeaders(headers, this.#options.responseEdits)
    for (const [name, value] of Object.entries(headers)) {
      // What the gateway says itself (its CORS, the request id) stands; both may vary.
      if (name === 'vary') response.appendHeader(name, value)
      else if (!response.hasHeader(name)) response.setHeader(name, value)
    }
    answer.on('data', this.#onHeard)
    answer.pipe(response)
  }

  readonly onError = (error: Error): void => {
    // A backend may answer, and close, before it has read all of a body: the answer is complete all the same.
    if (!this.#response.writableEnded) this.fail(upstreamError(error, this.#options.upstream))
  }

  /** Ends the exchange, unless it has failed before. */
  fail(failure: GatewayError): void {
    if (this.failure !== null) return
    this.failure = failure
    this.#tellFailed()
    this.#sent?.destroy()
    // A part of the answer is out: the client must see that it is cut, not that it is complete.
    if (this.#response.headersSent) this.#response.destroy()
  }

  /** Leaves nothing behind: timers, listeners, an unread body that would block the connection. */
  settle(): void {
    this.#options.clock.clearTimeout(this.#timer)
    this.#response.off('close', this.#onClose)
    this.#request.off('data', this.#onBody)
    if (this.failure !== null) this.#request.unpipe().resume()
  }

  readonly #onClose = (): void => {
    if (this.#response.writableFinished) return
    this.fail(new GatewayError(CLIENT_LEFT, 'the client left before its answer was complete'))
  }

  /** Node.js closes it without a word where a backend switches protocols unasked. */
  readonly #onSentClosed = (): void => {
    if (!this.#isAnswered) this.fail(upstreamFailure('reset', this.#options.upstream))
  }

  readonly #onConnected = (): void => {
    this.#onHeard()
    this.#options.clock.clearTimeout(this.#timer)
    this.#timer = this.#options.clock.setTimeout(this.#checkSilence, this.#options.readMs)
  }

  readonly #onHeard = (): void => {
    this.#heardMs = this.#options.clock.now()
  }

  /** One timer for the whole exchange: it looks how long the backend has been silent, and comes back later if need be. */
  readonly #checkSilence = (): void => {
    const { clock, readMs } = this.#options
    if (this.#waitsForClient()) this.#onHeard()
    const leftMs = this.#heardMs + readMs - clock.now()
    if (leftMs <= 0) this.#failUpstream('read-timeout')
    else this.#timer = clock.setTimeout(this.#checkSilence, leftMs)
  }

  /** A client that sends or reads slowly is no fault of the backend's. */
  #waitsForClient(): boolean {
    const isSlowToSend = !this.#request.complete && !this.#sent?.writableNeedDrain
    return isSlowToSend || this.#response.writableNeedDrain
  }

  readonly #onBody = (chunk: Buffer): void => {
    const { bodyLimitBytes } = this.#options
    this.#onHeard()
    this.#bodyBytes += chunk.length
    if (bodyLimitBytes === null || this.#bodyBytes <= bodyLimitBytes) return
    this.fail(new GatewayError(413, `a body of unknown length is over the limit of ${bodyLimitBytes} bytes`))
  }

  #failUpstream(outcome: 'connect-timeout' | 'read-timeout'): void {
    this.fail(upstreamFailure(outcome, this.#options.upstream))
  }
}
