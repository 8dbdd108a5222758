import { setImmediate } from 'node:timers/promises'
import { type BackendRecord, createStubServer, type StubServer } from '../../backends/stub-server.ts'
import { type Chain, GATEWAY_SERVICE } from '../../chain/chain.ts'
import type { ClientRequest } from '../../chain/client-request.ts'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { type OwnedPin, reachesItsPods, type ServiceState } from '../../chain/service.ts'
import { isGatewayFile, type WorldChange } from '../../chain/world-change.ts'
import { frozen } from '../../trace/frozen.ts'
import { triesOf } from '../../trace/reading.ts'
import type { Exchange, Rule, Trace } from '../../trace/trace.ts'
import { backendExchange } from '../backend-exchange.ts'
import { clientMessage } from '../client-message.ts'
import type { NginxProgram } from '../environment.ts'
import { type EvidenceFiles, NO_EVIDENCE, type WebSocketTrace, type World } from '../environment.ts'
import { hasArrived, hopsFromGateway, hopsFromNginx, type Witnessed } from '../hops-behind.ts'
import { exchangeOver } from '../http-exchange.ts'
import { loadGatewayConfig } from '../load-gateway-config.ts'
import { rulesOn } from '../nginx-version.ts'
import { randomFrom, randomHex } from '../random.ts'
import { SiteOnDisk } from '../site-on-disk.ts'
import { VirtualCluster } from '../virtual-cluster.ts'
import { openWebSocket } from '../websocket-client.ts'
import { GatewayHop } from './gateway-hop.ts'
import type { MemorySocket } from './memory-socket.ts'
import { acceptWebSocket } from './nginx-front.ts'
import { NginxHop } from './nginx-hop.ts'
import { unlessStuck } from './unless-stuck.ts'
import { untilClosed, VirtualClock } from './virtual-clock.ts'
import { VirtualNetwork } from './virtual-network.ts'

/** How long a client waits before it gives up, in virtual ms: longer than any timeout that a chain has by default. */
const CLIENT_TIMEOUT_MS = 300_000

const CLIENT_ADDRESS = '127.0.0.1'
const GATEWAY_POD_ADDRESS = '10.42.0.9'

/** A whole chain in one process: the nginx model, the real gateway, stub backends, and a cluster that exists in memory only. */
export class SimulatedWorld implements World {
  readonly #cluster: VirtualCluster
  readonly #network: VirtualNetwork
  readonly #clock: VirtualClock
  readonly #disk: SiteOnDisk
  readonly #nginx: NginxHop
  readonly #gateway: GatewayHop
  readonly #stubs = new Map<string, StubServer>()
  readonly #random: () => number
  #records: BackendRecord[] = []

  /**
   * @param rules what holds in its nginx
   * @throws {InvalidChainError} @throws {UnsupportedError}
   */
  constructor(chain: Chain, seed: number, rules = rulesOn(chain.host)) {
    this.#random = randomFrom(seed)
    this.#cluster = new VirtualCluster(chain, seed)
    this.#network = new VirtualNetwork(this.#cluster, (service) => this.#serverOf(service))
    this.#clock = new VirtualClock(Date.now(), this.#network.activity)
    this.#disk = new SiteOnDisk(chain, this.#cluster.states(), rules)
    // Where both refuse their files, every environment tells of the gateway.
    loadGatewayConfig(chain.gatewayConfig)
    this.#nginx = new NginxHop(this.#disk, this.#cluster, this.#network, this.#clock)
    const agent = this.#network.agent(GATEWAY_POD_ADDRESS, (socket) => this.#clock.waitFor(...untilClosed(socket)))
    this.#gateway = new GatewayHop(chain, agent, this.#clock)
  }

  request(request: ClientRequest): Promise<Trace> {
    return this.#unlessStuck(this.#request(request))
  }

  websocket(request: ClientRequest, messages: readonly string[]): Promise<WebSocketTrace> {
    return this.#unlessStuck(this.#websocket(request, messages))
  }

  #unlessStuck<Result>(action: Promise<Result>): Promise<Result> {
    const progress = () => this.#network.activity() + this.#clock.now()
    return unlessStuck(action, progress, () => this.#clock.settle())
  }

