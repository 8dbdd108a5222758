import type { Duplex } from 'node:stream'
import { type Chain, GATEWAY_SERVICE, type GatewayConfigFiles } from '../../chain/chain.ts'
import { type ClientRequest, proxyHeader } from '../../chain/client-request.ts'
import { CLUSTER_DNS, NAMESPACE, OWN_RESOLV_CONF, podResolvConf } from '../../chain/cluster-dns.ts'
import { headerValue } from '../../chain/message.ts'
import type { OwnedPin, Service, ServiceState } from '../../chain/service.ts'
import { isGatewayFile, type WorldChange } from '../../chain/world-change.ts'
import { frozen } from '../../trace/frozen.ts'
import type { Rule, Trace, Try } from '../../trace/trace.ts'
import { clientMessage } from '../client-message.ts'
import { destinationOf, dnsOf, serviceAt } from '../cluster-names.ts'
import { editConfigMap } from '../config-map.ts'
import {
  type EvidenceFiles,
  type NginxProgram,
  UnsupportedError,
  type WebSocketTrace,
  type World,
} from '../environment.ts'
import { type NginxNames, nginxNames } from '../nginx-names.ts'
import { withNginx } from '../nginx-version.ts'
import type { InForce } from '../observed/evidence.ts'
import { type LoadedGateway, type LoadedSite, loadedGateway, loadedSite } from '../observed/in-force.ts'
import { observedTrace } from '../observed/observed-trace.ts'
import type { CarriedRequest } from '../observed/request-files.ts'
import { podHello } from '../pod-hello.ts'
import { randomFrom, randomHex } from '../random.ts'
import { secured } from '../secure.ts'
import { SiteOnDisk } from '../site-on-disk.ts'
import { CONF_PATH, refusedSite, siteOnHost } from '../site-on-host.ts'
import { type ClientResult, converse, exchange } from './client.ts'
import type { Cluster } from './cluster.ts'
import { DeployedChain, type GatewayImage } from './deployed-chain.ts'
import { EvidenceCollector } from './evidence-collector.ts'
import { GatewayLogs } from './gateway-logs.ts'
import type { KubePod } from './kube-objects.ts'
import { inChain } from './message-in-chain.ts'
import type { SiteFiles } from './node-relay/protocol.ts'
import { openPortForward } from './port-forward.ts'
import { StubPods } from './stub-pods.ts'
import type { Translation } from './translation.ts'

const CONNECT_TIMEOUT_MS = 5_000

/** A whole chain on a real cluster. It has the cluster for itself until it is disposed. */
export class KubernetesWorld implements World {
  readonly #cluster: Cluster
  readonly #chain: Chain
  readonly #release: () => void
  readonly #random: () => number
  readonly #deployed: DeployedChain
  readonly #translation: Translation
  readonly #stubs: StubPods
  readonly #gatewayLogs: GatewayLogs
  readonly #wanted: Map<string, number>
  #pods: readonly KubePod[] = []
  #configMap: GatewayConfigFiles
  #gateway: LoadedGateway
  #disk: SiteOnDisk
  #site: LoadedSite
  #last: CarriedRequest | null = null

  /**
   * Puts the cluster into the state that the chain asks for, and proves it.
   * @param release gives the cluster to the next world
   * @throws {RefusedConfigError} nginx or the gateway refuses its files @throws {UnsupportedError} @throws {EnvironmentError}
   */
  static async start(
    chain: Chain,
    seed: number,
    cluster: Cluster,
    image: GatewayImage,
    release: () => void,
  ): Promise<KubernetesWorld> {
    const world = new KubernetesWorld(chain, seed, cluster, image, release)
    try {
      await world.#deployed.deploy()
      const program = await cluster.nginx.program()
      const asItRuns = program === null ? chain : withNginx(chain, program.version)
      world.#disk = new SiteOnDisk(asItRuns, world.#deployed.states)
      await world.#loadSite(world.#versionOfNginx())
      return world
    } catch (error) {
      // Nobody disposes of a world that does not start.
      world.#gatewayLogs.close()
      throw error
    }
  }

