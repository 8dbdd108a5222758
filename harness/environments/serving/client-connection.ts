import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProxiedEnds } from '../../chain/client-request.ts'
import { type Bytes, bufferOf, headerValue, type RequestMessage } from '../../chain/message.ts'
import type { Connection, LogLine, NginxAnswer, NginxStep, NginxWait, Site } from '../../nginx/site.ts'
import { answerBytes } from './answer-bytes.ts'
import { ClientBytes } from './client-bytes.ts'
import { bodyLength, type RequestHead, readRequestHead } from './read-head.ts'
import { readProxyHeader } from './read-proxy-header.ts'
import { sendUpstream } from './send-upstream.ts'
import type { Sent } from './sent.ts'

/** nginx's own defaults: `client_header_timeout`, which counts for a first request too, and `lingering_timeout`. */
const FIRST_MS = 60_000
const HEAD_MS = 60_000
const LINGER_MS = 5_000

/** Answers to a head that is wrong, or announces too much. */
const REFUSED_BY_HEAD: ReadonlySet<number> = new Set([0, 400, 413, 414])

/** An address and port, and what it is that they belong to. */
interface Ends {
  readonly client: { readonly address: string; readonly port: number }
  readonly server: { readonly address: string; readonly port: number }
}

/** What a connection needs from those around it. */
export interface ConnectionWorld {
  /** The site that its requests come to. */
  readonly site: Site
  /** What `$request_id` gives. */
  requestId(): string
  /** What nginx would write to its access logs. */
  logged(lines: readonly LogLine[]): void
  /** A request could not be answered, since the model does not know something, or has a fault. The connection is closed. */
  failed(error: unknown): void
}

/** A client's connection: one request after the other, until one of the two sides ends it. */
export class ClientConnection {
  readonly #socket: Socket
  readonly #ends: Ends
  readonly #world: ConnectionWorld
  readonly #sent: ClientBytes
  readonly #gone = new AbortController()
  readonly #serial: number
  readonly #openedMs = Date.now()
  #proxied: ProxiedEnds | null = null
  #requests = 0
  #isPipelined = false
  #idleMs = FIRST_MS
  #requestMs = 0
  #isIdle = true
  #isLast = false

  /** @param serial which connection it is */
  constructor(socket: Socket, ends: Ends, serial: number, world: ConnectionWorld) {
    this.#serial = serial
    this.#socket = socket
    this.#ends = ends
    this.#world = world
    this.#sent = new ClientBytes(socket)
    const leave = (): void => this.#gone.abort()
    socket.once('end', leave)
    socket.once('close', leave)
  }

