import { type ChildProcess, spawn } from 'node:child_process'
import { hostname } from 'node:os'
import path from 'node:path'
import type { ContainerRuntimeClient } from 'testcontainers'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { EnvironmentError } from '../environment.ts'
import { waitUntil } from '../kubernetes/wait-until.ts'
import { breakClaim } from './claim.ts'
import { LABEL } from './claim-holder/protocol.ts'
import { ownContainers, removeLeftovers } from './containers.ts'
import { connectEngine } from './engine.ts'
import { KEPT } from './owner.ts'
import { imageNames } from './settings.ts'

test('without an engine, one sentence and what to do', async () => {
  const before = process.env.DOCKER_HOST
  process.env.DOCKER_HOST = 'tcp://127.0.0.1:1'
  try {
    const error: unknown = await connectEngine().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(EnvironmentError)
    expect(error).toMatchObject({
      message: expect.stringMatching(/^Failed to reach a container engine: .*127\.0\.0\.1:1.*\.$/),
      remedy: expect.stringContaining('DOCKER_HOST'),
    })
  } finally {
    if (before === undefined) delete process.env.DOCKER_HOST
    else process.env.DOCKER_HOST = before
  }
})

await describeTier('k3s', 'leftovers', () => {
  let engine: ContainerRuntimeClient
  const children = new Set<ChildProcess>()

  /** A container that is a part of a cluster, as far as its labels say. */
  const start = async (cluster: string, owner: string): Promise<void> => {
    const container = await engine.container.create({
      Image: imageNames().nginx,
      Labels: { [LABEL.cluster]: cluster, [LABEL.owner]: owner, [LABEL.part]: 'nginx' },
    })
    await engine.container.start(container)
  }

  const left = async (): Promise<string[]> =>
    (await ownContainers(engine)).flatMap(({ cluster }) => (cluster.startsWith('test-') ? [cluster] : [])).sort()

  /** A process that claims something; what it says, line by line. */
  const claiming = (...args: readonly string[]) => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'fixtures/claiming.ts'), ...args])
    children.add(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text))
    const says = (text: string) =>
      waitUntil({ what: `"${text}"`, check: async () => (said.includes(text) ? null : said), timeoutMs: 60_000 })
    return { child, says }
  }

  beforeAll(async () => {
    engine = await connectEngine()
  })

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    for (const { id, cluster } of await ownContainers(engine)) {
      if (cluster.startsWith('test-')) await engine.container.getById(id).remove({ force: true, v: true })
    }
  })

  test('what a killed process had for itself ends without anybody; what is claimed or kept stays', async () => {
    await start('test-killed', 'another-machine/1')
    await start('test-claimed', 'another-machine/2')
    await start('test-kept', KEPT)
    const killed = claiming('request-chain-test-killed', 'test-killed')
    const stays = claiming('request-chain-test-claimed', 'test-claimed')
    await Promise.all([killed.says('claimed'), stays.says('claimed')])
    await removeLeftovers(engine)
    expect(new Set(await left())).toEqual(new Set(['test-killed', 'test-claimed', 'test-kept']))
    killed.child.kill('SIGKILL')
    const check = async () => ((await left()).includes('test-killed') ? 'it is there' : null)
    await waitUntil({ what: 'the end of the cluster', check, timeoutMs: 30_000 })
    await removeLeftovers(engine)
    expect(new Set(await left())).toEqual(new Set(['test-claimed', 'test-kept']))
  })

  test('what nobody claims is a leftover; of a kept cluster, one that has stopped', async () => {
    await start('test-unclaimed', 'another-machine/1')
    await start('test-kept', KEPT)
    await removeLeftovers(engine)
    expect(await left()).toEqual(['test-kept'])
    // A machine was restarted: nobody can use it any more.
    const [stopped] = (await ownContainers(engine)).filter(({ cluster }) => cluster === 'test-kept')
    await engine.container.getById(stopped?.id ?? '').kill()
    await removeLeftovers(engine)
    expect(await left()).toEqual([])
  })

  test('who waits for a claim is told whose it is, and has it when that process is killed', async () => {
    const name = 'request-chain-test-taken'
    const first = claiming(name)
    await first.says('claimed')
    const second = claiming(name)
    await second.says(`waits for process ${first.child.pid} on ${hostname()}`)
    first.child.kill('SIGKILL')
    await second.says('claimed')
    await breakClaim(engine, name)
    await second.says('lost')
  })
})