  private constructor(chain: Chain, seed: number, cluster: Cluster, image: GatewayImage, release: () => void) {
    this.#cluster = cluster
    this.#chain = chain
    this.#release = release
    this.#random = randomFrom(seed)
    this.#gateway = loadedGateway(chain.gatewayConfig, chain.gateway.image === null)
    this.#configMap = chain.gatewayConfig
    this.#gatewayLogs = new GatewayLogs(cluster.kube, () => this.#configMap, image.own)
    this.#deployed = new DeployedChain(cluster, chain, image, (pods) => this.#meetPods(pods))
    this.#translation = this.#deployed.translation
    this.#stubs = new StubPods(
      cluster.relay,
      chain.services.filter(({ name }) => name !== GATEWAY_SERVICE),
      this.#translation,
    )
    this.#wanted = new Map(chain.services.map(({ name, replicas }) => [name, Math.max(1, replicas)]))
    this.#disk = new SiteOnDisk(chain, [])
    this.#site = loadedSite(this.#disk, this.#names())
  }

  async request(request: ClientRequest): Promise<Trace> {
    const { requestId, message, collector } = await this.#open(request)
    const result = await exchange(await this.#connect(request), message)
    return this.#trace(requestId, request, result, collector)
  }

  async websocket(request: ClientRequest, messages: readonly string[]): Promise<WebSocketTrace> {
    const { requestId, message, collector } = await this.#open(request)
    const result = await converse(await this.#connect(request), message, messages)
    return { trace: await this.#trace(requestId, request, result, collector), messages: result.messages }
  }

  async change(change: WorldChange): Promise<void> {
    switch (change.kind) {
      case 'recreate':
        await this.#deployed.recreate(change.service, change.clusterIP)
        return this.#stubs.disconnect(change.service)
      case 'delete':
        await this.#deployed.delete(change.service)
        return this.#stubs.disconnect(change.service)
      case 'stop':
        return this.#scale(change.service, 0)
      case 'start':
        return this.#scale(change.service, this.#wanted.get(change.service) ?? 1)
      case 'scale':
        if (change.replicas > 0) this.#wanted.set(change.service, change.replicas)
        return this.#scale(change.service, change.replicas)
      case 'fault':
        return this.#stubs.setFault(change.fault)
      case 'edit':
        await this.#deployed.learn(change.edit.kind === 'whole' ? change.edit.text : change.edit.with)
        if (!isGatewayFile(change.file)) {
          this.#disk.edit(change.file, change.edit, this.#deployed.states)
          return this.#cluster.nginx.put(this.#siteFiles())
        }
        this.#configMap = editConfigMap(this.#configMap, change.file, change.edit)
        return this.#deployed.editConfig(this.#configMap)
      case 'restart':
        return this.#restart()
      case 'reload':
        return this.#loadSite(null)
      case 'repin':
        this.#disk.repin(await this.services())
        return this.#loadSite(null)
    }
  }

  services(): Promise<readonly ServiceState[]> {
    return this.#deployed.read()
  }

  async pins(): Promise<readonly OwnedPin[]> {
    return this.#disk.pins()
  }

  async listens(): Promise<readonly Rule[]> {
    return this.#disk.listens()
  }

  async evidence(): Promise<EvidenceFiles> {
    // Loaded when it is needed: most runs have nothing to save.
    const { worldFiles } = await import('./world-files.ts')
    return worldFiles({
      cluster: this.#cluster,
      translation: this.#translation,
      running: { site: this.#site.sources, gatewayConfig: this.#gateway.files },
      lying: { site: this.#disk, gatewayConfig: this.#configMap },
      mainConf: this.#siteFiles().files[CONF_PATH] ?? '',
      services: this.#deployed.states,
      pins: this.#disk.pins(),
      last: this.#last,
    })
  }

  nginx(): Promise<NginxProgram | null> {
    return this.#cluster.nginx.program()
  }

  lookInside(): readonly string[] {
    return this.#cluster.lookInside
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gatewayLogs.close()
    this.#release()
  }

  async #open(request: ClientRequest) {
    if (request.from !== null) throw new UnsupportedError('from', null, 'clients come from the node of the cluster')
    const requestId = randomHex(this.#random, 32)
    const message = clientMessage(request, requestId, this.#hostOf(request.via))
    const collector = new EvidenceCollector(this.#cluster.nginx, this.#gatewayLogs, this.#stubs, this.#translation)
    await collector.begin()
    return { requestId, message, collector }
  }

  /** A client's connection: to nginx on its host, or past it and the ClusterIP to a pod, as `kubectl port-forward svc/…` goes. */
  async #connect({ via, listener, httpVersion }: ClientRequest): Promise<Duplex | null> {
    if (via === 'nginx') {
      const connection = await this.#cluster.relay.connect(listener.address, listener.port, CONNECT_TIMEOUT_MS)
      if (connection.kind !== 'open') return null
      connection.socket.write(proxyHeader(listener))
      return secured(connection.socket, listener, httpVersion)
    }
    const name = serviceName(via)
    const state = this.#deployed.states.find((one) => one.name === name)
    const pod = this.#pods.find(({ app, ready, leaving }) => app === name && ready && !leaving)
    if (state === undefined || state.clusterIP === null || pod === undefined) return null
    const { config, namespace } = this.#cluster.kube
    const service = this.#service(name)
    const connection = await openPortForward(config, namespace, pod.name, service?.targetPort ?? state.port)
    const tls = service === undefined ? null : podHello(service)
    return secured(connection, { ...listener, tls })
  }

  #hostOf(via: string): string {
    const name = serviceName(via)
    return via === 'nginx' ? 'localhost' : `${name}:${this.#service(name)?.port}`
  }

  #service(name: string): Service | undefined {
    return this.#chain.services.find((service) => service.name === name)
  }

  async #trace(
    requestId: string,
    { via, listener }: ClientRequest,
    result: ClientResult,
    collector: EvidenceCollector,
  ): Promise<Trace> {
    const { request, elapsedMs } = result
    const response = result.response && inChain(result.response, this.#translation)
    const idOnTheWire = headerValue(request.headers, 'x-request-id') ?? requestId
    const seen = { requestId, via, listener, request, response, elapsedMs }
    if (!result.connected) return { requestId, request, response, elapsedMs, exchanges: [] }
    const inForce = this.#inForce()
    const evidence = await collector.collect(seen, inForce, idOnTheWire)
    const trace = withGivenAddresses(observedTrace(evidence, inForce), this.#translation)
    this.#last = { trace, evidence, endedAtMs: Date.now() }
    return trace
  }

  #inForce(): InForce {
    return {
      ...this.#site,
      ...this.#gateway,
      serviceAt: (address) => serviceAt(this.#deployed.states, address),
      ownerOf: (address) => this.#disk.ownerOf(address),
      destination: (host, port) =>
        destinationOf(dnsOf(this.#deployed.states, NAMESPACE), this.#deployed.states, host, port),
    }
  }

  #names(): NginxNames {
    return nginxNames(dnsOf(this.#deployed.states, NAMESPACE), this.#chain)
  }

  async #meetPods(pods: readonly KubePod[]): Promise<void> {
    this.#pods = pods
    const gateways = pods.filter(({ app, ready, leaving }) => app === GATEWAY_SERVICE && ready && !leaving)
    await Promise.all([this.#stubs.instruct(pods), this.#gatewayLogs.follow(gateways)])
  }

  /** A rollout restart. @throws {RefusedConfigError} the new pod would not start, and the old one stays */
  async #restart(): Promise<void> {
    const gateway = loadedGateway(this.#configMap, this.#chain.gateway.image === null)
    await this.#deployed.restartGateway(this.#configMap)
    this.#gateway = gateway
  }

  /** @throws {RefusedConfigError} the gateway's new pods do not start: none is ready then */
  async #scale(name: string, replicas: number): Promise<void> {
    // Pods that come where none was read the ConfigMap as it is by then.
    const before = this.#deployed.states.find((state) => state.name === name)?.readyEndpoints ?? 0
    const areNew = name === GATEWAY_SERVICE && replicas > 0 && before === 0
    if (!areNew) return this.#deployed.scale(name, replicas)
    const gateway = loadedGateway(this.#configMap, this.#chain.gateway.image === null)
    await this.#deployed.startGateway(replicas, this.#configMap)
    this.#gateway = gateway
  }

  #siteFiles(): SiteFiles {
    const { files, served, errorLogs, dns } = siteOnHost(this.#disk)
    const inCluster = [...files].map(([name, text]) => [name, this.#translation.toCluster(text)] as const)
    const { kube, addresses } = this.#cluster
    const clusterDns = addresses.get(CLUSTER_DNS) ?? CLUSTER_DNS
    const resolvConf = dns === 'own' ? OWN_RESOLV_CONF : podResolvConf(clusterDns, kube.namespace)
    return { files: Object.fromEntries(inCluster), served: Object.fromEntries(served), errorLogs, resolvConf }
  }

  /** @throws {RefusedConfigError} nginx refuses the file, and keeps what it has @throws {UnsupportedError} the host lacks what it names */
  async #loadSite(unless: string | null): Promise<void> {
    const words = await this.#cluster.nginx.load(this.#siteFiles(), unless, this.#cluster.signal)
    if (words !== null) throw refusedSite(this.#disk, this.#translation.toChain(words))
    this.#site = loadedSite(this.#disk, this.#names())
  }

  /** What nginx has taken in beside its files: addresses of names; turns and failures of upstreams, which it counts on. */
  #versionOfNginx(): string | null {
    const texts = [this.#disk.source, ...this.#disk.includes.values()].map(({ text }) => text)
    if (texts.some((text) => /\bupstream\b/.test(text))) return null
    return this.#deployed.states.map(({ name, clusterIP }) => `${name}=${clusterIP}`).join()
  }
}

/** Says of each address that a hop sent to what it was rewritten to, where the cluster gave another than the file has. */
function withGivenAddresses(trace: Trace, translation: Translation): Trace {
  const rewritten = (one: Try): Try => {
    const given = one.to.address === null ? null : translation.givenFor(one.to.address)
    return given === null ? one : { ...one, to: { ...one.to, given } }
  }
  const exchanges = trace.exchanges.map((exchange) => ({
    ...exchange,
    passes: exchange.passes.map((pass) => ({ ...pass, tries: pass.tries.map(rewritten) })),
  }))
  return frozen({ ...trace, exchanges })
}

/** A step says `gateway`; the Service is called `api-gateway`. */
function serviceName(via: string): string {
  return via === 'gateway' ? GATEWAY_SERVICE : via
}
