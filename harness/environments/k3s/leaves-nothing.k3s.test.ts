import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { EnvironmentError } from '../environment.ts'
import { ownContainers, removeLeftovers } from './containers.ts'
import { connectEngine } from './engine.ts'
import { hasEnded, thisProcess } from './owner.ts'
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
  test('containers of a process that was killed are cleared by the next run; those of one that runs stay', async () => {
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
    child.kill('SIGKILL')
    await once(child, 'exit')
    const mine = async () => (await ownContainers(engine)).filter(({ cluster }) => cluster.startsWith('test-'))
    const keep = (await ownContainers(engine)).find(({ owner }) => owner === 'kept')?.cluster ?? null
    await removeLeftovers(engine, keep)
    expect((await mine()).map(({ cluster }) => cluster)).toEqual(['test-running'])
    for (const { id } of await mine()) await engine.container.getById(id).remove({ force: true, v: true })
  })
})
