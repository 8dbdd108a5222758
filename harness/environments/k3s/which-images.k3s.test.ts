import { afterEach, expect, test, vi } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { LABEL } from './claim-holder/protocol.ts'
import { removeCluster } from './containers.ts'
import { connectEngine } from './engine.ts'
import { removeOldImages } from './old-images.ts'
import { otherImages, otherImagesText } from './other-images.ts'
import { thisProcess } from './owner.ts'
import { imageNames } from './settings.ts'

await describeTier('k3s', 'which images', async () => {
  const CLUSTER = 'test-images'
  const { nginx } = imageNames()
  const made = new Set<string>()

  afterEach(async () => {
    vi.unstubAllEnvs()
    const engine = await connectEngine()
    await removeCluster(engine, CLUSTER)
    for (const name of made)
      await engine.container.dockerode
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined)
  })

  /** A container that is a part of a cluster, as far as its labels say; it need not run. */
  const createPart = async (part: string, image: string) =>
    (await connectEngine()).container.dockerode.createContainer({
      Image: image,
      Labels: { [LABEL.cluster]: CLUSTER, [LABEL.owner]: thisProcess(), [LABEL.part]: part },
    })

  /** An image that is another one than nginx's, with the same files. */
  const commit = async (repo: string, tag: string): Promise<string> => {
    const container = await createPart('commit', nginx)
    await container.commit({ repo, tag, changes: `LABEL test=${repo}-${tag}` })
    await container.remove()
    made.add(`${repo}:${tag}`)
    return `${repo}:${tag}`
  }

  const names = async (): Promise<string[]> => {
    const images = await (await connectEngine()).container.dockerode.listImages()
    return images.flatMap(({ RepoTags }) => RepoTags ?? [])
  }

  test('a cluster that runs another nginx than the one asked for is told by both names; another tag of it is not', async () => {
    const engine = await connectEngine()
    const other = await commit('request-chain-test-nginx', 'other')
    await createPart('node', imageNames().k3s)
    await createPart('nginx', nginx)
    expect(await otherImages(engine, CLUSTER)).toEqual([])
    await engine.container.dockerode.getImage(nginx).tag({ repo: 'request-chain-test-nginx', tag: 'same' })
    made.add('request-chain-test-nginx:same')
    vi.stubEnv('CHAIN_NGINX_IMAGE', 'request-chain-test-nginx:same')
    expect(await otherImages(engine, CLUSTER)).toEqual([])
    vi.stubEnv('CHAIN_NGINX_IMAGE', other)
    const others = await otherImages(engine, CLUSTER)
    expect(otherImagesText(others)).toBe(`it runs ${nginx}, not ${other}`)
  })

  test('images of older builds go, unless a container runs from them or a cluster is being started', async () => {
    const engine = await connectEngine()
    const unused = await commit('request-chain', '0000000000000001')
    const used = await commit('request-chain', '0000000000000002')
    const own = await commit('request-chain', 'of-my-own')
    await createPart('node', nginx)
    expect(await removeOldImages(engine)).toBe(0)
    await createPart('relay', used)
    expect(await removeOldImages(engine)).toBeGreaterThanOrEqual(1)
    const left = await names()
    expect(left).toEqual(expect.arrayContaining([used, own]))
    expect(left).not.toContain(unused)
  })
})
