import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { EnvironmentError } from '../environment.ts'
import { clustersOn, ownContainers, removeLeftovers } from './containers.ts'
import { connectEngine } from './engine.ts'
import { hasEnded, KEPT, thisProcess } from './owner.ts'
import { imageNames, LABEL } from './settings.ts'

test('a process that runs owns what it started; one that has ended does not', async () => {
  expect(hasEnded(thisProcess())).toBe(false)
  const child = spawn(process.execPath, ['-e', ''])
  const [host] = thisProcess().split('/')
  await once(child, 'exit')
  expect(hasEnded(`${host}/${child.pid}/1`)).toBe(true)
  expect(hasEnded(`another-machine/${child.pid}/1`)).toBe(false)
})

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
  test('containers of a process that was killed are cleared by the next run; those that are used or kept stay', async () => {
    const engine = await connectEngine()
    const start = async (cluster: string, owner: string): Promise<void> => {
      const container = await engine.container.create({
        Image: imageNames().nginx,
        Labels: { [LABEL.cluster]: cluster, [LABEL.owner]: owner, [LABEL.part]: 'nginx' },
      })
      await engine.container.start(container)
    }
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    const [host] = thisProcess().split('/')
    await start('test-killed', `${host}/${child.pid}/0`)
    await start('test-running', thisProcess())
    // Whoever keeps it may have another folder for temporary files, be another user, or on another host.
    await start('test-kept', KEPT)
    await start('test-elsewhere', 'another-machine/1/1')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const mine = async () => (await ownContainers(engine)).filter(({ cluster }) => cluster.startsWith('test-'))
    const leftovers = (await clustersOn(engine)).filter(({ id, isLeftover }) => id.startsWith('test-') && isLeftover)
    expect(leftovers.map(({ id }) => id)).toEqual(['test-killed'])
    await removeLeftovers(engine)
    const left = async () => (await mine()).map(({ cluster }) => cluster).sort()
    expect(await left()).toEqual(['test-elsewhere', 'test-kept', 'test-running'])
    // A machine was restarted: nobody can use it any more.
    const kept = (await mine()).find(({ cluster }) => cluster === 'test-kept')
    await engine.container.getById(kept?.id ?? '').kill()
    await removeLeftovers(engine)
    expect(await left()).toEqual(['test-elsewhere', 'test-running'])
    for (const { id } of await mine()) await engine.container.getById(id).remove({ force: true, v: true })
  })
})
