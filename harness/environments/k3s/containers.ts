import type { ContainerRuntimeClient } from 'testcontainers'
import { hasEnded, KEPT } from './owner.ts'
import { LABEL } from './settings.ts'

/** A container of ours, whatever its state. */
export interface OwnContainer {
  readonly id: string
  readonly cluster: string
  readonly owner: string
  readonly part: string
  readonly state: string
}

/** Every container that some run of ours has started on this engine. */
export async function ownContainers({ container }: ContainerRuntimeClient): Promise<OwnContainer[]> {
  const filters = { label: [LABEL.cluster] }
  const found = await container.dockerode.listContainers({ all: true, filters })
  return found.map(({ Id, Labels, State }) => ({
    id: Id,
    cluster: Labels[LABEL.cluster] ?? '',
    owner: Labels[LABEL.owner] ?? '',
    part: Labels[LABEL.part] ?? '',
    state: State,
  }))
}

/** Ends a cluster: all of its containers and their volumes. Nothing happens where it is gone already. */
export async function removeCluster(engine: ContainerRuntimeClient, cluster: string): Promise<void> {
  const containers = (await ownContainers(engine)).filter((container) => container.cluster === cluster)
  const nodes = containers.filter(({ part }) => part === 'node')
  const beside = containers.filter(({ part }) => part !== 'node')
  const removeBeside = async (): Promise<void> => {
    // One by one, the relay first: volumes that two containers share go with the last of them, if the other has gone before.
    const order = beside.toSorted((a, b) => Number(b.part === 'relay') - Number(a.part === 'relay'))
    for (const { id } of order) await removeContainer(engine, id)
  }
  await Promise.all([removeBeside(), ...nodes.map(({ id }) => removeContainer(engine, id))])
}

/**
 * Ends what runs that crashed or were killed have left behind.
 * @param kept the cluster that is kept for later runs; null where there is none, and a kept one is a leftover too
 * @returns how many clusters that were
 */
export async function removeLeftovers(engine: ContainerRuntimeClient, kept: string | null): Promise<number> {
  const leftovers = (await ownContainers(engine)).filter(({ owner, cluster }) =>
    owner === KEPT ? cluster !== kept : hasEnded(owner),
  )
  const clusters = new Set(leftovers.map(({ cluster }) => cluster))
  for (const cluster of clusters) await removeCluster(engine, cluster)
  return clusters.size
}

async function removeContainer({ container }: ContainerRuntimeClient, id: string): Promise<void> {
  try {
    await container.dockerode.getContainer(id).remove({ force: true, v: true })
  } catch (error) {
    // Somebody else removes it, or has.
    if (!(error instanceof Error && /no such container|already in progress/i.test(error.message))) throw error
  }
}
