import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { waitUntil } from '../kubernetes/wait-until.ts'
import { ownContainers } from './containers.ts'
import { connectEngine } from './engine.ts'
import { imageNames } from './settings.ts'

const REPO = 'request-chain-test-never-ready'
/** A start that is not interrupted waits longer than this for a node that never comes up. */
const TEST_TIMEOUT_MS = 60_000

await describeTier('k3s', 'Ctrl-C during the start of a cluster', () => {
  const volumes = async (): Promise<string[]> => {
    const { container } = await connectEngine()
    return (await container.dockerode.listVolumes()).Volumes.map(({ Name }) => Name)
  }

  /** The containers of a process, by the parts of a cluster that they are. */
  const partsOf = async (pid: number | undefined): Promise<string[]> =>
    (await ownContainers(await connectEngine()))
      .filter(({ owner }) => owner.split('/')[1] === String(pid))
      .map(({ part }) => part)

  // A node that runs and never says that it is one.
  beforeAll(async () => {
    const { dockerode } = (await connectEngine()).container
    const container = await dockerode.createContainer({ Image: imageNames().nginx })
    await container.commit({ repo: REPO, changes: 'ENTRYPOINT ["sh", "-c", "sleep infinity"]' })
    await container.remove()
  })

  afterAll(async () => {
    await (await connectEngine()).container.dockerode.getImage(REPO).remove()
  })

  test.each([
    ['as soon as the node is made', 'node'],
    ['once nginx is started beside it', 'nginx'],
  ])('%s, ends the run and leaves nothing', { timeout: TEST_TIMEOUT_MS }, async (_when, part) => {
    const before = await volumes()
    const args = ['harness/cli/chain.js', 'run', 'scenarios/routing/prefix-preserved.yaml', '--env', 'k3s']
    const child = spawn(process.execPath, args, { env: { ...process.env, CHAIN_K3S_IMAGE: REPO } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    const ended = once(child, 'exit')
    const check = async () => ((await partsOf(child.pid)).includes(part) ? null : `${part} is not there: ${output}`)
    await waitUntil({ what: part, check, timeoutMs: 30_000, pauseMs: 20 })
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    expect(output).toMatch(/0 scenarios passed, 1 not run, stopped by SIGINT/)
    expect(await partsOf(child.pid)).toEqual([])
    expect((await volumes()).filter((name) => !before.includes(name))).toEqual([])
  })
})