  async #request(request: ClientRequest): Promise<Trace> {
    const { requestId, message, startedMs } = this.#open(request)
    if (request.via !== 'nginx') {
      const response = await this.#askDirectly(request.via, message)
      return this.#trace(requestId, message, response, await this.#hopsFrom(request.via, message, response), startedMs)
    }
    if (!this.#nginx.takes(request)) return this.#trace(requestId, message, null, [], startedMs)
    const { signal, cancel } = this.#clientTimeout()
    const { exchange, answeredMs } = await this.#nginx.handle(message, requestId, request, signal).finally(cancel)
    const exchanges = await this.#hopsFromNginx(exchange)
    return this.#trace(requestId, message, exchange.answered, exchanges, startedMs, answeredMs)
  }

  async #websocket(request: ClientRequest, messages: readonly string[]): Promise<WebSocketTrace> {
    const { requestId, message, startedMs } = this.#open(request)
    const { signal, cancel } = this.#clientTimeout()
    const isThroughNginx = request.via === 'nginx'
    const front = isThroughNginx ? acceptWebSocket(this.#nginx, requestId, request, signal) : null
    const socket = isThroughNginx ? front?.socket : this.#connectDirectly(request.via)
    if (!socket) {
      cancel()
      return { trace: this.#trace(requestId, message, null, [], startedMs), messages: [] }
    }
    const session = await openWebSocket(socket, message, messages, signal)
    cancel()
    const nginx = (await front?.exchange) ?? null
    const hops =
      nginx === null
        ? await this.#hopsFrom(request.via, session.request, session.response)
        : await this.#hopsFromNginx(nginx)
    return {
      trace: this.#trace(requestId, session.request, session.response, hops, startedMs),
      messages: session.messages,
    }
  }

  async change(change: WorldChange): Promise<void> {
    switch (change.kind) {
      case 'recreate':
        return this.#cluster.recreate(change.service, change.clusterIP)
      case 'delete':
        return this.#cluster.delete(change.service)
      case 'stop':
        return this.#scale(change.service, 0)
      case 'start':
        return this.#scale(change.service, this.#cluster.service(change.service).wanted)
      case 'scale':
        return this.#scale(change.service, change.replicas)
      case 'fault':
        return this.#stub(change.fault.service).faults.set(change.fault)
      case 'edit':
        if (!isGatewayFile(change.file)) this.#disk.edit(change.file, change.edit, this.#cluster.states())
        else this.#gateway.edit(change.file, change.edit)
        return
      case 'restart':
        return this.#gateway.restart()
      case 'reload':
        return this.#nginx.reload()
      case 'repin':
        this.#disk.repin(this.#cluster.states())
        return this.#nginx.reload()
    }
  }

  async services(): Promise<readonly ServiceState[]> {
    return this.#cluster.states()
  }

  async pins(): Promise<readonly OwnedPin[]> {
    return this.#disk.pins()
  }

  async listens(): Promise<readonly Rule[]> {
    return this.#disk.listens()
  }

  /** None: the trace has everything that happened, and nothing that runs here writes more down. */
  async evidence(): Promise<EvidenceFiles> {
    return NO_EVIDENCE
  }

  /** The model of a version. */
  async nginx(): Promise<NginxProgram> {
    return { version: this.#disk.rules.version, modules: [] }
  }

  lookInside(): readonly string[] {
    return []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#network.disconnectAll()
    await this.#gateway.close()
    // A whole run may pass without one turn of the event loop: Ctrl-C has to come through all the same.
    await setImmediate()
  }

  #open(request: ClientRequest): { requestId: string; message: RequestMessage; startedMs: number } {
    this.#records = []
    this.#gateway.takeEntries()
    const requestId = randomHex(this.#random, 32)
    const message = clientMessage(request, requestId, this.#hostOf(request.via))
    return { requestId, message, startedMs: this.#clock.now() }
  }

  #hostOf(via: string): string {
    if (via === 'nginx') return 'localhost'
    const { name, port, socket } = this.#cluster.service(this.#serviceName(via))
    return socket === null ? `${name}:${port}` : 'localhost'
  }

  /** A step says `gateway`; the Service is called `api-gateway`. */
  #serviceName(via: string): string {
    return via === 'gateway' ? GATEWAY_SERVICE : via
  }

  /** Past nginx and ClusterIP, to the target port of a pod of the Service, as port-forward goes; null where nobody listens. */
  #connectDirectly(via: string): MemorySocket | null {
    const service = this.#cluster.service(this.#serviceName(via))
    if (!this.#cluster.isThere(service) || !reachesItsPods(service)) return null
    return this.#network.connectTo(service.name, CLIENT_ADDRESS)
  }

  async #askDirectly(via: string, message: RequestMessage): Promise<ResponseMessage | null> {
    const socket = this.#connectDirectly(via)
    if (socket === null) return null
    const { signal, cancel } = this.#clientTimeout()
    signal.addEventListener('abort', () => socket.destroy())
    const outcome = await exchangeOver(socket, message)
    cancel()
    return outcome.kind === 'answered' ? outcome.response : null
  }

  #clientTimeout(): { signal: AbortSignal; cancel: () => void } {
    const controller = new AbortController()
    const timer = this.#clock.setTimeout(() => controller.abort(), CLIENT_TIMEOUT_MS)
    return { signal: controller.signal, cancel: () => this.#clock.clearTimeout(timer) }
  }

  #trace(
    requestId: string,
    request: RequestMessage,
    response: ResponseMessage | null,
    exchanges: readonly Exchange[],
    startedMs: number,
    answeredMs = this.#clock.now(),
  ): Trace {
    return frozen({ requestId, request, exchanges, response, elapsedMs: answeredMs - startedMs })
  }

