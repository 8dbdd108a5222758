import type { ContainerRuntimeClient } from 'testcontainers'
import { EnvironmentError } from '../environment.ts'
import { ownContainers } from './containers.ts'
import { keptId } from './kept.ts'

/** The containers of a cluster, by the parts of it that they are: `node`, `nginx`, `relay`. One that is being started lacks some. */
export type ClusterContainers = ReadonlyMap<string, string>

/**
 * A cluster on the engine, whoever uses it.
 * @param id as `chain env status` lists it; null for the one that is kept
 * @param doing what it is wanted for: `read logs`
 * @throws {EnvironmentError} there is none
 */
export async function findCluster(
  engine: ContainerRuntimeClient,
  id: string | null,
  doing: string,
): Promise<ClusterContainers> {
  const wanted = id ?? (await keptId(engine))
  if (wanted === null) {
    throw new EnvironmentError(
      `Failed to ${doing}: no cluster is kept.`,
      'Start one by "chain env up", or name one of those that "chain env status" lists: --id ID.',
    )
  }
  const containers = (await ownContainers(engine)).filter(({ cluster }) => cluster === wanted)
  if (containers.length > 0) return new Map(containers.map(({ part, id: container }) => [part, container]))
  throw new EnvironmentError(
    `Failed to ${doing}: there is no cluster "${wanted}" on this engine.`,
    'See which there are: chain env status.',
  )
}
