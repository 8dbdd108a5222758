import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeConfig } from '@kubernetes/client-node'
import { K3sContainer } from '@testcontainers/k3s'
import type { ContainerRuntimeClient } from 'testcontainers'
import { CLUSTER_DNS, NAMESPACE } from '../../chain/cluster-dns.ts'
import { EnvironmentError, NO_EVIDENCE, withEvidence } from '../environment.ts'
import type { Cluster } from '../kubernetes/cluster.ts'
import { inTime } from '../kubernetes/cluster-files.ts'
import { NODE_RELAY } from '../kubernetes/image-programs.ts'
import { Kube } from '../kubernetes/kube.ts'
import { NGINX_COMMAND, NginxHost } from '../kubernetes/nginx-host.ts'
import { CONF_DIR, RELAY_VERSION } from '../kubernetes/node-relay/protocol.ts'
import { NodeRelay } from '../kubernetes/node-relay.ts'
import { RELAY_PORT } from '../kubernetes/settings.ts'
import { type OnProgress, waitUntil } from '../kubernetes/wait-until.ts'
import { orAborted } from '../or-aborted.ts'
import { takeClaim } from './claim.ts'
import { LABEL } from './claim-holder/protocol.ts'
import { ClusterWatch } from './cluster-watch.ts'
import { containerLogs } from './container-logs.ts'
import { removeCluster } from './containers.ts'
import { engineError, engineHost } from './engine.ts'
import { buildImage, ensureImage, ensureTars, loadIntoNode, loadTarsIntoNode } from './images.ts'
import { KEPT } from './owner.ts'
import { imageNames, SERVICE_CIDR } from './settings.ts'

/** Where the relay of a cluster is reached from here, and the word that opens it. */
export interface RelayAddress {
  readonly host: string
  readonly port: number
  readonly token: string
}

/** What another process needs to know to use a cluster: plain data. */
export interface ClusterAddress {
  readonly id: string
  readonly nodeId: string
  readonly nginxId: string
  readonly kubeConfig: string
  readonly relay: RelayAddress
  /** The image of gateway, stubs and relay, as the node has it. */
  readonly image: string
}

/** A k3s node, with nginx and the relay beside it, ready for chains. */
export interface K3sCluster extends Cluster {
  readonly address: ClusterAddress
  readonly engine: ContainerRuntimeClient
  /** Tells when it is gone. */
  readonly watch: ClusterWatch
}

const START_TIMEOUT_MS = 180_000

/** What is being started while it is removed fails within a second, on a machine that is not busy. */
const STOP_TIMEOUT_MS = 10_000

/** A name that cluster DNS knows as soon as it works. */
const DNS_PROBE = 'kubernetes.default.svc.cluster.local'

/**
 * Starts a cluster. Where that fails, the error has what its containers logged, and nothing of it stays.
 * @param owner whose it is: a process, or `KEPT`
 * @param signal ends the start; nothing of it stays then either
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function startCluster(
  engine: ContainerRuntimeClient,
  owner: string,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<K3sCluster> {
  const id = randomBytes(4).toString('hex')
  const labels = (part: string) => ({ [LABEL.cluster]: id, [LABEL.owner]: owner, [LABEL.part]: part })
  const { k3s, nginx } = imageNames()
  onProgress({ phase: 'images', waitsFor: 'the images' })
  const images = [ensureImage(engine, k3s, 'CHAIN_K3S_IMAGE'), ensureImage(engine, nginx, 'CHAIN_NGINX_IMAGE')]
  await orAborted(Promise.all([ensureTars(), ...images]), signal)
  if (owner !== KEPT) await claimOwn(engine, id, signal)
  using watch = new ClusterWatch(engine, id)
  const ended = signal === undefined ? watch.gone : AbortSignal.any([signal, watch.gone])
  const starting = start(engine, id, labels, onProgress, ended)
  try {
    return await orAborted(starting, ended)
  } catch (error) {
    if (signal?.aborted === true) {
      await removeStarting(engine, id, starting)
      throw error
    }
    const known = engineError('start the cluster', error)
    const evidence = await inTime(containerLogs(engine, id), NO_EVIDENCE)
    // Of an engine that is gone, nothing can be removed: the next one that runs does it.
    await removeStarting(engine, id, starting).catch(() => undefined)
    throw withEvidence(known, evidence)
  }
}

/** It ends with this process, however that ends. Nobody else asks for its name. */
async function claimOwn(engine: ContainerRuntimeClient, id: string, signal: AbortSignal | undefined): Promise<void> {
  const image = await buildImage(engine, signal)
  await takeClaim(engine, { name: `request-chain-${id}`, image, cluster: id }, () => undefined, signal)
}

