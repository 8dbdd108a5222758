import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { openProxy } from '../fixtures/stoppable-proxy.ts'
import { waitUntil } from '../kubernetes/wait-until.ts'
import { ownContainers, removeCluster } from './containers.ts'
import { connectEngine, engineAddress } from './engine.ts'
import { imageNames } from './settings.ts'

/** The same nginx as another image. */
const OTHER_NGINX = 'request-chain-test-gone-nginx'

const TEST_TIMEOUT_MS = 300_000

/** Shorter than what a scenario waits for pods that do not come: 90 s. */
const TOLD_TIMEOUT_MS = 60_000

await describeTier('k3s', 'a cluster that is lost in the middle of a run', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'chain-gone-'))
  const clusters = new Set<string>()

  beforeAll(async () => {
    const { dockerode } = (await connectEngine()).container
    const container = await dockerode.createContainer({ Image: imageNames().nginx })
    await container.commit({ repo: OTHER_NGINX, changes: 'LABEL test=gone' })
    await container.remove()
  })

  afterEach(async () => {
    const engine = await connectEngine()
    for (const cluster of clusters) await removeCluster(engine, cluster)
  })

  afterAll(async () => {
    rmSync(folder, { recursive: true })
    await (await connectEngine()).container.dockerode.getImage(OTHER_NGINX).remove()
  })

  /** Runs scenarios in a process of its own, until nginx has been told to load the first site file. */
  const runUntilInUse = async (env: Readonly<Record<string, string>> = {}) => {
    const engine = await connectEngine()
    const args = ['harness/cli/chain.js', 'run', 'scenarios/drift', 'scenarios/routing', '--env', 'k3s']
    const child = spawn(process.execPath, [...args, '--evidence', path.join(folder, 'evidence')], {
      // A kept cluster does not run this image: the run starts one of its own, to be lost.
      env: { ...process.env, CHAIN_NGINX_IMAGE: OTHER_NGINX, ...env },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    const ended = once(child, 'exit').then(([status]: (number | null)[]) => ({ status, output }))
    const partsOf = async () => {
      const mine = (await ownContainers(engine)).filter(({ owner }) => owner.split('/')[1] === String(child.pid))
      for (const { cluster } of mine) clusters.add(cluster)
      return new Map(mine.map(({ part, id }) => [part, id]))
    }
    const check = async (): Promise<string | null> => {
      const nginx = (await partsOf()).get('nginx')
      if (nginx === undefined) return `there is no nginx: ${output}`
      const loaded = engine.container.exec(engine.container.getById(nginx), IS_LOADED)
      // It may be made, and not run yet.
      const exitCode = await loaded.then((result) => result.exitCode).catch(() => null)
      return exitCode === 0 ? null : `nginx has no site file: ${output}`
    }
    await waitUntil({ what: 'the first world', check, timeoutMs: 120_000, pauseMs: 100 })
    const node = engine.container.getById((await partsOf()).get('node') ?? '')
    return { child, ended, node, partsOf }
  }

  test.each([
    ['paused', "the node's container was paused", { how: 'pause' }],
    ['killed', "the node's container has ended (137)", { how: 'kill' }],
  ] as const)(
    'its node is %s: told once, and the rest is not run',
    { timeout: TEST_TIMEOUT_MS },
    async (_, fact, { how }) => {
      const { ended, node, partsOf } = await runUntilInUse()
      await node[how]()
      const { status, output } = await inTime(ended)
      expect(output.split(`Failed to use the cluster: ${fact}.`)).toHaveLength(2)
      expect(output).toMatch(/1 scenario broke, \d+ passed, \d+ not run/)
      expect(output).not.toContain('bug in chain')
      expect(output).toMatch(/^ +evidence: /m)
      expect(output).toContain('evidence of 1 failure is in')
      expect(status).toBe(3)
      expect([...(await partsOf()).keys()]).toEqual([])
    },
  )

  test('its engine is gone: told once, and the rest is not run', { timeout: TEST_TIMEOUT_MS }, async () => {
    // That of this machine, at another socket.
    const socket = path.join(folder, 'docker.sock')
    const engine = await openProxy({ path: engineAddress(await connectEngine()) }, { path: socket })
    const { ended } = await runUntilInUse({ DOCKER_HOST: `unix://${socket}` })
    await engine.stop()
    const { status, output } = await inTime(ended)
    const fact = `Failed to use the cluster: the Docker engine at ${socket} does not answer any more.`
    expect(output.split(fact)).toHaveLength(2)
    expect(output).toMatch(/1 scenario broke, \d+ passed, \d+ not run/)
    expect(output).not.toContain('bug in chain')
    expect(status).toBe(3)
  })
})

const IS_LOADED = ['sh', '-c', 'ls /etc/nginx/sites-enabled/*']

async function inTime<Value>(ended: Promise<Value>): Promise<Value> {
  const late = AbortSignal.timeout(TOLD_TIMEOUT_MS)
  return Promise.race([ended, once(late, 'abort').then(() => Promise.reject(new Error('the run goes on')))])
}
