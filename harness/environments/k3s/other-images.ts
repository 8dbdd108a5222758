import type { ContainerRuntimeClient } from 'testcontainers'
import { LABEL } from './claim-holder/protocol.ts'
import { ensureImage, imageId } from './images.ts'
import { imageNames } from './settings.ts'

/** An image that a cluster runs where another one is asked for, by their names. */
export interface OtherImage {
  readonly runs: string
  readonly asked: string
}

/** The images of a cluster that are not those asked for. Their ids are compared: a tag may move. @throws {EnvironmentError} */
export async function otherImages(engine: ContainerRuntimeClient, cluster: string): Promise<OtherImage[]> {
  const filters = { label: [`${LABEL.cluster}=${cluster}`] }
  const containers = await engine.container.dockerode.listContainers({ all: true, filters })
  const { k3s, nginx } = imageNames()
  const others: OtherImage[] = []
  for (const [part, asked, namedBy] of [
    ['node', k3s, 'CHAIN_K3S_IMAGE'],
    ['nginx', nginx, 'CHAIN_NGINX_IMAGE'],
  ] as const) {
    const container = containers.find(({ Labels }) => Labels[LABEL.part] === part)
    if (container === undefined) continue
    await ensureImage(engine, asked, namedBy)
    if ((await imageId(engine, asked)) !== container.ImageID) others.push({ runs: container.Image, asked })
  }
  return others
}

/** What a cluster runs, and what is asked for: `it runs nginx:1.22, not nginx:1.29`. */
export function otherImagesText(others: readonly OtherImage[]): string {
  return `it runs ${others.map(({ runs, asked }) => `${runs}, not ${asked}`).join(', and ')}`
}
