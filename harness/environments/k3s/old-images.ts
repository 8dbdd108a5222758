import type { ContainerRuntimeClient } from 'testcontainers'
import { ownContainers } from './containers.ts'
import { imageName } from './images.ts'

/** The names that we give, and nobody else does. */
const BUILT = /^request-chain:[0-9a-f]{16}$/

/**
 * Removes the images that other versions of the project have built and that no container runs from. One that a cluster is
 * about to need stays: while one is being started, all do.
 * @returns how many that were
 */
export async function removeOldImages(engine: ContainerRuntimeClient): Promise<number> {
  const { dockerode } = engine.container
  const current = imageName()
  if (await isAnyStarting(engine)) return 0
  const images = await dockerode.listImages({ filters: { reference: ['request-chain'] } })
  const used = new Set((await dockerode.listContainers({ all: true })).map(({ ImageID }) => ImageID))
  const old = images
    .filter(({ Id }) => !used.has(Id))
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((name) => BUILT.test(name) && name !== current)
  for (const name of old) await dockerode.getImage(name).remove()
  return old.length
}

/** Whether a cluster has no relay yet, which is the last of its containers. */
async function isAnyStarting(engine: ContainerRuntimeClient): Promise<boolean> {
  const containers = await ownContainers(engine)
  const complete = new Set(containers.flatMap(({ part, cluster }) => (part === 'relay' ? [cluster] : [])))
  return containers.some(({ cluster }) => !complete.has(cluster))
}
