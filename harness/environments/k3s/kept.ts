import type { ContainerRuntimeClient } from 'testcontainers'
import { RELAY_VERSION } from '../kubernetes/node-relay/protocol.ts'
import { RELAY_PORT } from '../kubernetes/settings.ts'
import type { OnProgress } from '../kubernetes/wait-until.ts'
import { breakClaim, type Claim, type Claimed, type Holder, holderOf, takeClaim } from './claim.ts'
import { type ClusterAddress, type K3sCluster, openCluster, startCluster } from './cluster.ts'
import { clustersOn, ownContainers, removeCluster, removeLeftovers } from './containers.ts'
import { connectEngine, engineHost, publishedPort } from './engine.ts'
import { buildImage, isInNode, loadIntoNode } from './images.ts'
import { kubeConfigOf } from './kube-config.ts'
import { KEPT, ownerText } from './owner.ts'

/** The cluster that an engine keeps for later runs of anybody: there is one at most, and the engine itself says what it is. */
export interface KeptCluster {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  /** Who uses it; null where nobody does. */
  readonly usedBy: Holder | null
}

/** The name of the container that stands for whoever uses, starts or ends the cluster. */
const CLAIM_NAME = 'request-chain-kept'

/**
 * Starts a cluster that stays when this process ends, where none is kept yet.
 * @param signal ends the start, and what has been started with it
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function up(onProgress: OnProgress, signal?: AbortSignal): Promise<KeptCluster> {
  const engine = await connectEngine()
  const there = await findKept(engine)
  if (there !== null) return keptOf(engine, there)
  const claim = await claimKept(engine, onProgress, signal)
  try {
    const found = await findKept(engine)
    if (found !== null) return await keptOf(engine, found)
    // Of another version of the relay, or half of one.
    await removeKept(engine)
    await removeLeftovers(engine)
    const { watch } = await startCluster(engine, KEPT, onProgress, signal)
    watch[Symbol.dispose]()
    const started = await findKept(engine)
    if (started === null) throw new Error('the cluster that was started is not there')
    return await keptOf(engine, started)
  } finally {
    await claim.giveBack()
  }
}

/** What {@link down} has ended, and left alone. */
export interface Ended {
  readonly clusters: number
  /** Clusters that runs have for themselves. */
  readonly others: number
}

/**
 * Ends the cluster that is kept, as soon as nobody uses it, and clears what killed runs have left behind.
 * @param all also what is in use, and at once
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function down(onProgress: OnProgress, all: boolean, signal?: AbortSignal): Promise<Ended> {
  const engine = await connectEngine()
  if (all) await breakClaim(engine, CLAIM_NAME)
  const isAny = (await clustersOn(engine)).length > 0
  if (!isAny) return { clusters: 0, others: 0 }
  const claim = await claimKept(engine, onProgress, signal)
  try {
    const clusters = await clustersOn(engine)
    const ended = clusters.filter(({ owner, isLeftover }) => all || isLeftover || owner === KEPT)
    for (const { id } of ended) await removeCluster(engine, id)
    return { clusters: ended.length, others: clusters.length - ended.length }
  } finally {
    await claim.giveBack()
  }
}

/** The cluster that is kept; null where there is none. @throws {EnvironmentError} */
export async function kept(): Promise<KeptCluster | null> {
  const engine = await connectEngine()
  const found = await findKept(engine)
  return found === null ? null : keptOf(engine, found)
}

/** The id of the cluster that is kept; null where there is none. */
export async function keptId(engine: ContainerRuntimeClient): Promise<string | null> {
  return (await findKept(engine))?.id ?? null
}

/**
 * The kept cluster for this process alone, until it gives it back; null where none is kept.
 * @param signal ends the waiting for another process that has it
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function takeKept(
  engine: ContainerRuntimeClient,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<{ readonly cluster: K3sCluster; readonly giveBack: () => Promise<void> } | null> {
  if ((await findKept(engine)) === null) return null
  const claim = await claimKept(engine, onProgress, signal)
  try {
    const found = await findKept(engine)
    if (found !== null) {
      const cluster = openCluster(engine, await addressOf(engine, found))
      const lose = (): void => cluster.watch.loseToAnother()
      claim.lost.addEventListener('abort', lose)
      // It may have been taken while the cluster was made ready.
      if (claim.lost.aborted) lose()
      return { cluster, giveBack: claim.giveBack }
    }
  } catch (error) {
    await claim.giveBack()
    throw error
  }
  await claim.giveBack()
  return null
}

async function claimKept(
  engine: ContainerRuntimeClient,
  onProgress: OnProgress,
  signal: AbortSignal | undefined,
): Promise<Claim> {
  const claimed: Claimed = { name: CLAIM_NAME, image: await buildImage(engine, signal), cluster: null }
  const onWait = (holder: Holder): void =>
    onProgress({ phase: 'wait', waitsFor: `the cluster, which ${usedText(holder)}` })
  return takeClaim(engine, claimed, onWait, signal)
}

/** Who uses a cluster, and since when, as the end of a sentence: `is in use by process 4711 on build-3 since …`. */
export function usedText({ owner, since }: Holder): string {
  return `is in use by ${ownerText(owner)} since ${since}`
}

/** The parts of the cluster that is kept, where all of them run. */
interface Parts {
  readonly id: string
  readonly startedAt: string
  readonly nodeId: string
  readonly nginxId: string
  readonly relayId: string
}

async function findKept(engine: ContainerRuntimeClient): Promise<Parts | null> {
  const containers = await ownContainers(engine)
  const running = containers.filter(({ owner, state }) => owner === KEPT && state === 'running')
  for (const [id, parts] of Map.groupBy(running, ({ cluster }) => cluster)) {
    const part = (name: string) => parts.find((container) => container.part === name)
    const [node, nginx, relay] = [part('node'), part('nginx'), part('relay')]
    // The relay of another version cannot be spoken to. It is the last that is started.
    if (node === undefined || nginx === undefined || relay?.relay !== String(RELAY_VERSION)) continue
    return { id, startedAt: node.createdAt, nodeId: node.id, nginxId: nginx.id, relayId: relay.id }
  }
  return null
}

async function removeKept(engine: ContainerRuntimeClient): Promise<void> {
  const clusters = await clustersOn(engine)
  for (const { id, owner } of clusters) if (owner === KEPT) await removeCluster(engine, id)
}

async function keptOf(engine: ContainerRuntimeClient, { id, startedAt }: Parts): Promise<KeptCluster> {
  return { id, startedAt, usedBy: await holderOf(engine, CLAIM_NAME) }
}

/** How it is reached. It may have been started by an older version of the project: then the node gets today's image. */
async function addressOf(
  engine: ContainerRuntimeClient,
  { id, nodeId, nginxId, relayId }: Parts,
): Promise<ClusterAddress> {
  const image = await buildImage(engine)
  if (!(await isInNode(engine, nodeId, image))) await loadIntoNode(engine, nodeId, image)
  const { Config } = await engine.container.getById(relayId).inspect()
  const [, token = ''] = Config.Env.map((one) => one.split('=')).find(([name]) => name === 'RELAY_TOKEN') ?? []
  const relay = { host: engineHost(engine), port: await publishedPort(engine, nodeId, RELAY_PORT), token }
  return { id, nodeId, nginxId, kubeConfig: await kubeConfigOf(engine, nodeId), relay, image }
}
