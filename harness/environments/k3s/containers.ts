import type { ContainerRuntimeClient } from 'testcontainers'
import { CLAIM, LABEL } from './claim-holder/protocol.ts'
import { KEPT } from './owner.ts'

/** A container of ours, whatever its state. */
export interface OwnContainer {
  readonly id: string
  readonly cluster: string
  readonly owner: string
  readonly part: string
  /** The version of the protocol that a relay speaks; empty for any other. */
  readonly relay: string
  readonly state: string
  /** When it was made, ISO 8601, UTC. */
  readonly createdAt: string
}

/** Every container that some run of ours has started on this engine. */
export async function ownContainers({ container }: ContainerRuntimeClient): Promise<OwnContainer[]> {
  const filters = { label: [LABEL.cluster] }
  const found = await container.dockerode.listContainers({ all: true, filters })
  return found.map(({ Id, Labels, State, Created }) => ({
    id: Id,
    cluster: Labels[LABEL.cluster] ?? '',
    owner: Labels[LABEL.owner] ?? '',
    part: Labels[LABEL.part] ?? '',
    relay: Labels[LABEL.relay] ?? '',
    state: State,
    createdAt: new Date(Created * 1000).toISOString(),
  }))
}

/** Ends a cluster: all of its containers and their volumes. Nothing happens where it is gone already. */
export async function removeCluster(engine: ContainerRuntimeClient, cluster: string): Promise<void> {
  const containers = (await ownContainers(engine)).filter((container) => container.cluster === cluster)
  const idsOf = (part: string): string[] => containers.flatMap((one) => (one.part === part ? [one.id] : []))
  const removeBeside = async (): Promise<void> => {
    // One by one, the relay first: volumes that two containers share go with the last of them, if the other has gone before.
    for (const id of [...idsOf('relay'), ...idsOf('nginx')]) await removeContainer(engine, id)
  }
  await Promise.all([removeBeside(), ...idsOf('node').map((id) => removeContainer(engine, id))])
  // As long as it is there, it ends the rest if this process is killed now.
  for (const id of idsOf(CLAIM)) await removeContainer(engine, id)
}

/** A cluster on the engine, whoever started it, from wherever. */
export interface ClusterOnEngine {
  readonly id: string
  /** A process, as {@link thisProcess} names it, or {@link KEPT}. */
  readonly owner: string
  readonly startedAt: string
  /** Whether nobody can use it any more: its process has ended, or a part of it has (a machine was restarted). */
  readonly isLeftover: boolean
}

/** Every cluster of ours on this engine. */
export async function clustersOn(engine: ContainerRuntimeClient): Promise<ClusterOnEngine[]> {
  const byCluster = Map.groupBy(await ownContainers(engine), ({ cluster }) => cluster)
  return [...byCluster].map(([id, containers]) => {
    const owner = containers[0]?.owner ?? ''
    const [startedAt = ''] = containers.map(({ createdAt }) => createdAt).sort()
    const hasStopped = containers.some(({ state }) => state === 'exited' || state === 'dead')
    const isClaimed = containers.some(({ part }) => part === CLAIM)
    return { id, owner, startedAt, isLeftover: owner === KEPT ? hasStopped : !isClaimed }
  })
}

/**
 * Ends what has been left behind, and is not ended by its claim: an engine was restarted, or somebody has removed a part of it. A
 * cluster that is kept is nobody's leftover as long as it runs.
 * @returns how many clusters that were
 */
export async function removeLeftovers(engine: ContainerRuntimeClient): Promise<number> {
  const leftovers = (await clustersOn(engine)).filter(({ isLeftover }) => isLeftover)
  for (const { id } of leftovers) await removeCluster(engine, id)
  return leftovers.length
}

async function removeContainer({ container }: ContainerRuntimeClient, id: string): Promise<void> {
  try {
    await container.dockerode.getContainer(id).remove({ force: true, v: true })
  } catch (error) {
    // Somebody else removes it, or has.
    if (!(error instanceof Error && /no such container|already in progress/i.test(error.message))) throw error
  }
}
