import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const CLUSTERS = ['harness/environments/k3s', 'harness/environments/cluster']

test('a run without an engine says at its end which tiers it skipped, how many tests and why', () => {
  const { status, said } = runClusters('')
  expect(said).toMatch(/^skipped cluster, k3s: \d\d+ tests: .*127\.0\.0\.1:1.*DOCKER_HOST/m)
  expect(status).toBe(0)
})

test('with CHAIN_REQUIRE it fails instead', () => {
  const { status, said } = runClusters('k3s,cluster')
  expect(said).not.toMatch(/^skipped/m)
  expect(status).toBe(1)
})

/** Runs the tests of the clusters where no engine listens. */
function runClusters(required: string): { status: number | null; said: string } {
  const args = [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'k3s', '--project', 'cluster']
  const env = { ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:1', CHAIN_REQUIRE: required, NO_COLOR: '1' }
  const { status, stderr } = spawnSync(process.execPath, [...args, ...CLUSTERS], { cwd: ROOT, env, encoding: 'utf8' })
  return { status, said: stderr }
}
