import { createHash } from 'node:crypto'
import type { V1Deployment } from '@kubernetes/client-node'
import { type Chain, GATEWAY_SERVICE, type GatewayConfigFiles } from '../../chain/chain.ts'
import { nginxFiles } from '../../chain/nginx-files.ts'
import { portsOf, reachesItsPods, type Service, type ServiceState } from '../../chain/service.ts'
import type { Source } from '../../diagnostics/source.ts'
import { UnsupportedError } from '../environment.ts'
import { askPod } from './ask-pod.ts'
import type { Cluster } from './cluster.ts'
import { GATEWAY_POD } from './image-programs.ts'
import type { KubeService } from './kube.ts'
import type { KubePod } from './kube-objects.ts'
import { gatewayDeployment, type PortSpec, stubDeployment, VERSION_ANNOTATION } from './manifests.ts'
import { type Awaited, StartWatch } from './start-watch.ts'
import { CONTROL_PORT } from './stub-pod/protocol.ts'
import { Translation } from './translation.ts'
import { waitUntil } from './wait-until.ts'

/** What runs as the gateway. `id` tells its content; `own` is the project's, which takes its port from its arguments. */
export interface GatewayImage {
  readonly name: string
  readonly id: string
  readonly own: boolean
}

/** What is to be there of a Service. `clusterIP` null: there is no such Service. */
interface Wanted extends Pick<Service, 'port' | 'targetPort' | 'listens'> {
  /** All of them; those above are the first. */
  readonly ports: readonly PortSpec[]
  exists: boolean
  replicas: number
  /** What its pods were started with. */
  version: string
}

const SETTLE_TIMEOUT_MS = 90_000
/** A connection from the node to a ClusterIP takes a millisecond, or for ever. */
const ANSWER_TIMEOUT_MS = 1_000
const SILENCE_MS = 250
const ENOUGH_REFUSALS = 2

/** Pods that have been seen to listen no more, by their names, which are never used again. */
const gone = new Set<string>()

/** The Services and pods of one chain in the cluster. What stands there already stays; what differs is put right, and proven. */
export class DeployedChain {
  readonly #cluster: Cluster
  readonly #chain: Chain
  /** Pinned where they may be. */
  readonly #services: readonly Service[]
  readonly #image: GatewayImage
  readonly #wanted: ReadonlyMap<string, Wanted>
  /** Called with the pods once they are ready, and before the Services are tried. */
  readonly #onPods: (pods: readonly KubePod[]) => Promise<void>
  /** What the addresses and names of the chain's files are in this cluster. */
  readonly translation: Translation
  #states: readonly ServiceState[] = []
  #restarts = 0
  /** By Service without endpoints: how often a connection to it has been refused. */
  readonly #refusals = new Map<string, number>()

