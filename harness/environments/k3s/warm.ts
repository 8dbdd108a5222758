import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { lock } from 'proper-lockfile'
import type { ContainerRuntimeClient } from 'testcontainers'
import { z } from 'zod'
import { EnvironmentError } from '../environment.ts'
import { RELAY_VERSION } from '../kubernetes/node-relay/protocol.ts'
import type { OnProgress } from '../kubernetes/wait-until.ts'
import { orAborted } from '../or-aborted.ts'
import { type ClusterAddress, type K3sCluster, openCluster, startCluster } from './cluster.ts'
import type { ClusterWatch } from './cluster-watch.ts'
import { clustersOn, ownContainers, removeCluster, removeLeftovers } from './containers.ts'
import { connectEngine } from './engine.ts'
import { buildImage, loadIntoNode } from './images.ts'
import { KEPT } from './owner.ts'

/** How long a run waits for another one that has the warm cluster. */
const LOCK_RETRY = { forever: true, minTimeout: 200, maxTimeout: 1_000, factor: 1.2 }

const stateFile = z.object({
  startedAt: z.string(),
  // The relay of another version cannot be spoken to: its cluster is a leftover.
  relayVersion: z.literal(RELAY_VERSION),
  cluster: z.object({
    id: z.string(),
    nodeId: z.string(),
    nginxId: z.string(),
    kubeConfig: z.string(),
    relay: z.object({ host: z.string(), port: z.number(), token: z.string() }),
    image: z.string(),
  }),
})

/** The cluster that is kept for later runs. */
export interface WarmStatus {
  readonly id: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly image: string
  /** A kubeconfig for it, to look at it by hand. */
  readonly kubeConfig: string
}

/**
 * Starts a cluster that stays when this process ends, where none is kept yet.
 * @param signal ends the start, and what has been started with it
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function up(onProgress: OnProgress, signal?: AbortSignal): Promise<WarmStatus> {
  const engine = await orAborted(connectEngine(), signal)
  const unlock = await orAborted(takeLock(onProgress), signal)
  try {
    const found = await findWarm(engine)
    if (found !== null) return found.status
    await removeLeftovers(engine)
    const { address, watch } = await startCluster(engine, KEPT, onProgress, signal)
    watch[Symbol.dispose]()
    const startedAt = new Date().toISOString()
    writeState(startedAt, address)
    return statusOf(startedAt, address)
  } finally {
    await unlock()
  }
}

/** What {@link down} has ended, and left alone. */
export interface Ended {
  readonly clusters: number
  /** Clusters that others use, or keep. */
  readonly others: number
}

/**
 * Ends the cluster that is kept, and clears what crashed runs have left behind.
 * @param all also those of others: in use, or kept by somebody in another folder, as another user, or on another host
 * @throws {EnvironmentError}
 */
export async function down(onProgress: OnProgress, all: boolean): Promise<Ended> {
  const engine = await connectEngine()
  const unlock = await takeLock(onProgress)
  try {
    const kept = readState()?.cluster.id
    rmSync(paths().state, { force: true })
    const clusters = await clustersOn(engine)
    const ended = clusters.filter(({ id, isLeftover }) => all || isLeftover || id === kept)
    for (const { id } of ended) await removeCluster(engine, id)
    return { clusters: ended.length, others: clusters.length - ended.length }
  } finally {
    await unlock()
  }
}

/** The cluster that is kept; null where there is none. @throws {EnvironmentError} */
export async function status(): Promise<WarmStatus | null> {
  return (await findWarm(await connectEngine()))?.status ?? null
}

/**
 * The warm cluster for this process alone, until it gives it back; null where none is kept.
 * @throws {EnvironmentError}
 */
export async function takeWarmCluster(
  engine: ContainerRuntimeClient,
  onProgress: OnProgress,
): Promise<{ readonly cluster: K3sCluster; readonly giveBack: () => Promise<void> } | null> {
  let watch: ClusterWatch | null = null
  let isLost = false
  const unlock = await takeLock(onProgress, () => {
    isLost = true
    watch?.loseToAnother()
  })
  try {
    const found = await findWarm(engine)
    await removeLeftovers(engine)
    if (found !== null) {
      const address = await withCurrentImage(engine, found.address)
      if (address !== found.address) writeState(found.status.startedAt, address)
      const cluster = openCluster(engine, address)
      watch = cluster.watch
      // What another run has is not ours to give.
      return { cluster, giveBack: async () => (isLost ? undefined : unlock()) }
    }
  } catch (error) {
    await unlock()
    throw error
  }
  await unlock()
  return null
}

/** A cluster that was started by an older version of the project gets today's image. The relay stays: it is told by its protocol. */
async function withCurrentImage(engine: ContainerRuntimeClient, address: ClusterAddress): Promise<ClusterAddress> {
  const image = await buildImage(engine)
  if (image === address.image) return address
  await loadIntoNode(engine, address.nodeId, image)
  return { ...address, image }
}

async function findWarm(engine: ContainerRuntimeClient) {
  const state = readState()
  if (state === null) return null
  const { cluster: address, startedAt } = state
  const containers = (await ownContainers(engine)).filter(({ cluster }) => cluster === address.id)
  if (containers.length === 3 && containers.every((container) => container.state === 'running')) {
    return { address, status: statusOf(startedAt, address) }
  }
  // It has ended, or half of it has: a machine was restarted.
  await removeCluster(engine, address.id)
  rmSync(paths().state, { force: true })
  return null
}

function statusOf(startedAt: string, { id, image, kubeConfig }: ClusterAddress): WarmStatus {
  return { id, startedAt, image, kubeConfig }
}

/** The state names a token and a kubeconfig: it is the user's alone. */
function paths(): { readonly folder: string; readonly state: string } {
  const folder = path.join(tmpdir(), `request-chain-${userInfo().username}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  return { folder, state: path.join(folder, 'k3s.json') }
}

function readState() {
  try {
    return stateFile.parse(JSON.parse(readFileSync(paths().state, 'utf8')))
  } catch {
    return null
  }
}

function writeState(startedAt: string, cluster: ClusterAddress): void {
  writeFileSync(paths().state, JSON.stringify({ startedAt, relayVersion: RELAY_VERSION, cluster }), { mode: 0o600 })
}

/**
 * A process that was killed no longer renews its lock, which then counts as given back.
 * @param onLost another has it, since this process slept for longer than it lasts
 */
async function takeLock(onProgress: OnProgress, onLost: () => void = () => undefined): Promise<() => Promise<void>> {
  const { folder } = paths()
  const options = { realpath: false, lockfilePath: path.join(folder, 'k3s.lock'), stale: 15_000, onCompromised: onLost }
  try {
    return await lock(folder, options)
  } catch {
    onProgress({ phase: 'wait', waitsFor: 'another run has the cluster' })
  }
  try {
    return await lock(folder, { ...options, retries: LOCK_RETRY })
  } catch (error) {
    throw new EnvironmentError(
      `Failed to take the cluster: another run has it (${error instanceof Error ? error.message : String(error)}).`,
      'Let it end, or run "chain env down".',
      { cause: error },
    )
  }
}
