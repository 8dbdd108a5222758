import type { KubeConfig } from '@kubernetes/client-node'
import type { AccessEntry } from '../../../gateway/access-entry.ts'
import { type Chain, GATEWAY_SERVICE } from '../../chain/chain.ts'
import type { ClientRequest } from '../../chain/client-request.ts'
import { headerValue } from '../../chain/message.ts'
import type { OwnedPin, ServiceState } from '../../chain/service.ts'
import type { WorldChange } from '../../chain/world-change.ts'
import type { Rule, Trace } from '../../trace/trace.ts'
import { clientMessage } from '../client-message.ts'
import { destinationOf, dnsOf, serviceAt } from '../cluster-names.ts'
import {
  EnvironmentError,
  type EvidenceFiles,
  type StartOptions,
  UnsupportedError,
  type WebSocketTrace,
  type World,
} from '../environment.ts'
import { exchange } from '../kubernetes/client.ts'
import { Kube } from '../kubernetes/kube.ts'
import { namespaceFiles } from '../kubernetes/namespace-files.ts'
import { openPortForward } from '../kubernetes/port-forward.ts'
import { waitUntil } from '../kubernetes/wait-until.ts'
import { nginxNames } from '../nginx-names.ts'
import { accessEntryOf } from '../observed/access-entry.ts'
import type { Evidence, InForce } from '../observed/evidence.ts'
import { loadedGateway, loadedSite } from '../observed/in-force.ts'
import { observedTrace } from '../observed/observed-trace.ts'
import { orAborted } from '../or-aborted.ts'
import { randomFrom, randomHex } from '../random.ts'
import { SiteOnDisk } from '../site-on-disk.ts'
import { apiError } from './api-error.ts'
import { kubectlLines } from './kubectl-lines.ts'
import { type ReachablePod, reachablePod } from './reachable-pod.ts'
import { whyApiGone } from './why-api-gone.ts'

/** Methods that ask for nothing to be changed (RFC 9110 section 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Production's gateway may write lines of the project's form, or none: it is given so long to show one. */
const LOG_TIMEOUT_MS = 1_000

/**
 * The chain as it runs in a namespace that is there, to be read and nothing else.
 * @throws {EnvironmentError} none of the chain's Services is in it, or it cannot be read @throws the signal's reason
 */
export async function attach(
  chain: Chain,
  { seed, signal }: StartOptions,
  config: KubeConfig,
  namespace: string,
): Promise<World> {
  const world = new AttachedWorld(chain, seed, config, namespace)
  const services = await orAborted(world.services(), signal).catch(async (error: unknown) => {
    throw (await whyApiGone(`attach to namespace "${namespace}"`, config, error)) ?? error
  })
  if (services.every(({ clusterIP }) => clusterIP === null)) {
    throw new EnvironmentError(
      `Failed to attach to namespace "${namespace}": it has none of the chain's Services.`,
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
      return await this.#exchange({ ...request, requestId, request: message }, name, pod)
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

  async listens(): Promise<readonly Rule[]> {
    return this.#disk.listens()
  }

  /** What of the namespace may be read. */
  evidence(): Promise<EvidenceFiles> {
    return namespaceFiles(this.#config, this.#kube.namespace)
  }

  /** It does not enter at nginx. */
  async nginx(): Promise<null> {
    return null
  }

  lookInside(): readonly string[] {
    return kubectlLines(this.#kube)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #exchange(
    sent: Pick<Evidence, 'requestId' | 'via' | 'listener' | 'request'>,
    service: string,
    { pod, port, container }: ReachablePod,
  ): Promise<Trace> {
    const socket = await openPortForward(this.#config, this.#kube.namespace, pod, port)
    const { request, response, elapsedMs } = await exchange(socket, sent.request)
    const isGateway = service === GATEWAY_SERVICE
    const idOnTheWire = headerValue(request.headers, 'x-request-id') ?? sent.requestId
    const gatewayLog = isGateway ? await this.#entriesOf(idOnTheWire, pod, container, elapsedMs) : []
    // A Service's pod tells nothing but its answer, which is what a stub would have recorded.
    const backends = isGateway ? [] : [{ service, received: request, answered: response }]
    const evidence: Evidence = { ...sent, response, elapsedMs, nginxLog: '', gatewayLog, backends }
    return observedTrace(evidence, await this.#inForce())
  }

  /** The lines of one request in the gateway's log. None where it writes none that we could read, or we may not read it. */
  async #entriesOf(requestId: string, pod: string, container: string, elapsedMs: number): Promise<AccessEntry[]> {
    let entries: AccessEntry[] = []
    await waitUntil({
      what: 'the log of the gateway',
      check: async () => {
        const log = await this.#kube.recentLog(pod, container, Math.ceil(elapsedMs / 1_000) + 2)
        const all = log.split('\n').flatMap((line) => accessEntryOf(line, this.#chain.gatewayConfig) ?? [])
        entries = all.filter((entry) => entry.requestId === requestId)
        return entries.length > 0 ? null : 'it has no line for the request'
      },
      timeoutMs: LOG_TIMEOUT_MS,
    }).catch(() => undefined)
    return entries
  }

  async #inForce(): Promise<InForce> {
    const states = await this.services()
    return {
      ...loadedSite(this.#disk, nginxNames(dnsOf(states, this.#kube.namespace), this.#chain)),
      ...loadedGateway(this.#chain.gatewayConfig, false),
      serviceAt: (address) => serviceAt(states, address),
      ownerOf: (address) => this.#disk.ownerOf(address),
      destination: (host, port) => destinationOf(dnsOf(states, this.#kube.namespace), states, host, port),
    }
  }
}

function onlyReads(what: string, because: string): UnsupportedError {
  return new UnsupportedError(what, null, `--attach only reads: ${because}`)
}