/** Speaks to a cluster that runs, and watches it until its watch is disposed. */
export function openCluster(engine: ContainerRuntimeClient, address: ClusterAddress): K3sCluster {
  const { host, port, token } = address.relay
  const relay = new NodeRelay(async () => connect({ host, port, noDelay: true }), token)
  const nginx = new NginxHost(relay, () => engine.container.getById(address.nginxId).kill({ signal: 'HUP' }))
  const config = new KubeConfig()
  config.loadFromString(address.kubeConfig)
  const kube = new Kube(config, NAMESPACE)
  return {
    address,
    engine,
    watch: new ClusterWatch(engine, address.id),
    kube,
    relay,
    nginx,
    image: address.image,
    imagePullPolicy: 'Never',
    pins: 'kept',
    addresses: new Map(),
    evidence: () => containerLogs(engine, address.id),
    lookInside: [
      `npx chain env kubeconfig --id ${address.id} > k3s.yaml`,
      `kubectl --kubeconfig k3s.yaml -n ${NAMESPACE} get pods,services,endpoints`,
      `npx chain env logs gateway nginx --id ${address.id}`,
      `docker exec -it ${address.nginxId.slice(0, 12)} sh`,
    ],
  }
}

/** What is still being made when it is removed fails for want of what is gone; what it has made by then goes after it. */
async function removeStarting(
  engine: ContainerRuntimeClient,
  id: string,
  starting: Promise<K3sCluster>,
): Promise<void> {
  await removeCluster(engine, id)
  const timer = new AbortController()
  const timeout = sleep(STOP_TIMEOUT_MS, null, { signal: timer.signal })
  await Promise.race([starting, timeout]).catch(() => undefined)
  timer.abort()
  await removeCluster(engine, id)
}

type Labels = (part: string) => Record<string, string>

async function start(
  engine: ContainerRuntimeClient,
  id: string,
  labels: Labels,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
) {
  onProgress({ phase: 'cluster', waitsFor: 'the node' })
  const token = randomBytes(16).toString('hex')
  const container = nodeContainer(engine, imageNames().k3s, labels('node'), signal)
  const started = container.start()
  started.catch(container.running.reject)
  // While Kubernetes comes up there is time for the images, and its container engine is there long before.
  const furnish = async () => {
    const [nodeId, image] = await allOrNone([container.running.promise, buildImage(engine, signal)])
    const load = async (): Promise<void> => {
      await containerdOf(engine, nodeId, signal)
      onProgress({ phase: 'images', waitsFor: 'the images to be in the node' })
      await loadIntoNode(engine, nodeId, image)
      signal?.throwIfAborted()
      await loadTarsIntoNode(engine, nodeId)
    }
    const [nginxId] = await allOrNone([startBesideNode(engine, nodeId, image, token, labels, signal), load()])
    return { nodeId, nginxId, image }
  }
  const [node, { nodeId, nginxId, image }] = await allOrNone([started, furnish()])
  const relay: RelayAddress = { host: node.getHost(), port: node.getMappedPort(RELAY_PORT), token }
  const address = { id, nodeId, nginxId, kubeConfig: node.getKubeConfig(), relay, image }
  const cluster = openCluster(engine, address)
  await ready(cluster, onProgress, signal)
  return cluster
}

/** Waits for all of them even where one fails: what is still being started then could not be cleared. */
async function allOrNone<Results extends readonly unknown[]>(
  tasks: readonly [...{ [At in keyof Results]: Promise<Results[At]> }],
): Promise<Results> {
  await Promise.allSettled(tasks)
  return Promise.all(tasks) as Promise<Results>
}

/** Tells when its container runs, which is long before Kubernetes does. */
class NodeContainer extends K3sContainer {
  /** The container's id. */
  readonly running = Promise.withResolvers<string>()
  readonly #signal: AbortSignal | undefined
  #id = ''

  /** @param signal keeps it from being started, where it aborts while it is made */
  constructor(image: string, signal: AbortSignal | undefined) {
    super(image)
    this.#signal = signal
  }

  protected override async containerCreated(id: string): Promise<void> {
    this.#signal?.throwIfAborted()
    this.#id = id
  }

