import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeTier } from '../vitest/describe-tier.ts'
import { NODE_VERSIONS, type Nodes, type NodeVersion, nodes } from './nodes.ts'

const ROOT = path.join(import.meta.dirname, '../..')
const CHAIN = 'node_modules/request-chain/dist/harness/cli/chain.js'
const SITE = `server {
  listen 80;
  location / { proxy_pass http://10.43.7.6; }
  location /api/ { proxy_pass http://10.43.7.7:3000; }
}
`
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
    const [library = '', plugin = ''] = examplesOf('docs/guide/library.md')
    writeFileSync(path.join(repository, 'library.js'), library)
    writeFileSync(path.join(repository, 'vitest.config.js'), plugin)
    // What a repository with tests has of its own.
    symlinkSync(path.join(ROOT, 'node_modules/vitest'), path.join(repository, 'node_modules/vitest'), 'junction')
  })
  afterAll(() => rmSync(repository, { recursive: true, force: true }))

  test('it is one package, without any other', () => {
    const { packages } = JSON.parse(readFileSync(path.join(repository, 'package-lock.json'), 'utf8'))
    expect(Object.keys(packages)).toEqual(['', 'node_modules/request-chain'])
  })

  test('it has types and schemas', () => {
    writeFileSync(
      path.join(repository, 'typed.ts'),
      `import { type Chain, explain, loadChain, type Trace } from 'request-chain'
       import { scenarioFiles } from 'request-chain/vitest'
       const chain: Chain | null = loadChain('x').chain
       export const trace: Promise<Trace> | null = chain === null ? null : explain(chain, '/')
       export const name: string = scenarioFiles({ allowUnsupported: true }).name
       // @ts-expect-error a chain has no such key
       export const wrong = chain?.sight
       export const schemas = ['scenario', 'services', 'routes', 'middleware', 'auth'].map(
         (name) => import.meta.resolve(\`request-chain/\${name}.schema.json\`),
       )`,
    )
    const types = path.join(ROOT, 'node_modules/@types')
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'esnext',
      '--types',
      'node',
      '--typeRoots',
      types,
    ]
    const { status, output } = run(24, [path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, 'typed.ts'])
    expect(output).toBe('')
    expect(status).toBe(0)
  })

  test('an environment whose packages are not installed says how to install them', () => {
    const { status, output } = run(24, [CHAIN, 'run', '--env', 'k3s'])
    expect(output).toMatch(
      /the packages .*testcontainers are not installed.*npm install --save-dev "@kubernetes\/client-node@\^/s,
    )
    expect(status).toBe(3)
  })

  describe.each(NODE_VERSIONS)('on Node.js %i', (version) => {
    test('chain runs scenarios', () => {
      const { status, output } = run(version, [CHAIN, 'run'])
      expect(output).toMatch(/^1 scenario passed/m)
      expect(status).toBe(0)
    })

    test('chain init starts from the files that are there, and what it writes passes', () => {
      const own = path.join(repository, `own-${version}`)
      mkdirSync(path.join(own, '.git'), { recursive: true })
      writeFileSync(path.join(own, 'nginx.conf'), SITE)
      const chain = path.join(repository, CHAIN)
      expect(run(version, [chain, 'init'], own)).toMatchObject({ status: 0 })
      const { status, output } = run(version, [chain, 'run'], own)
      expect(output).toMatch(/^2 scenarios passed/m)
      expect(status).toBe(0)
    })

    test('the library does what its page says', () => {
      const { status, output } = run(version, ['library.js'])
      expect(output).toMatch(/^1 scenario passed.* {2}backend .*\/api\/v1\/processes/ms)
      expect(status).toBe(0)
    })

    test('scenario files are tests of vitest', () => {
      const { status, output } = run(version, ['node_modules/vitest/vitest.mjs', 'run'])
      expect(output).toMatch(/Tests\s+1 passed/)
      expect(status).toBe(0)
    })
  })

  function run(version: NodeVersion, args: readonly string[], cwd = repository) {
    const { status, stdout, stderr } = spawnSync(found.get(version) ?? '', args, {
      cwd,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, NO_COLOR: '1' },
    })
    return { status, output: `${stdout}${stderr}` }
  }
})

/** The examples in JavaScript of a page. */
function examplesOf(page: string): string[] {
  const text = readFileSync(path.join(ROOT, page), 'utf8')
  return Array.from(text.matchAll(/^```js\n(.*?)^```$/gms), ([, code = '']) => code)
}

function npm(cwd: string, args: readonly string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: 'pipe', shell: process.platform === 'win32' })
}