  /** Takes requests until the connection is closed. */
  async serve(): Promise<void> {
    try {
      if (!(await this.#takeProxyHeader())) return
      while (await this.#serveOne()) this.#isIdle = true
      this.#socket.end()
      await this.#sent.linger(LINGER_MS)
    } catch (error) {
      this.#world.failed(error)
    } finally {
      this.#socket.destroy()
    }
  }

  /** Takes no further request: it is closed now where it waits for one, else after the answer. */
  finish(): void {
    this.#isLast = true
    if (this.#isIdle && this.#sent.bytes === '') this.#socket.destroy()
  }

  /** @returns whether the connection is kept */
  async #serveOne(): Promise<boolean> {
    const read = await this.#readHead()
    if (read === null) return false
    this.#sent.drop(read.length)
    const sends: Sent[] = []
    const sent = { head: 0, body: 0 }
    const beside: Promise<unknown>[] = []
    const answer = await this.#decide(read, sends, this.#connection(read, sent), beside)
    if (answer === null) return false
    if (answer.response === null) {
      this.#world.logged(answer.log())
      return false
    }
    const last = answer.origin === 'upstream' ? sends.at(-1) : undefined
    const isCut = last?.isCut === true
    const { head, body } = answerBytes(answer.response, isCut)
    await this.#write(head + body)
    Object.assign(sent, { head: head.length, body: body.length })
    // The connection is not done with a request before its subrequests are over.
    await Promise.all(beside)
    this.#world.logged(answer.log())
    if (answer.response.status === 101 && last?.tunnel) return this.#join(last.tunnel)
    if (answer.keepAliveMs === null || isCut || this.#isLast) return false
    this.#idleMs = answer.keepAliveMs
    return this.#dropBody(read)
  }

  /** @returns false where it had to come and did not: nginx closes the connection */
  async #takeProxyHeader(): Promise<boolean> {
    const { address, port } = this.#ends.server
    if (!this.#world.site.takesProxyHeader(address, port)) return true
    for (;;) {
      const { bytes } = this.#sent
      const header = readProxyHeader(bytes)
      if (header === 'wrong') return false
      if (header !== null) {
        this.#sent.drop(header.length)
        this.#proxied = header.ends
        return true
      }
      if ((await this.#sent.more(bytes.length, HEAD_MS)) !== 'data') return false
    }
  }

  async #readHead(): Promise<RequestHead | null> {
    this.#requestMs = Date.now()
    this.#isPipelined = this.#requests > 0 && this.#sent.bytes !== ''
    for (;;) {
      const { bytes } = this.#sent
      const read = readRequestHead(bytes)
      if (read !== null) {
        this.#isIdle = false
        return read
      }
      if ((await this.#sent.more(bytes.length, bytes === '' ? this.#idleMs : HEAD_MS)) !== 'data') return null
      if (this.#isIdle) this.#requestMs = Date.now()
      this.#isIdle = false
    }
  }

  /** What nginx does with a request; null where the client has gone. @param beside where subrequests go that nobody waits for */
  async #decide(
    { head }: RequestHead,
    sends: Sent[],
    connection: Connection,
    beside: Promise<unknown>[],
  ): Promise<NginxAnswer | null> {
    const request: RequestMessage = { ...head, body: this.#body(head) }
    const { world, ends } = { world: this.#world, ends: this.#ends }
    const first = world.site.decide({
      request,
      requestId: world.requestId(),
      connection,
      proxied: this.#proxied,
      ...ends,
    })
    await this.#sendContinue(head, first)
    return this.#carryOut(first, head, sends, beside)
  }

  async #carryOut(
    first: NginxStep,
    head: RequestHead['head'],
    sends: Sent[],
    beside: Promise<unknown>[],
  ): Promise<NginxAnswer | null> {
    let step: NginxStep | null = first
    while (step !== null) {
      const { background } = step
      const next: Promise<NginxStep | null> | null =
        step.kind === 'answer' ? null : step.kind === 'wait' ? this.#wait(step, head) : this.#send(step, sends)
      for (const start of background) {
        const running = this.#carryOut(start(), head, [], beside)
        // It is looked at when the answer is out.
        running.catch(() => undefined)
        beside.push(running)
      }
      if (step.kind === 'answer') return step
      step = await next
    }
    return null
  }

  /** @param sent what has gone out of the answer, which changes */
  #connection({ length }: RequestHead, sent: ReturnType<Connection['sentBytes']>): Connection {
    this.#requests++
    return {
      serial: this.#serial,
      requests: this.#requests,
      isPipelined: this.#isPipelined,
      isClosing: () => this.#isLast,
      openedMs: this.#openedMs,
      requestMs: this.#requestMs,
      receivedBytes: () => length + this.#sent.bytes.length,
      sentBytes: () => sent,
    }
  }

  /** To whoever asks for it, before the body is read or thrown away (ngx_http_test_expect); not where the request is refused by its head. */
  async #sendContinue({ headers, httpVersion }: RequestHead['head'], step: NginxStep): Promise<void> {
    if (httpVersion !== '1.1' || headerValue(headers, 'Expect')?.toLowerCase() !== '100-continue') return
    if (step.kind === 'answer' && REFUSED_BY_HEAD.has(step.response?.status ?? 0)) return
    await this.#write('HTTP/1.1 100 Continue\r\n\r\n')
  }

  async #send(step: Extract<NginxStep, { kind: 'send' }>, sends: Sent[]): Promise<NginxStep | null> {
    const sent = await sendUpstream(step, this.#gone.signal)
    sends.push(sent)
    return this.#gone.signal.aborted ? step.abandon(sent.measured) : step.resume(sent.outcome, sent.measured)
  }

  async #wait(step: NginxWait, head: RequestHead['head']): Promise<NginxStep | null> {
    if (step.more !== undefined) return this.#waitForBody(step, step.more, head)
    if (Number.isFinite(step.delayMs)) await sleep(step.delayMs)
    else await this.#sent.more(Number.POSITIVE_INFINITY, step.delayMs)
    return step.resume()
  }

  async #waitForBody(
    step: NginxWait,
    more: NonNullable<NginxWait['more']>,
    head: RequestHead['head'],
  ): Promise<NginxStep | null> {
    const { length } = this.#sent.bytes
    const came = await this.#sent.more(length, step.delayMs)
    if (came === 'end') return null
    return came === 'data' ? more(this.#body(head)) : step.resume()
  }

  #body(head: RequestHead['head']): Bytes {
    const { bytes } = this.#sent
    return bytes.slice(0, bodyLength(head, bytes).length)
  }

  /** Throws a request's body away, whether anybody read it or not. @returns false where the client does not send the rest of it */
  async #dropBody({ head }: RequestHead): Promise<boolean> {
    for (;;) {
      const { bytes } = this.#sent
      const { length, isWhole } = bodyLength(head, bytes)
      if (isWhole) {
        this.#sent.drop(length)
        return true
      }
      if ((await this.#sent.more(bytes.length, LINGER_MS)) !== 'data') return false
    }
  }

  async #write(bytes: Bytes): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket.write(bufferOf(bytes), () => resolve())
    await promise
  }

  /** Connects both ends of an upgraded connection until one of them closes. */
  async #join({ socket: upstream, first }: NonNullable<Sent['tunnel']>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const client = this.#socket
    client.write(bufferOf(first))
    upstream.write(bufferOf(this.#sent.bytes))
    client.on('data', (chunk: string) => upstream.write(bufferOf(chunk)))
    upstream.pipe(client)
    client.once('end', () => upstream.end())
    for (const end of [client, upstream]) end.once('close', () => resolve())
    await promise
    upstream.destroy()
    return false
  }
}