  constructor(
    cluster: Cluster,
    chain: Chain,
    image: GatewayImage,
    onPods: (pods: readonly KubePod[]) => Promise<void>,
  ) {
    this.#cluster = cluster
    this.#chain = chain
    this.#services =
      cluster.pins === 'kept' ? chain.services : chain.services.map((service) => ({ ...service, clusterIP: null }))
    this.translation = new Translation(
      cluster.kube.namespace,
      chain.services.map(({ name }) => name),
    )
    this.#image = image
    this.#onPods = onPods
    this.#wanted = new Map(
      chain.services.map((service) => [
        service.name,
        {
          port: service.port,
          targetPort: service.targetPort,
          listens: service.listens,
          ports: portSpecs(service),
          replicas: service.replicas,
          exists: true,
          version: '',
        },
      ]),
    )
  }

  /** The Services as they were when the cluster last came to rest, in the chain's words. */
  get states(): readonly ServiceState[] {
    return this.#states.map((state) =>
      state.clusterIP === null ? state : { ...state, clusterIP: this.translation.toChain(state.clusterIP) },
    )
  }

  /** The Services as the API shows them now, in the chain's words. */
  async read(): Promise<readonly ServiceState[]> {
    this.#states = this.#inOrder(await this.#cluster.kube.serviceStates())
    return this.states
  }

  /** Finds out what stands for the addresses in a text of the chain. One that is no Service's becomes one that nobody has. */
  async learn(...texts: readonly string[]): Promise<void> {
    if (this.#cluster.pins === 'kept') return
    for (const address of texts.flatMap((text) => this.translation.unknownIn(text))) {
      this.translation.add(address, await this.#cluster.kube.vacantAddress())
    }
  }

  /** @throws {UnsupportedError} a ClusterIP that this cluster cannot give @throws {EnvironmentError} it does not come about */
  async deploy(): Promise<void> {
    const { kube } = this.#cluster
    const [services, deployments, config] = await Promise.all([
      kube.services(),
      kube.deployments(),
      kube.gatewayConfig(),
    ])
    const changed = await this.#putServices(services)
    await this.#learnServices()
    await this.#putConfig(this.#chain.gatewayConfig, config)
    for (const service of this.#chain.services) {
      const there = deployments.find(({ metadata }) => metadata?.name === service.name)
      if (await this.#putDeployment(service, there)) changed.add(service.name)
    }
    await this.#settle(changed)
    if (this.#remembers && this.#image.own && !changed.has(GATEWAY_SERVICE)) await this.#startAgain()
  }

  /** A gateway that counts its clients' requests has to start again for each world. */
  get #remembers(): boolean {
    const { middleware } = this.#chain.gatewayConfig
    return middleware !== null && /^\s*rateLimit:/m.test(middleware.text)
  }

  /** The project's own gateway starts its process again, in the pod that it has. */
  async #startAgain(): Promise<void> {
    const pods = (await this.#cluster.kube.pods()).filter(({ app, leaving }) => app === GATEWAY_SERVICE && !leaving)
    await Promise.all(
      pods.map(({ address }) => askPod(this.#cluster.relay, { address, port: CONTROL_PORT }, 'POST', '/start-again')),
    )
  }

  async recreate(name: string, clusterIP: string | null): Promise<void> {
    if (clusterIP !== null && this.#cluster.pins === 'given') {
      throw new UnsupportedError(
        `recreate with ClusterIP ${clusterIP}`,
        null,
        'a cluster that others use too gives its own addresses; run it on "k3s"',
      )
    }
    await this.#cluster.kube.deleteService(name)
    await this.#createService(name, clusterIP)
    this.#refusals.delete(name)
    this.#want(name).exists = true
    await this.#settle(new Set([name]))
  }

  async delete(name: string): Promise<void> {
    const before = this.#states.find((state) => state.name === name)
    await this.#cluster.kube.deleteService(name)
    this.#want(name).exists = false
    await this.#settle(new Set([name]))
    const { clusterIP = null, port = 0 } = before ?? {}
    if (clusterIP === null) return
    const check = async (): Promise<string | null> => {
      const connection = await this.#cluster.relay.connect(clusterIP, port, SILENCE_MS)
      if (connection.kind === 'open') connection.socket.destroy()
      return connection.kind === 'silence' ? null : `${clusterIP}:${port} is ${connection.kind}`
    }
    await this.#wait('the old ClusterIP to be silent', check, 2)
  }

  async scale(name: string, replicas: number): Promise<void> {
    await this.#cluster.kube.scale(name, replicas)
    this.#want(name).replicas = replicas
    await this.#settle(new Set([name]))
  }

  /** Scales the gateway up from nothing: its new pods read the ConfigMap, and their version says which one. */
  async startGateway(replicas: number, files: GatewayConfigFiles): Promise<void> {
    await this.#putGateway(this.#gateway(replicas, files, false), replicas)
  }

  /** `kubectl edit cm gateway-config`: running pods do not notice. */
  async editConfig(files: GatewayConfigFiles): Promise<void> {
    await this.#cluster.kube.putGatewayConfig(this.#dataOf(files))
  }

  /** `kubectl rollout restart deploy/api-gateway`, awaited. */
  async restartGateway(files: GatewayConfigFiles): Promise<void> {
    const wanted = this.#want(GATEWAY_SERVICE)
    await this.#putGateway(this.#gateway(wanted.replicas, files, true), wanted.replicas)
  }

  async #putGateway(deployment: V1Deployment, replicas: number): Promise<void> {
    const wanted = this.#want(GATEWAY_SERVICE)
    wanted.version = versionOf(deployment)
    wanted.replicas = replicas
    await this.#cluster.kube.putDeployment(deployment)
    await this.#settle(new Set([GATEWAY_SERVICE]))
  }

  /** Deletes what is in the way, and creates what is missing: pinned ones first, before others take their addresses. */
  async #putServices(services: readonly KubeService[]): Promise<Set<string>> {
    const changed = new Set<string>()
    const own = new Map(services.map((service) => [service.name, service]))
    const pinned = new Map(this.#services.flatMap(({ name, clusterIP }) => (clusterIP ? [[clusterIP, name]] : [])))
    for (const service of own.values()) {
      const wanted = this.#services.find(({ name }) => name === service.name)
      const owner = pinned.get(service.clusterIP)
      const stays =
        wanted !== undefined &&
        JSON.stringify(portSpecs(wanted)) === JSON.stringify(service.ports) &&
        (owner === undefined || owner === service.name) &&
        (wanted.clusterIP === null || wanted.clusterIP === service.clusterIP)
      if (stays) continue
      await this.#cluster.kube.deleteService(service.name)
      own.delete(service.name)
      changed.add(service.name)
    }
    const missing = this.#services.filter(({ name }) => !own.has(name))
    for (const service of missing.toSorted((a, b) => Number(b.clusterIP !== null) - Number(a.clusterIP !== null))) {
      await this.#createService(service.name, service.clusterIP)
      changed.add(service.name)
    }
    return changed
  }

  async #createService(name: string, clusterIP: string | null): Promise<void> {
    const { ports } = this.#want(name)
    if (await this.#cluster.kube.createService({ name, ports, clusterIP })) return
    const service = this.#chain.services.find((one) => one.name === name)
    throw new UnsupportedError(
      `ClusterIP ${clusterIP}`,
      service?.span ?? null,
      `the cluster cannot give Service "${name}" the ClusterIP ${clusterIP}: it is not in 10.43.0.0/16, or another Service has it`,
    )
  }

  async #putConfig(files: GatewayConfigFiles, there: Readonly<Record<string, string>> | null): Promise<void> {
    const data = this.#dataOf(files)
    if (JSON.stringify(sorted(data)) === JSON.stringify(sorted(there ?? {}))) return
    await this.#cluster.kube.putGatewayConfig(data)
  }

  /** @returns whether its pods change */
  async #putDeployment({ name, replicas }: Service, there: V1Deployment | undefined): Promise<boolean> {
    const { kube, image, imagePullPolicy } = this.#cluster
    const files = this.#chain.gatewayConfig
    const deployment =
      name === GATEWAY_SERVICE
        ? this.#gateway(replicas, files, this.#remembers && !this.#image.own)
        : stubDeployment(name, image, imagePullPolicy, replicas)
    const wanted = this.#want(name)
    const stands = there !== undefined && isOf(versionOf(there), versionOf(deployment))
    wanted.version = versionOf(stands ? there : deployment)
    if (!stands) {
      await kube.putDeployment(deployment)
      return true
    }
    if (there.spec?.replicas === replicas) return false
    await kube.scale(name, replicas)
    return true
  }

  #gateway(replicas: number, files: GatewayConfigFiles, isNewPod: boolean): V1Deployment {
    const { listens: port } = this.#want(GATEWAY_SERVICE)
    const { name: image, id, own } = this.#image
    const { imagePullPolicy } = this.#cluster
    const parts = [id, port, hashOf(this.#dataOf(files)), ...(isNewPod ? [Date.now(), this.#restarts++] : [])]
    const command = own ? [...GATEWAY_POD, String(port)] : null
    return gatewayDeployment({ image, imagePullPolicy, command, port, replicas, version: parts.join(' ') })
  }

  /** Waits until pods, endpoints, DNS and the node's own view of the Services are as wanted. */
  async #settle(changed: ReadonlySet<string>): Promise<void> {
    const { kube } = this.#cluster
    let pods: readonly KubePod[] = []
    const watch = new StartWatch(kube)
    await this.#wait('the pods', async () => {
      pods = await kube.pods()
      const missing = this.#whyPodsAreNotReady(pods)
      if (missing === null) return await this.#whyOldPodsListen(pods)
      const known = await watch.look(this.#awaited, pods)
      return known === null ? missing : `${missing} (${known})`
    })
    await this.#onPods(pods)
    await this.#wait('the endpoints', async () => {
      await this.read()
      return this.#whyEndpointsAreNotReady()
    })
    // While kube-proxy still knows of a pod that is gone, every other connection fails, or is rejected.
    await this.#wait('the ClusterIPs', () => this.#whyNodeDoesNotSee(), changed.size > 0 ? 8 : 1)
    if (changed.size > 0) await this.#wait('cluster DNS', () => this.#whyDnsDoesNotSay(changed), 2)
  }

  #wait(what: string, check: () => Promise<string | null>, times = 1): Promise<void> {
    return waitUntil({ what, check, times, timeoutMs: SETTLE_TIMEOUT_MS, signal: this.#cluster.signal })
  }

  get #awaited(): Awaited[] {
    return [...this.#wanted].map(([name, { replicas, version }]) => {
      return { name, replicas, version, isImageOfChain: name === GATEWAY_SERVICE && !this.#image.own }
    })
  }

  #whyPodsAreNotReady(pods: readonly KubePod[]): string | null {
    for (const [name, { replicas, version }] of this.#wanted) {
      const own = pods.filter(({ app, leaving }) => app === name && !leaving)
      const ready = own.filter((pod) => pod.ready && pod.version === version).length
      if (ready !== replicas) return `Deployment ${name}: ${ready} of ${replicas} pods are ready`
      if (own.length !== replicas) return `Deployment ${name}: ${own.length - replicas} old pods are still there`
    }
    return null
  }

  /** A pod that is leaving stops to listen at once; the API shows it for seconds after that. */
  async #whyOldPodsListen(pods: readonly KubePod[]): Promise<string | null> {
    const leaving = pods.filter((pod) => pod.leaving && !gone.has(pod.name))
    await Promise.all(
      leaving.map(async ({ name, app, address }) => {
        const port = this.#wanted.get(app)?.listens
        if (port === undefined || !(await this.#listens(address, port))) gone.add(name)
      }),
    )
    const listening = leaving.find(({ name }) => !gone.has(name))
    return listening === undefined ? null : `the old pod ${listening.name} still listens`
  }

  async #listens(address: string, port: number): Promise<boolean> {
    const connection = await this.#cluster.relay.connect(address, port, SILENCE_MS)
    if (connection.kind === 'open') connection.socket.destroy()
    return connection.kind === 'open'
  }

  #whyEndpointsAreNotReady(): string | null {
    for (const { name, clusterIP, readyEndpoints } of this.#states) {
      const { exists, replicas } = this.#want(name)
      if (exists !== (clusterIP !== null)) return `Service ${name} ${exists ? 'is not there yet' : 'is still there'}`
      if (exists && readyEndpoints !== replicas) return `Service ${name} has ${readyEndpoints} of ${replicas} endpoints`
    }
    return null
  }

  /** kube-proxy may lag behind the API by a second. */
  async #whyNodeDoesNotSee(): Promise<string | null> {
    const answers = await Promise.all(
      this.#states.map(async ({ name, clusterIP, port, readyEndpoints }) => {
        if (clusterIP === null || this.#isSeenRefusing(name, readyEndpoints)) return null
        const connection = await this.#cluster.relay.connect(clusterIP, port, ANSWER_TIMEOUT_MS)
        if (connection.kind === 'open') connection.socket.destroy()
        if (connection.kind === 'refused') this.#refusals.set(name, (this.#refusals.get(name) ?? 0) + 1)
        const isServed = readyEndpoints > 0 && reachesItsPods(this.#want(name))
        if (connection.kind === (isServed ? 'open' : 'refused')) return null
        return `${clusterIP}:${port} of Service ${name}: ${connection.kind}`
      }),
    )
    return answers.find((answer) => answer !== null) ?? null
  }

  /**
   * A kernel tells a pod only a few times in a row that nobody is there (icmp_ratelimit): what nginx asks next is to be among
   * them. A node tells itself as often as it is asked.
   */
  #isSeenRefusing(name: string, readyEndpoints: number): boolean {
    if (readyEndpoints > 0) this.#refusals.delete(name)
    return this.#cluster.pins === 'given' && (this.#refusals.get(name) ?? 0) >= ENOUGH_REFUSALS
  }

  async #whyDnsDoesNotSay(changed: ReadonlySet<string>): Promise<string | null> {
    for (const name of changed) {
      const clusterIP = this.#states.find((state) => state.name === name)?.clusterIP ?? null
      const addresses = await this.#cluster.relay.resolve(`${name}.${this.#cluster.kube.namespace}.svc.cluster.local`)
      if (addresses.join() !== (clusterIP ?? '')) return `cluster DNS says ${addresses.join() || 'nothing'} for ${name}`
    }
    return null
  }

  /** In the chain's order; one that is not there is there with no ClusterIP. */
  #inOrder(states: readonly ServiceState[]): ServiceState[] {
    return [...this.#wanted].map(
      ([name, { port }]) =>
        states.find((state) => state.name === name) ?? { name, port, clusterIP: null, readyEndpoints: 0 },
    )
  }

  /** What the cluster gave the Services that the chain has pinned, and what stands for the other addresses in its files. */
  async #learnServices(): Promise<void> {
    if (this.#cluster.pins === 'kept') return
    await this.read()
    for (const { name, clusterIP } of this.#chain.services) {
      const given = this.#states.find((state) => state.name === name)?.clusterIP ?? null
      if (clusterIP !== null && given !== null) this.translation.add(clusterIP, given)
    }
    for (const [written, given] of this.#cluster.addresses) this.translation.add(written, given)
    const { source, includes } = nginxFiles(this.#chain)
    const { routes, middleware, auth } = this.#chain.gatewayConfig
    const files = [source, ...includes.values(), routes, middleware, auth]
    await this.learn(...files.flatMap((file) => file?.content ?? []))
  }

  /** The data of ConfigMap `gateway-config`. */
  #dataOf({ routes, middleware, auth }: GatewayConfigFiles): Record<string, string> {
    const data = (name: string, file: Source | null) =>
      file === null ? {} : { [name]: this.translation.toCluster(file.text) }
    return { ...data('routes.yaml', routes), ...data('middleware.yaml', middleware), ...data('auth.yaml', auth) }
  }

  #want(name: string): Wanted {
    const wanted = this.#wanted.get(name)
    if (wanted === undefined) throw new Error(`Failed to find Service "${name}": the chain has none of that name.`)
    return wanted
  }
}

function sorted(data: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1))
}

function hashOf(data: Readonly<Record<string, string>>): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(data)))
    .digest('hex')
    .slice(0, 16)
}

/** A gateway that was restarted with the same files is as good: its version only says more. */
function isOf(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted} `)
}

function versionOf({ spec }: V1Deployment): string {
  return spec?.template.metadata?.annotations?.[VERSION_ANNOTATION] ?? ''
}

function portSpecs(service: Service): PortSpec[] {
  return portsOf(service).map(({ port, targetPort }) => ({ port, targetPort }))
}
