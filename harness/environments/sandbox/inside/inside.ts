import type { Duplex } from 'node:stream'
import { Traffic } from '../../../backends/traffic.ts'
import { GATEWAY_SERVICE } from '../../../chain/chain.ts'
import { proxyHeader } from '../../../chain/client-request.ts'
import { CLUSTER_DNS, ClusterDns, DOCKER_DNS, NAMESPACE } from '../../../chain/cluster-dns.ts'
import type { Fault } from '../../../chain/world-change.ts'
import { exchangeOver } from '../../http-exchange.ts'
import { secured } from '../../secure.ts'
import type { SiteOnHost } from '../../site-on-host.ts'
import { openWebSocket } from '../../websocket-client.ts'
import type {
  ClusterState,
  ConfigFiles,
  ExchangeOrder,
  GatewayStart,
  Hands,
  Notes,
  Observation,
  StubService,
} from '../protocol.ts'
import { connectTo } from './client.ts'
import { CommandGateway } from './command-gateway.ts'
import { writeConfigMap } from './config-map-on-disk.ts'
import type { GatewayProgram } from './gateway.ts'
import { writeHostFiles } from './host-files.ts'
import { hostMounts } from './host-mounts.ts'
import { NameServer } from './name-server.ts'
import { Network } from './network.ts'
import { Nginx } from './nginx.ts'
import { OwnGateway } from './own-gateway.ts'
import { Pods } from './pods.ts'
import { privateTmp } from './private-tmp.ts'
import { SandboxError } from './sandbox-error.ts'
import { Stubs } from './stubs.ts'

const NOTHING: ClusterState = { services: [], host: { dns: 'own', names: new Map() }, hostAddresses: [] }

/** Lays the ground for worlds: network and name server. @throws {SandboxError} */
export async function openInside(): Promise<Hands> {
  const [network, onHost] = await Promise.all([Network.open(), hostMounts()])
  const inside = new Inside(network, new Nginx(onHost))
  await NameServer.open(CLUSTER_DNS, (name) => inside.dns.answer(name))
  return inside
}

/** Everything that runs in one sandbox. It lasts longer than a world: `clear` makes room for the next one. */
class Inside implements Hands {
  dns = this.#dnsOf(NOTHING)
  readonly #network: Network
  readonly #nginx: Nginx
  readonly #traffic = new Traffic()
  readonly #pods = new Pods((service, port) =>
    service === GATEWAY_SERVICE ? (this.#gateway?.server ?? null) : this.#stubs.server(service, port),
  )
  #stubs = new Stubs([], this.#traffic)
  #gateway: GatewayProgram | null = null
  #cluster = NOTHING
  #docker: NameServer | null = null

  constructor(network: Network, nginx: Nginx) {
    this.#network = network
    this.#nginx = nginx
  }

  async populate(services: readonly StubService[]): Promise<void> {
    this.#stubs = new Stubs(services, this.#traffic)
  }

  async connect(cluster: ClusterState): Promise<void> {
    this.#cluster = cluster
    this.dns = this.#dnsOf(cluster)
    const { services, host } = cluster
    writeHostFiles(this.dns, host)
    await this.#answerAsDocker(host.dns === 'docker')
    await this.#pods.follow(services, () => this.#network.become(cluster, this.#pods.apart))
    await this.#gateway?.setRunning(services.some(({ name, replicas }) => name === GATEWAY_SERVICE && replicas > 0))
  }

  async fault(fault: Fault): Promise<void> {
    this.#stubs.setFault(fault)
  }

  async writeGatewayConfig(files: ConfigFiles): Promise<void> {
    writeConfigMap(files)
  }

