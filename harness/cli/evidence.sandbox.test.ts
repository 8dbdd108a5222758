import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeTier } from '../vitest/describe-tier.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const CHAIN = path.join(import.meta.dirname, 'chain.js')

let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-evidence-'))
  cpSync(path.join(ROOT, 'scenarios/chains/flowmaster'), path.join(dir, 'chains/flowmaster'), { recursive: true })
  const steps = 'chain: chains/flowmaster\nsteps:\n  - request: GET /\n    expect: {status: STATUS}\n'
  writeFileSync(path.join(dir, 'fails.yaml'), `scenario: It fails\n${steps.replace('STATUS', '418')}`)
  writeFileSync(path.join(dir, 'passes.yaml'), `scenario: It passes\n${steps.replace('STATUS', '200')}`)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

await describeTier('sandbox', 'the evidence of a run', () => {
  test('is told by its last line and in the report, for the failure alone', () => {
    const { status, stdout, stderr } = run([])
    expect([status, stderr]).toEqual([1, 'chain: evidence of 1 failure is in evidence\n'])
    const report: { scenarios: { name: string; runs: { evidence: string | null }[] }[] } = JSON.parse(stdout)
    expect(report.scenarios.map(({ name, runs }) => [name, runs[0]?.evidence])).toEqual([
      ['It fails', 'evidence/01-fails-sandbox'],
      ['It passes', null],
    ])
    expect(readdirSync(path.join(dir, 'evidence/01-fails-sandbox'))).toContain('README.txt')
  })

  test('is refused at once where it cannot go', () => {
    const { status, stdout, stderr } = run(['--evidence', 'fails.yaml'])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^chain: Failed to save evidence in "fails\.yaml": ".*fails\.yaml" is no folder\. .*\n$/)
  })

  test('that has no room on its disk leaves the verdicts as they are, and the run ends with 3', () => {
    mkdirSync(path.join(dir, 'small'))
    const script = 'mount -t tmpfs -o size=16k small small && exec "$@"'
    const inMounts = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-ec', script, 'sh']
    const { status, stdout, stderr } = run(['--evidence', 'small'], inMounts)
    expect(status).toBe(3)
    expect(stderr).toMatch(/^chain: Failed to save evidence in "small\/01-fails-sandbox": .* Make room, .*\n$/)
    expect(JSON.parse(stdout).scenarios).toMatchObject([{ verdict: 'fail' }, { verdict: 'pass' }])
    expect(existsSync(path.join(dir, 'small/01-fails-sandbox'))).toBe(false)
  })
})

/** `chain run` of both, with a JSON report on standard output. A later `--evidence` overrules the one before. */
function run(args: readonly string[], around: readonly string[] = []) {
  const command = [
    process.execPath,
    CHAIN,
    'run',
    'fails.yaml',
    'passes.yaml',
    '--env',
    'sandbox',
    '--reporter',
    'json',
  ]
  const [program = '', ...rest] = [...around, ...command, '--evidence', 'evidence', ...args]
  return spawnSync(program, rest, { cwd: dir, encoding: 'utf8' })
}
