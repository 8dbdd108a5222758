import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeTier } from '../vitest/describe-tier.ts'
import { NODE_VERSIONS, type Nodes, type NodeVersion, nodes } from './nodes.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const SCENARIO = `scenario: The prefix is kept
chain: chains/flowmaster
steps:
  - request: GET /api/v1/processes
    expect: {status: 200, backend: {receives: /api/v1/processes}}
`

await describeTier('package', 'what npm packs, installed into an empty repository', () => {
  let repository: string
  let found: Nodes
  beforeAll(async () => {
    found = await nodes()
    repository = mkdtempSync(path.join(tmpdir(), 'chain-package-'))
    const [packed] = JSON.parse(npm(ROOT, ['pack', '--json', '--pack-destination', repository]))
    writeFileSync(path.join(repository, 'package.json'), '{ "type": "module" }')
    npm(repository, ['install', '--offline', '--save-dev', `./${packed.filename}`])
    cpSync(path.join(ROOT, 'scenarios/chains/flowmaster'), path.join(repository, 'scenarios/chains/flowmaster'), {
      recursive: true,
    })
    writeFileSync(path.join(repository, 'scenarios/prefix.yaml'), SCENARIO)
    writeFileSync(
      path.join(repository, 'vitest.config.js'),
      `import { scenarioFiles } from 'request-chain/vitest'
       export default { plugins: [scenarioFiles()], test: { include: ['scenarios/*.yaml'] } }`,
    )
    // What a repository with tests has of its own.
    symlinkSync(path.join(ROOT, 'node_modules/vitest'), path.join(repository, 'node_modules/vitest'), 'junction')
  })
  afterAll(() => rmSync(repository, { recursive: true, force: true }))

  test('it is one package, without any other', () => {
    const { packages } = JSON.parse(readFileSync(path.join(repository, 'package-lock.json'), 'utf8'))
    expect(Object.keys(packages)).toEqual(['', 'node_modules/request-chain'])
  })

  describe.each(NODE_VERSIONS)('on Node.js %i', (version) => {
    test('chain runs scenarios', () => {
      const { status, output } = run(version, ['node_modules/request-chain/dist/harness/cli/chain.js', 'run'])
      expect(output).toMatch(/^1 scenario passed/m)
      expect(status).toBe(0)
    })

    test('scenario files are tests of vitest', () => {
      const { status, output } = run(version, ['node_modules/vitest/vitest.mjs', 'run'])
      expect(output).toMatch(/Tests\s+1 passed/)
      expect(status).toBe(0)
    })
  })

  function run(version: NodeVersion, args: readonly string[]) {
    const { status, stdout, stderr } = spawnSync(found.get(version) ?? '', args, {
      cwd: repository,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, NO_COLOR: '1' },
    })
    return { status, output: `${stdout}${stderr}` }
  }
})

function npm(cwd: string, args: readonly string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe', shell: process.platform === 'win32' })
}