  async startGateway(start: GatewayStart): Promise<string | null> {
    const { files, command, cwd } = start
    const before = this.#gateway
    if (command === null) {
      this.#gateway = new OwnGateway(files, this.#traffic)
    } else {
      writeConfigMap(files)
      if (before === null) await privateTmp(cwd)
      this.#gateway = new CommandGateway(start, command)
    }
    this.#pods.disconnect(GATEWAY_SERVICE)
    await before?.stop()
    try {
      await this.connect(this.#cluster)
      return null
    } catch (error) {
      if (!(before instanceof CommandGateway) || !(error instanceof SandboxError)) throw error
      await this.#goOnWith(before, files)
      return error.message
    }
  }

  /** The old pod, which a cluster would not have ended: it runs with its own files, while the ConfigMap has new ones. */
  async #goOnWith(gateway: CommandGateway, configMap: ConfigFiles): Promise<void> {
    this.#gateway = gateway
    writeConfigMap(gateway.files)
    await this.connect(this.#cluster)
    writeConfigMap(configMap)
  }

  async loadSite(site: SiteOnHost): Promise<string | null> {
    return this.#nginx.load(site)
  }

  async exchange(order: ExchangeOrder): Promise<Observation> {
    const { observation } = await this.#observe(order, async (socket) => {
      const outcome = await exchangeOver(socket, order.message)
      return { response: outcome.kind === 'answered' ? outcome.response : null }
    })
    return observation
  }

  async converse(order: ExchangeOrder, messages: readonly string[]) {
    const { observation, result } = await this.#observe(order, (socket, signal) =>
      openWebSocket(socket, order.message, messages, signal),
    )
    return { ...observation, request: result?.request ?? order.message, messages: result?.messages ?? [] }
  }

  async look(): Promise<Notes> {
    return { nginxLog: this.#nginx.log.read(), gatewaySaid: this.#gateway?.said ?? '' }
  }

  /** The network stays as it is: the next world is often of the same chain, and changes only what differs. */
  async clear(): Promise<void> {
    await this.#network.disown()
    await Promise.all([this.#nginx.stop(), this.#pods.follow([], async () => {}), this.#gateway?.stop()])
    this.#gateway = null
    this.#cluster = NOTHING
    await this.#answerAsDocker(false)
    await this.populate([])
  }

  #dnsOf({ host }: ClusterState): ClusterDns {
    return new ClusterDns((service) => this.#clusterIP(service), NAMESPACE, host.names)
  }

  /** Where it is not Docker, nobody listens there. */
  async #answerAsDocker(isDocker: boolean): Promise<void> {
    if (isDocker) this.#docker ??= await NameServer.open(DOCKER_DNS.address, (name) => this.dns.answerOfDocker(name))
    else {
      this.#docker?.close()
      this.#docker = null
    }
  }

  #clusterIP(service: string): string | null {
    return this.#cluster.services.find(({ name }) => name === service)?.clusterIP ?? null
  }

  /** Carries one request and collects what was written down meanwhile. */
  async #observe<Result extends Pick<Observation, 'response'>>(
    { pod, listener, from, message, timeoutMs }: ExchangeOrder,
    act: (socket: Duplex, signal: AbortSignal) => Promise<Result>,
  ): Promise<{ observation: Observation; result: Result | null }> {
    this.#takeNotes()
    const startedMs = performance.now()
    const signal = AbortSignal.timeout(timeoutMs)
    if (from !== null) await this.#network.own(from)
    const open = await connectTo(pod === null ? listener : this.#pods.pod(pod), from, signal)
    const clientPort = open?.localPort
    if (pod === null) open?.write(proxyHeader(listener))
    const socket = open === null ? null : await secured(open, listener, message.httpVersion)
    const result = socket === null ? null : await act(socket, signal)
    const elapsedMs = performance.now() - startedMs
    if (pod === null && clientPort !== undefined) await this.#nginx.finished(clientPort)
    await this.#traffic.quiet()
    await this.#gateway?.noted()
    const response = result?.response ?? null
    return { observation: { isConnected: socket !== null, response, elapsedMs, ...this.#takeNotes() }, result }
  }

  #takeNotes(): Pick<Observation, 'nginxLog' | 'gatewayLog' | 'backends'> {
    const nginxLog = this.#nginx.log.read()
    this.#nginx.log.empty()
    return {
      nginxLog,
      gatewayLog: this.#gateway?.takeEntries() ?? [],
      backends: this.#stubs.takeRecords(),
    }
  }
}