  protected override async containerStarting(): Promise<void> {
    this.running.resolve(this.#id)
  }
}

/** Without what k3s brings along for others: an ingress and a load balancer would want port 80 for themselves. */
function nodeContainer(
  engine: ContainerRuntimeClient,
  image: string,
  labels: Record<string, string>,
  signal: AbortSignal | undefined,
): NodeContainer {
  const host = engineHost(engine)
  const node = new NodeContainer(image, signal)
  node
    .withCommand(['server', '--disable=traefik,servicelb,metrics-server,local-storage', `--tls-san=${host}`])
    .withExposedPorts(RELAY_PORT)
    .withLabels(labels)
    .withAutoCleanup(false)
    .withStartupTimeout(START_TIMEOUT_MS)
  return node
}

/** Waits until images can be put into the node. */
async function containerdOf(
  { container }: ContainerRuntimeClient,
  nodeId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const check = async (): Promise<string | null> => {
    const { exitCode } = await container.exec(container.getById(nodeId), ['k3s', 'ctr', 'version'])
    return exitCode === 0 ? null : 'it does not answer'
  }
  const what = 'the container engine of the node'
  await waitUntil({ what, check, timeoutMs: START_TIMEOUT_MS, pauseMs: 200, signal })
}

/** nginx and the relay, in the node's network as on the production host. */
async function startBesideNode(
  { container }: ContainerRuntimeClient,
  nodeId: string,
  image: string,
  token: string,
  labels: Labels,
  signal: AbortSignal | undefined,
): Promise<string> {
  const NetworkMode = `container:${nodeId}`
  const nginx = await container.create({
    Image: imageNames().nginx,
    Entrypoint: NGINX_COMMAND,
    Volumes: { [CONF_DIR]: {}, '/var/log/nginx': {} },
    Labels: labels('nginx'),
    HostConfig: { NetworkMode },
  })
  await container.start(nginx)
  signal?.throwIfAborted()
  const relay = await container.create({
    Image: image,
    Cmd: [...NODE_RELAY],
    // It writes nginx's files, which are root's.
    User: '0',
    Env: [`RELAY_PORT=${RELAY_PORT}`, `RELAY_TOKEN=${token}`, `CLUSTER_DNS=${CLUSTER_DNS}`],
    Labels: { ...labels('relay'), [LABEL.relay]: String(RELAY_VERSION) },
    HostConfig: { NetworkMode, VolumesFrom: [nginx.id] },
  })
  await container.start(relay)
  return nginx.id
}

async function ready(cluster: K3sCluster, onProgress: OnProgress, signal: AbortSignal | undefined): Promise<void> {
  const { kube, relay, engine, address } = cluster
  const wait = (what: string, check: () => Promise<string | null>, times = 1): Promise<void> =>
    waitUntil({
      what,
      check,
      times,
      timeoutMs: START_TIMEOUT_MS,
      onWait: (waitsFor) => onProgress({ phase: 'cluster', waitsFor }),
      signal,
    })
  await wait('the Kubernetes API', () => kube.whyNodeIsNotReady().catch(() => 'the Kubernetes API does not answer'), 2)
  await kube.ensureNamespace()
  await wait(`namespace ${NAMESPACE}`, () => kube.whyNamespaceIsNotReady())
  await wait('the relay', () =>
    relay.logSince(0).then(
      () => null,
      () => 'the relay beside nginx does not answer',
    ),
  )
  const dns = async () => ((await relay.resolve(DNS_PROBE)).length > 0 ? null : 'cluster DNS does not answer')
  await wait('cluster DNS', dns, 2)
  await execute(engine, address.nodeId, DROP_STALE)
}

/**
 * A ClusterIP that no Service has must not leave the node. Here and not earlier: what kube-proxy translates no longer has that
 * destination, and what it rejects (a Service without endpoints) has been rejected.
 */
const DROP_STALE = `iptables -t mangle -A POSTROUTING -d ${SERVICE_CIDR} -j DROP`

async function execute({ container }: ContainerRuntimeClient, id: string, script: string): Promise<void> {
  const { exitCode, output } = await container.exec(container.getById(id), ['sh', '-c', script])
  if (exitCode === 0) return
  throw new EnvironmentError(
    `Failed to prepare the node: "${script.split(' ', 1)[0]}" says ${output.trim()}.`,
    'The image of CHAIN_K3S_IMAGE has to be a k3s one.',
  )
}
