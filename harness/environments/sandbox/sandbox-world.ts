import { type Chain, GATEWAY_SERVICE, type GatewayConfigFiles, hasGateway } from '../../chain/chain.ts'
import type { ClientRequest } from '../../chain/client-request.ts'
import type { RequestMessage } from '../../chain/message.ts'
import { type OwnedPin, portsOf, type ServiceState } from '../../chain/service.ts'
import { stubTlsOf } from '../../chain/stub-tls.ts'
import { isGatewayFile, type WorldChange } from '../../chain/world-change.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { KeptByNginx } from '../../nginx/site.ts'
import type { Rule, Trace } from '../../trace/trace.ts'
import { clientMessage } from '../client-message.ts'
import { editConfigMap } from '../config-map.ts'
import type { NginxProgram } from '../environment.ts'
import {
  EnvironmentError,
  type EvidenceFiles,
  type Gap,
  RefusedConfigError,
  type WebSocketTrace,
  type World,
  withEvidence,
} from '../environment.ts'
import { gatewayGaps } from '../gateway-program.ts'
import { nginxNames } from '../nginx-names.ts'
import { otherVersionGaps, rulesOn, withNginx } from '../nginx-version.ts'
import type { InForce } from '../observed/evidence.ts'
import { type LoadedGateway, type LoadedSite, loadedGateway, loadedSite } from '../observed/in-force.ts'
import { observedTrace } from '../observed/observed-trace.ts'
import type { CarriedRequest } from '../observed/request-files.ts'
import { podHello } from '../pod-hello.ts'
import { randomFrom, randomHex } from '../random.ts'
import { SiteOnDisk } from '../site-on-disk.ts'
import { CONF_PATH, hostAddresses, portsOfEveryAddress, refusedSite, siteOnHost } from '../site-on-host.ts'
import { VirtualCluster } from '../virtual-cluster.ts'
import { refuseCommandOnHost } from './command-on-host.ts'
import type { InsideProcess } from './inside-process.ts'
import { linesInto } from './lines-into.ts'
import { nginxProgram } from './nginx-binary.ts'
import type { ConfigFiles, ExchangeOrder, Observation } from './protocol.ts'

/** How long a client waits before it gives up: longer than any timeout that a chain has by default. */
/** Where nginx puts what it does not hold in memory, around a site file that says nothing of it. */
const OF_HTTP = Object.fromEntries(
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => [`${name}_temp_path`, `/run/chain/nginx/${name}`]),
)

const CLIENT_TIMEOUT_MS = 300_000

/** A whole chain of real parts in one sandbox. What is to happen is thought out here, the inside carries it out. */
export class SandboxWorld implements World {
  readonly #chain: Chain
  readonly #inside: InsideProcess
  readonly #giveBack: () => Promise<void>
  readonly #cluster: VirtualCluster
  readonly #kept = new KeptByNginx()
  readonly #disk: SiteOnDisk
  readonly #random: () => number
  #configMap: GatewayConfigFiles
  #site: LoadedSite
  #gateway: LoadedGateway
  #last: CarriedRequest | null = null

