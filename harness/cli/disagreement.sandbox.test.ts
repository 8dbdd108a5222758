import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTier } from '../vitest/describe-tier.ts'

const CHAIN = path.join(import.meta.dirname, 'chain.js')
const FLOWMASTER = path.join(import.meta.dirname, '../../scenarios/chains/flowmaster')

/** An nginx that reads another word than the model does: what it sends is not what is simulated. */
const OTHER_NGINX = `#!/bin/sh
sed -i 's/X-Real-IP/X-Other/' /etc/nginx/sites-enabled/site 2>/dev/null
PATH="$(echo "$PATH" | cut -d : -f 2-):/usr/sbin" exec nginx "$@"
`

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-disagree-'))
  cpSync(FLOWMASTER, path.join(dir, 'chains/flowmaster'), { recursive: true })
  mkdirSync(path.join(dir, 'bin'))
  writeFileSync(path.join(dir, 'bin/nginx'), OTHER_NGINX, { mode: 0o755 })
  const steps = 'steps: [{request: GET /api/v1/processes, expect: {status: 200}}]'
  writeFileSync(path.join(dir, 'passes.yaml'), `scenario: Passes\nchain: chains/flowmaster\n${steps}\n`)
  writeFileSync(path.join(dir, 'invalid.yaml'), 'scenario: Invalid\n')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

await describeTier('sandbox', 'environments that disagree, by the exit code', () => {
  test('1, although the scenario passes on both', () => {
    const { status, stdout } = run('simulated,sandbox', 'passes.yaml')
    expect(stdout).toMatch(/^DISAGREE passes\.yaml:3 Passes on simulated and sandbox$/m)
    expect(stdout).toContain('1 scenario passed on simulated and on sandbox, 0 agree, 1 disagree')
    expect(status).toBe(1)
  })

  test('2 with an invalid file beside it, 3 with an environment that is not there', () => {
    expect(run('simulated,sandbox', 'passes.yaml', 'invalid.yaml').status).toBe(2)
    const gone = ['--namespace', 't1', '--kubeconfig', 'passes.yaml']
    const { status, stdout } = run('simulated,sandbox,cluster', 'passes.yaml', ...gone)
    expect(stdout).toContain('1 disagree')
    expect(status).toBe(3)
  })
})

function run(environments: string, ...args: readonly string[]) {
  const env = { ...process.env, PATH: `${path.join(dir, 'bin')}:${process.env.PATH}` }
  const options = { cwd: dir, encoding: 'utf8' as const, env }
  return spawnSync(process.execPath, [CHAIN, 'run', '--env', environments, ...args], options)
}
