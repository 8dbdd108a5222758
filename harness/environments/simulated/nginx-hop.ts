import { isIPv6 } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ClientRequest, proxiedEnds } from '../../chain/client-request.ts'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { LOOPBACK, type ServiceTls } from '../../chain/service.ts'
import type { Source } from '../../diagnostics/source.ts'
import { handshakeFault } from '../../nginx/core/upstreams/handshake.ts'
import {
  KeptByNginx,
  type NginxAnswer,
  type NginxDecision,
  type NginxSend,
  type NginxStep,
  type PassDecision,
  RefusedRequestError,
  type Site,
  type UpstreamOutcome,
} from '../../nginx/site.ts'
import type { Exchange, Pass, Try } from '../../trace/trace.ts'
import { refuseGaps, UnsupportedError } from '../environment.ts'
import { exchangeOver, type Tunnel } from '../http-exchange.ts'
import { gapOf, loadSite } from '../load-site.ts'
import { nginxNames } from '../nginx-names.ts'
import { pinReasons } from '../pin-reasons.ts'
import type { SiteOnDisk } from '../site-on-disk.ts'
import type { VirtualCluster } from '../virtual-cluster.ts'
import { asRead, isFramed } from './as-read.ts'
import { Background, type SentTry } from './background.ts'
import type { VirtualClock } from './virtual-clock.ts'
import type { VirtualNetwork } from './virtual-network.ts'

/** The node's own address on the pod network (flannel's bridge): what a pod sees of a connection that comes from the node. */
const NODE_ADDRESS = '10.42.0.1'
const CLIENT_PORT = 40_000

/** Where a client comes from, and where to. */
export type Entry = Pick<ClientRequest, 'listener' | 'from'>

/** What nginx did with a request; `tunnel` where it ended in an upgraded connection. */
export interface NginxResult {
  readonly exchange: Exchange
  readonly tunnel: Tunnel | null
  /** When the client had its answer, on the virtual clock. */
  readonly answeredMs: number
}

/** The nginx of a simulated chain: the model decides, and its requests go over the virtual network. */
export class NginxHop {
  readonly #disk: SiteOnDisk
  readonly #cluster: VirtualCluster
  readonly #network: VirtualNetwork
  readonly #clock: VirtualClock
  readonly #kept = new KeptByNginx()
  #site: Site
  /** What nginx runs with, which may not be what is on disk. */
  #source: Source

  constructor(disk: SiteOnDisk, cluster: VirtualCluster, network: VirtualNetwork, clock: VirtualClock) {
    this.#disk = disk
    this.#cluster = cluster
    this.#network = network
    this.#clock = clock
    this.#site = this.#load()
    this.#source = disk.source
  }

  /** Takes the file that is on disk now. Where `loadSite` throws, nginx keeps what it has. */
  reload(): void {
    this.#site = this.#load()
    this.#source = this.#disk.source
  }

  /**
   * Whether nginx takes the client's connection, and its TLS handshake where it speaks TLS. The host has its loopback, and the
   * addresses that nginx listens on.
   */
  takes({ listener, httpVersion }: Pick<ClientRequest, 'listener' | 'httpVersion'>): boolean {
    const { address, port, tls, proxied } = listener
    const isHosts = LOOPBACK.test(address) || this.#site.listens.some((listen) => listen.address === address)
    if (!isHosts) return false
    const isProxied = this.#site.takesProxyHeader(address, port)
    // A header that nobody waits for is no TLS; as a request line it gets an answer.
    if (isProxied ? proxied === null : proxied !== null && tls !== null) return false
    if (tls === null) return this.#site.takes(address, port)
    const isAgreed = httpVersion !== '2.0' || this.#site.takesHttp2(address, port, tls.serverName)
    return isAgreed && this.#site.takesTls(address, port, tls.serverName)
  }

