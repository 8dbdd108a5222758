import type { KubeConfig } from '@kubernetes/client-node'
import { type Chain, GATEWAY_SERVICE } from '../../chain/chain.ts'
import type { ClientRequest } from '../../chain/client-request.ts'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { headerValue } from '../../chain/message.ts'
import type { OwnedPin, ServiceState } from '../../chain/service.ts'
import type { Destination, Trace } from '../../chain/trace.ts'
import type { WorldChange } from '../../chain/world-change.ts'
import { clientMessage } from '../client-message.ts'
import {
  EnvironmentError,
  type StartOptions,
  UnsupportedError,
  type WebSocketTrace,
  type World,
} from '../environment.ts'
import { exchangeOver } from '../http-exchange.ts'
import { resolveName, serviceAt } from '../kubernetes/cluster-names.ts'
import { GatewayLogs } from '../kubernetes/gateway-logs.ts'
import { Kube } from '../kubernetes/kube.ts'
import { openPortForward } from '../kubernetes/port-forward.ts'
import type { Evidence, InForce } from '../observed/evidence.ts'
import { loadedGateway, loadedSite } from '../observed/in-force.ts'
import { observedTrace } from '../observed/observed-trace.ts'
import { randomFrom, randomHex } from '../random.ts'
import { SiteOnDisk } from '../site-on-disk.ts'
import { apiError } from './api-error.ts'
import { loadKubeConfig } from './kube-config.ts'
import { type ReachablePod, reachablePod } from './reachable-pod.ts'
import type { ClusterOptions } from './settings.ts'

/** Methods that ask for nothing to be changed (RFC 9110 section 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

const CLIENT_TIMEOUT_MS = 300_000

/**
 * The chain as it runs in a namespace that is there, to be read and nothing else.
 * @throws {EnvironmentError} none of the chain's Services is in it, or it cannot be read
 */
export async function attach(chain: Chain, { seed }: StartOptions, options: ClusterOptions): Promise<World> {
  const config = loadKubeConfig(options.kubeconfig)
  const world = new AttachedWorld(chain, seed, config, options.namespace)
  if ((await world.services()).every(({ clusterIP }) => clusterIP === null)) {
    throw new EnvironmentError(
      `Failed to attach to namespace "${options.namespace}": it has none of the chain's Services.`,
      'Name the namespace that the chain runs in.',
    )
  }
  return world
}

class AttachedWorld implements World {
  readonly #chain: Chain
  readonly #random: () => number
  readonly #config: KubeConfig
  readonly #kube: Kube
  readonly #disk: SiteOnDisk

  constructor(chain: Chain, seed: number, config: KubeConfig, namespace: string) {
    this.#chain = chain
    this.#random = randomFrom(seed)
    this.#config = config
    this.#kube = new Kube(config, namespace)
    // A pin was written for the Service that has its address in the chain's own file.
    this.#disk = new SiteOnDisk(
      chain,
      chain.services.map(({ name, clusterIP, port }) => ({ name, clusterIP, port, readyEndpoints: 0 })),
    )
  }

  /** @throws {UnsupportedError} it does not enter past nginx, or might change something */
  async request(request: ClientRequest): Promise<Trace> {
    if (request.via === 'nginx') throw onlyReads('a request via nginx', 'say "via: gateway" or "via: <service>"')
    if (!SAFE_METHODS.has(request.method)) {
      throw onlyReads(`a ${request.method} request`, 'what it asks for may change what runs there')
    }
    const name = request.via === 'gateway' ? GATEWAY_SERVICE : request.via
    const port = this.#chain.services.find((service) => service.name === name)?.port ?? 80
    const requestId = randomHex(this.#random, 32)
    const message = clientMessage(request, requestId, `${name}:${port}`)
    try {
      const pod = await reachablePod(this.#config, this.#kube.namespace, name, port)
      if (pod === null) return { requestId, request: message, response: null, elapsedMs: 0, exchanges: [] }
      return await this.#exchange({ requestId, via: request.via, request: message }, name, pod)
    } catch (error) {
      throw apiError(`send a request to Service "${name}"`, this.#config, error)
    }
  }

  async websocket(): Promise<WebSocketTrace> {
    throw onlyReads('a WebSocket', 'what is sent on it may change what runs there')
  }

  async change({ kind }: WorldChange): Promise<void> {
    throw onlyReads(kind, 'run it in a namespace that chain makes, without --attach')
  }

  async services(): Promise<readonly ServiceState[]> {
    try {
      const states = await this.#kube.serviceStates()
      return this.#chain.services.map(
        ({ name, port }) =>
          states.find((state) => state.name === name) ?? { name, port, clusterIP: null, readyEndpoints: 0 },
      )
    } catch (error) {
      throw apiError(`read the Services of namespace "${this.#kube.namespace}"`, this.#config, error)
    }
  }

  async pins(): Promise<readonly OwnedPin[]> {
    return this.#disk.pins()
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #exchange(
    sent: { readonly requestId: string; readonly via: string; readonly request: RequestMessage },
    service: string,
    { pod, port, container }: ReachablePod,
  ): Promise<Trace> {
    const logs = service === GATEWAY_SERVICE ? await this.#gatewayLogs(pod, container) : null
    try {
      const socket = await openPortForward(this.#config, this.#kube.namespace, pod, port)
      const startedMs = performance.now()
      const timer = setTimeout(() => socket.destroy(), CLIENT_TIMEOUT_MS)
      const outcome = await exchangeOver(socket, sent.request)
      clearTimeout(timer)
      const response = outcome.kind === 'answered' ? outcome.response : null
      const elapsedMs = performance.now() - startedMs
      const idOnTheWire = headerValue(sent.request.headers, 'x-request-id') ?? sent.requestId
      const gatewayLog = (await logs?.takeEntries(idOnTheWire)) ?? []
      const backends = service === GATEWAY_SERVICE ? [] : [recordOf(service, sent.request, response)]
      const evidence: Evidence = { ...sent, response, elapsedMs, nginxLog: '', gatewayLog, backends }
      return observedTrace(evidence, await this.#inForce())
    } finally {
      logs?.close()
    }
  }

  /** Null where its log is not for us to read. */
  async #gatewayLogs(name: string, container: string): Promise<GatewayLogs | null> {
    const logs = new GatewayLogs(this.#kube, this.#chain.gatewayConfig.routes.file, false)
    try {
      await logs.follow([{ name, container }])
      return logs
    } catch {
      logs.close()
      return null
    }
  }

  async #inForce(): Promise<InForce> {
    const states = await this.services()
    const resolve = (host: string): string | null => resolveName(states, this.#kube.namespace, host)
    const destination = (host: string, port: number): Destination => {
      const address = /^[\d.]+$/.test(host) ? host : resolve(host)
      return { host, port, address, service: address === null ? null : serviceAt(states, address) }
    }
    return {
      ...loadedSite(this.#disk, { resolve }),
      ...loadedGateway(this.#chain.gatewayConfig, false),
      serviceAt: (address) => serviceAt(states, address),
      ownerOf: (address) => this.#disk.ownerOf(address),
      destination,
    }
  }
}

/** A Service's pod tells nothing but its answer, which is what a stub would have recorded. */
function recordOf(service: string, received: RequestMessage, answered: ResponseMessage | null) {
  return { service, received, answered }
}

function onlyReads(what: string, because: string): UnsupportedError {
  return new UnsupportedError(what, null, `--attach only reads: ${because}`)
}