  /** nginx and every hop that its tries reached. */
  async #hopsFromNginx(nginx: Exchange): Promise<Exchange[]> {
    const arrived = triesOf(nginx).filter(({ to, outcome }) => to.service !== null && hasArrived(outcome))
    const toGateway = arrived.filter(({ to }) => to.service === GATEWAY_SERVICE).length
    return hopsFromNginx(nginx, await this.#witnessed(toGateway, arrived.length - toGateway))
  }

  async #hopsFrom(via: string, received: RequestMessage, answered: ResponseMessage | null): Promise<Exchange[]> {
    if (this.#serviceName(via) === GATEWAY_SERVICE) {
      return hopsFromGateway(received, answered, await this.#witnessed(1, 0))
    }
    const { records } = await this.#witnessed(0, 1)
    return records.slice(-1).map((record) => backendExchange(record, null))
  }

  /**
   * What gateway and stubs noted of a request. A stub notes a request when it is through with it: one that was given up, a
   * moment after it was. A log line is written when the answer is through, which may be a moment after the client has it.
   */
  async #witnessed(toGateway: number, toBackends: number): Promise<Witnessed> {
    await this.#clock.settle(() => this.#gateway.entryCount >= toGateway)
    const gatewayLog = this.#gateway.takeEntries()
    const asked = toBackends + gatewayLog.filter(({ upstream }) => upstream !== null).length
    await this.#clock.settle(() => this.#records.length >= asked)
    return {
      gatewayLog,
      records: this.#records,
      routes: this.#gateway.table,
      isOwnGateway: true,
      lineAt: this.#gateway.lineAt,
      destination: (host, port) => this.#cluster.destination(host, port),
    }
  }

  /** @throws {RefusedConfigError} the gateway's new pods do not start: none is ready then */
  async #scale(name: string, replicas: number): Promise<void> {
    // Pods that come where none was read the ConfigMap as it is by then.
    const areNew = replicas > 0 && this.#cluster.service(name).replicas === 0
    if (areNew && name === GATEWAY_SERVICE) await this.#gateway.restart()
    this.#cluster.scale(name, replicas)
    if (replicas === 0) this.#network.disconnect(name)
  }

  #serverOf(service: string) {
    return service === GATEWAY_SERVICE ? this.#gateway.server : this.#stub(service).server
  }

  #stub(name: string): StubServer {
    const known = this.#stubs.get(name)
    if (known !== undefined) return known
    const stub = createStubServer({
      service: this.#cluster.service(name),
      // Whether a handshake succeeds is known without one.
      tls: null,
      onRecord: (record) => this.#records.push(record),
      wait: (delayMs, signal) => this.#clock.waitFor(delayMs, signal),
    })
    this.#stubs.set(name, stub)
    return stub
  }
}