  /**
   * @param gone the client has given up: nginx then leaves its upstream too, and answers nobody
   * @throws {UnsupportedError} the request comes to something that is not modelled
   */
  async handle(
    request: RequestMessage,
    requestId: string,
    { listener, from }: Entry,
    gone: AbortSignal,
  ): Promise<NginxResult> {
    let tunnel: Tunnel | null = null
    const site = this.#site
    const { address, port, tls } = listener
    // A client on the host comes from its loopback.
    const client = { address: from ?? (isIPv6(address) ? '::1' : '127.0.0.1'), port: CLIENT_PORT }
    const server = { address, port }
    const first = () =>
      site.decide({
        request,
        requestId,
        client,
        server,
        ...(tls === null ? {} : { tls }),
        proxied: proxiedEnds(listener),
      })
    const beside = new Background(this.#clock)
    const end = await this.#carryOut(first, gone, beside, (opened) => {
      tunnel = opened
    })
    let answeredMs = this.#clock.now()
    if (gone.aborted) beside.leave()
    const decision = (await beside.over()) ?? decisionOf(end)
    const { sent } = beside
    if (end.kind === 'send') {
      return { exchange: this.#exchange(request, null, decision, 'self', sent), tunnel: null, answeredMs }
    }
    const answered = gone.aborted ? null : asRead(end.response)
    // Such an answer ends with the connection, which nginx closes when all is over.
    if (answered !== null && !isFramed(answered)) answeredMs = this.#clock.now()
    return { exchange: this.#exchange(request, answered, decision, end.origin, sent), tunnel, answeredMs }
  }

  /** Takes a request to its end, or to the send after which its client left. What it begins in the background goes `beside` it. */
  async #carryOut(
    first: () => NginxStep,
    gone: AbortSignal,
    beside: Background,
    onTunnel: (tunnel: Tunnel) => void,
  ): Promise<NginxAnswer | NginxSend> {
    const begin = (step: NginxStep): void => {
      for (const start of step.background) {
        beside.add((left) => this.#carryOut(start, left, beside, () => undefined).then(decisionOf))
      }
    }
    let step = this.#orUnsupported(first)
    while (step.kind !== 'answer') {
      const { resume } = step
      if (step.kind === 'wait') {
        const waiting = this.#clock.waitFor(step.delayMs, gone)
        begin(step)
        await waiting
        step = this.#orUnsupported(step.resume)
        continue
      }
      const sending = this.#send(step, gone, onTunnel)
      begin(step)
      const outcome = await sending
      beside.sent.push(this.#sentTry(step, beside.isLeft(gone) ? { kind: 'abandoned' } : outcome))
      if (gone.aborted) return step
      step = this.#orUnsupported(() => resume(outcome))
    }
    begin(step)
    return step
  }

  async #send(send: NginxSend, gone: AbortSignal, onTunnel: (tunnel: Tunnel) => void): Promise<UpstreamOutcome> {
    const { address, port } = send.to
    if (this.#isOwn(address, port)) {
      const because = `it sends to ${address}:${port}, where nginx itself listens, and a request passes nginx only once here`
      throw new UnsupportedError('proxy_pass', send.by.span, because)
    }
    const { tls } = send
    const handshake =
      tls === null ? null : (server: ServiceTls | null) => handshakeFault(tls, server, (file) => this.#disk.lacks(file))
    const connection = this.#network.connect(address, port, NODE_ADDRESS, handshake)
    if (connection.kind === 'refused' || connection.kind === 'reset' || connection.kind === 'tls-failed')
      return connection
    if (connection.kind === 'silence') {
      await this.#clock.waitFor(send.connectTimeoutMs, gone)
      return { kind: 'connect-timeout' }
    }
    let hasLeft = false
    const leave = (): void => {
      hasLeft = true
      connection.socket.destroy()
    }
    const timer = this.#clock.setTimeout(leave, send.readTimeoutMs)
    gone.addEventListener('abort', leave)
    const outcome = await exchangeOver(connection.socket, send.request, onTunnel)
    this.#clock.clearTimeout(timer)
    if (hasLeft) return { kind: 'read-timeout' }
    if (outcome.kind === 'answered' && outcome.headBytes > send.maxHeadBytes) return { kind: 'header-too-big' }
    return outcome.kind === 'invalid' ? { kind: 'invalid', startsWithHttp: outcome.hasStatusLine } : outcome
  }

  #sentTry(
    { to: { host, address, port }, by, request, pass }: NginxSend,
    outcome: UpstreamOutcome | { readonly kind: 'abandoned' },
  ): SentTry {
    const service = this.#cluster.ownerOf(address, port)?.name ?? null
    const response = outcome.kind === 'answered' ? outcome.response : null
    return { pass, made: { to: { host, address, port, service }, by, request, outcome: outcome.kind, response } }
  }

  /** Whether an address is one that nginx itself listens on. */
  #isOwn(address: string, port: number): boolean {
    return this.#site.listens.some((listen) => {
      if (listen.port !== port) return false
      if (listen.address === null) return address.startsWith('127.')
      // With ipv6only=off a socket for any IPv6 address takes IPv4 too.
      return listen.address === address || (listen.address === '::' && LOOPBACK.test(address))
    })
  }

  #exchange(
    received: RequestMessage,
    answered: ResponseMessage | null,
    { passes, answerHeaders }: NginxDecision,
    origin: Exchange['origin'],
    sent: readonly SentTry[],
  ): Exchange {
    return {
      hop: 'nginx',
      service: null,
      reachedBy: null,
      received,
      passes: passes.map((pass, index) =>
        this.#pass(
          pass,
          sent.flatMap((one) => (one.pass === index ? one.made : [])),
        ),
      ),
      answered,
      origin,
      answerHeaders,
    }
  }

  #pass({ nearMisses, reasons, ...pass }: PassDecision, tries: readonly Try[]): Pass {
    const changedHands = pinReasons(tries, (address) => this.#disk.ownerOf(address), this.#site.pins)
    return { ...pass, reasons: [...reasons, ...changedHands], nearMisses: nearMisses(), tries }
  }

  #load(): Site {
    const { source, includes } = this.#disk
    return loadSite(source, includes, this.#disk.rules, {
      ...nginxNames(this.#cluster.dns, this.#disk),
      nowMs: () => this.#clock.now(),
      dateMs: () => this.#clock.now(),
      kept: this.#kept,
    })
  }

  /** @throws {UnsupportedError} the request comes to something that the model does not know */
  #orUnsupported(next: () => NginxStep): NginxStep {
    try {
      return next()
    } catch (error) {
      if (!(error instanceof RefusedRequestError)) throw error
      refuseGaps([gapOf(error.refused, this.#source)])
      throw error
    }
  }
}

function decisionOf(end: NginxAnswer | NginxSend): NginxDecision {
  return end.kind === 'answer' ? end.decision : end.decision()
}

/** Connects both ends of an upgraded connection until one of them closes. */
export function joinTunnel(client: Duplex, upstream: Duplex): void {
  client.pipe(upstream).pipe(client)
  client.once('close', () => upstream.destroy())
  upstream.once('close', () => client.destroy())
}