  /**
   * @param giveBack takes the sandbox back when the world ends
   * @throws {UnsupportedError} @throws {RefusedConfigError} nginx or the gateway refuses its files @throws {EnvironmentError}
   */
  static async start(
    chain: Chain,
    seed: number,
    inside: InsideProcess,
    giveBack: () => Promise<void>,
  ): Promise<SandboxWorld> {
    const world = new SandboxWorld(chain, seed, inside, giveBack)
    const stubs = chain.services.filter(({ name }) => name !== GATEWAY_SERVICE)
    try {
      await inside.call(
        'populate',
        stubs.map((service) => ({
          name: service.name,
          stub: service.stub,
          tls: portsOf(service).map(({ tls }) => stubTlsOf(tls)),
        })),
      )
      await world.#connect()
      await Promise.all([hasGateway(chain) ? world.#startGateway() : null, world.#loadSite()])
      return world
    } catch (error) {
      throw error instanceof EnvironmentError ? withEvidence(error, await world.evidence()) : error
    }
  }

  private constructor(chain: Chain, seed: number, inside: InsideProcess, giveBack: () => Promise<void>) {
    this.#chain = chain
    this.#inside = inside
    this.#giveBack = giveBack
    this.#random = randomFrom(seed)
    this.#cluster = new VirtualCluster(chain, seed)
    this.#disk = new SiteOnDisk(asItRuns(chain), this.#cluster.states())
    this.#configMap = chain.gatewayConfig
    this.#site = this.#loadedSite()
    this.#gateway = loadedGateway(this.#configMap, chain.gateway.command === null)
  }

  async request(request: ClientRequest): Promise<Trace> {
    const { requestId, order } = this.#open(request)
    if (order === null) return unanswered(requestId, this.#message(request, requestId))
    return this.#trace(requestId, request, order.message, await this.#inside.call('exchange', order))
  }

  async websocket(request: ClientRequest, messages: readonly string[]): Promise<WebSocketTrace> {
    const { requestId, order } = this.#open(request)
    if (order === null) return { trace: unanswered(requestId, this.#message(request, requestId)), messages: [] }
    const conversation = await this.#inside.call('converse', order, messages)
    const trace = this.#trace(requestId, request, conversation.request, conversation)
    return { trace, messages: conversation.messages }
  }

  async change(change: WorldChange): Promise<void> {
    switch (change.kind) {
      case 'recreate':
        this.#cluster.recreate(change.service, change.clusterIP)
        return this.#connect()
      case 'delete':
        this.#cluster.delete(change.service)
        return this.#connect()
      case 'stop':
        return this.#scale(change.service, 0)
      case 'start':
        return this.#scale(change.service, this.#cluster.service(change.service).wanted)
      case 'scale':
        return this.#scale(change.service, change.replicas)
      case 'fault':
        return this.#inside.call('fault', change.fault)
      case 'edit':
        if (!isGatewayFile(change.file)) return this.#disk.edit(change.file, change.edit, this.#cluster.states())
        this.#configMap = editConfigMap(this.#configMap, change.file, change.edit)
        return this.#inside.call('writeGatewayConfig', plain(this.#configMap))
      case 'restart':
        return this.#startGateway()
      case 'reload':
        return this.#reload()
      case 'repin':
        this.#disk.repin(this.#cluster.states())
        return this.#reload()
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

  async evidence(): Promise<EvidenceFiles> {
    // Loaded when it is needed: most runs have nothing to save.
    const { sandboxFiles } = await import('./sandbox-files.ts')
    const states = this.#cluster.states()
    return sandboxFiles({
      running: { site: this.#site.sources, gatewayConfig: this.#gateway.files },
      lying: { site: this.#disk, gatewayConfig: this.#configMap },
      mainConf: siteOnHost(this.#disk, OF_HTTP).files.get(CONF_PATH) ?? '',
      services: states,
      pins: this.#disk.pins(),
      last: this.#last,
      // One that broke has nothing more to say.
      notes: await this.#inside.call('look').catch(() => null),
    })
  }

  async nginx(): Promise<NginxProgram | null> {
    return nginxProgram()
  }

  lookInside(): readonly string[] {
    const { pid } = this.#inside
    return pid === null ? [] : linesInto(pid)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#giveBack()
  }

  #open(request: ClientRequest): { requestId: string; order: ExchangeOrder | null } {
    const requestId = randomHex(this.#random, 32)
    const message = this.#message(request, requestId)
    const { listener, from } = request
    const timeoutMs = CLIENT_TIMEOUT_MS
    if (request.via === 'nginx') return { requestId, order: { pod: null, listener, from, message, timeoutMs } }
    const service = this.#cluster.service(serviceName(request.via))
    // Past nginx and ClusterIP, to a pod of the Service, as port-forward goes: without a pod, it goes nowhere.
    const hasPod = this.#cluster.isThere(service)
    const toPod = { ...listener, tls: podHello(service) }
    return { requestId, order: hasPod ? { pod: service.name, listener: toPod, from: null, message, timeoutMs } : null }
  }

  #message(request: ClientRequest, requestId: string): RequestMessage {
    if (request.via === 'nginx') return clientMessage(request, requestId, 'localhost')
    const { name, port, socket } = this.#cluster.service(serviceName(request.via))
    return clientMessage(request, requestId, socket === null ? `${name}:${port}` : 'localhost')
  }

  #trace(
    requestId: string,
    { via, listener }: ClientRequest,
    request: RequestMessage,
    observation: Observation,
  ): Trace {
    if (!observation.isConnected) return unanswered(requestId, request)
    const evidence = { requestId, via, listener, request, ...observation }
    const trace = observedTrace(evidence, this.#inForce())
    this.#last = { trace, evidence, endedAtMs: Date.now() }
    if (this.#chain.gateway.command !== null) refuseCommandOnHost(trace, this.#disk)
    return trace
  }

  #inForce(): InForce {
    return {
      ...this.#site,
      ...this.#gateway,
      serviceAt: (address, port) => this.#cluster.ownerOf(address, port)?.name ?? null,
      ownerOf: (address) => this.#disk.ownerOf(address),
      destination: (host, port) => this.#cluster.destination(host, port),
    }
  }

  /** @throws {RefusedConfigError} the gateway's new pods do not start: none is ready then */
  async #scale(name: string, replicas: number): Promise<void> {
    // Pods that come where none was read the ConfigMap as it is by then; a program of the user's own does so by itself.
    const areNew = replicas > 0 && this.#cluster.service(name).replicas === 0
    if (areNew && name === GATEWAY_SERVICE && this.#chain.gateway.command === null) await this.#startGateway()
    this.#cluster.scale(name, replicas)
    await this.#connect()
  }

  /** Makes the inside as the cluster is. */
  #connect(): Promise<void> {
    const taken = portsOfEveryAddress(this.#disk)
    const services = this.#chain.services.map(({ name }) => {
      const service = this.#cluster.service(name)
      const { on, clusterIP, port, socket, targetPort, listens, replicas } = service
      const numbers = portsOf(service).flatMap((one) => [one.port, one.listens])
      const morePorts = service.morePorts.map(({ tls: _, ...numbersOfPort }) => numbersOfPort)
      const isApart = on === 'cluster' && numbers.some((number) => taken.has(number))
      return { name, on, clusterIP, port, socket, targetPort, listens, morePorts, replicas, isApart }
    })
    const { dns, names } = this.#chain.host
    return this.#inside.call('connect', { services, host: { dns, names }, hostAddresses: hostAddresses(this.#disk) })
  }

  /** A rollout restart. @throws {RefusedConfigError} the new pod would not start, and the old one stays */
  async #startGateway(): Promise<void> {
    const gateway = loadedGateway(this.#configMap, this.#chain.gateway.command === null)
    const { port } = this.#cluster.service(GATEWAY_SERVICE)
    const { command } = this.#chain.gateway
    const files = plain(this.#configMap)
    const words = await this.#inside.call('startGateway', { files, command, port, cwd: this.#chain.dir })
    if (words !== null) throw new RefusedConfigError('gateway', [gatewayRefusal(this.#configMap, words)])
    this.#gateway = gateway
  }

  async #reload(): Promise<void> {
    await this.#connect()
    await this.#loadSite()
  }

  /** @throws {RefusedConfigError} nginx refuses the file, and keeps what it has @throws {UnsupportedError} the host lacks what it names */
  async #loadSite(): Promise<void> {
    const words = await this.#inside.call('loadSite', siteOnHost(this.#disk, OF_HTTP))
    if (words !== null) throw refusedSite(this.#disk, words)
    this.#site = this.#loadedSite()
  }

  #loadedSite(): LoadedSite {
    return loadedSite(this.#disk, { ...nginxNames(this.#cluster.dns, this.#chain), kept: this.#kept })
  }
}

/** The nginx of this machine reads the chain's files, whatever version the chain names. */
function asItRuns(chain: Chain): Chain {
  const program = nginxProgram()
  return program === null ? chain : withNginx(chain, program.version)
}

/** What of a chain a sandbox cannot show. */
export function sandboxGaps(chain: Chain): readonly Gap[] {
  return [
    ...gatewayGaps(chain, 'command'),
    ...otherVersionGaps(chain, () => nginxProgram()?.version ?? null),
    ...otherPortGaps(chain),
    ...sharedPortGaps(chain),
    ...nginxPortGaps(chain),
    ...socketGaps(chain),
  ]
}

/** Everything else of the host is read-only inside. */
const SOCKETS = /^(?:\/var)?\/run\//

function socketGaps({ services }: Chain): readonly Gap[] {
  return services.flatMap(({ name, socket, keys, span }) => {
    if (socket === null || SOCKETS.test(socket)) return []
    const because = `"${name}" listens at ${socket}, and a sandbox has sockets below /run alone`
    return [{ what: 'socket', span: keys.socket ?? span, because }]
  })
}

/** Where nginx listens on every address, no program of its host can; Services have a network apart then. */
function nginxPortGaps({ site, includes, host, gateway, services }: Chain): readonly Gap[] {
  const taken = portsOfEveryAddress({ source: site, includes, rules: rulesOn(host) })
  const onHost = services.filter(
    ({ name, on }) => on === 'host' || (name === GATEWAY_SERVICE && gateway.command !== null),
  )
  return onHost.flatMap((service) => {
    const { name, span } = service
    const shared = portsOf(service)
      .flatMap(({ port, listens }) => [port, listens])
      .find((one) => taken.has(one))
    if (shared === undefined) return []
    const because = `"${name}" has port ${shared}, on which nginx listens, and both are on one host`
    return [{ what: `port ${shared}`, span, because }]
  })
}

/** A program of the user's own listens by itself: there is nobody to lead the Service's port to another one of it. */
function otherPortGaps({ gateway, services }: Chain): readonly Gap[] {
  const service = services.find(({ name }) => name === GATEWAY_SERVICE)
  if (gateway.command === null || service === undefined) return []
  const { port, targetPort, listens, span } = service
  if (port === targetPort && port === listens) return []
  return [
    {
      what: 'gateway.command',
      span,
      because: `in a sandbox it listens on the port of its Service, and Service "${GATEWAY_SERVICE}" has ports ${port}, ${targetPort} and ${listens}`,
    },
  ]
}

/** A program of the user's own listens on every address, and so on those of other Services. */
function sharedPortGaps({ gateway, services }: Chain): readonly Gap[] {
  if (gateway.command === null) return []
  const port = services.find(({ name }) => name === GATEWAY_SERVICE)?.port
  return services
    .filter(
      (service) =>
        service.name !== GATEWAY_SERVICE && portsOf(service).some((one) => [one.port, one.listens].includes(port ?? 0)),
    )
    .map(({ name, span }) => ({
      what: 'gateway.command',
      span,
      because: `it takes port ${port} on every address, and Service "${name}" has that port too`,
    }))
}

/** What a gateway of the user's own said when it did not start again; which of its files it means, it alone knows. */
function gatewayRefusal({ routes }: GatewayConfigFiles, words: string): Diagnostic {
  const span = routes.spanAt(0, 1)
  return { code: 'E_GATEWAY_REFUSED', severity: 'error', message: words, span, source: routes }
}

/** A step says `gateway`; the Service is called `api-gateway`. */
function serviceName(via: string): string {
  return via === 'gateway' ? GATEWAY_SERVICE : via
}

function unanswered(requestId: string, request: RequestMessage): Trace {
  return { requestId, request, exchanges: [], response: null, elapsedMs: 0 }
}

/** Sources are more than a process can send to another. */
function plain({ routes, middleware, auth }: GatewayConfigFiles): ConfigFiles {
  const text = ({ file, text }: { file: string; text: string }) => ({ file, text })
  return { routes: text(routes), middleware: middleware && text(middleware), auth: auth && text(auth) }
}
