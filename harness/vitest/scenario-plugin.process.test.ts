import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const PLUGIN = path.join(import.meta.dirname, 'scenario-plugin.ts')

const FILES = {
  'passes.yaml': ['chain: chains/flowmaster'],
  'gap.yaml': [
    'chain: {from: chains/flowmaster, site: {replace: "client_max_body_size 10m;", with: "dav_methods PUT;"}}',
  ],
  'bad.yaml': ['chain: chains/flowmaster', 'stps: []'],
}

/** In this clone, where node_modules are. */
let dir: string
beforeAll(() => {
  dir = mkdtempSync(path.join(ROOT, 'node_modules/.cache-plugin-'))
  cpSync(path.join(ROOT, 'scenarios/chains/flowmaster'), path.join(dir, 'chains/flowmaster'), { recursive: true })
  for (const [name, lines] of Object.entries(FILES)) {
    const steps = 'steps: [{request: GET /api/v1/processes, expect: {status: 200}}]'
    writeFileSync(path.join(dir, name), [`scenario: ${name}`, ...lines, steps].join('\n'))
  }
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('what is secret stands neither in the name of a test nor in what it says', () => {
  const text = [
    'scenario: secrets.yaml',
    'chain: chains/flowmaster',
    'examples: [{id: "42", pw: {value: hunter2hunter2, secret: true}}, {id: "43", pw: swordfish99}]',
    'steps:',
    `  - request: GET /api/v1/processes/\${id}?next=\${pw}`,
    `    headers: {x-a: "\${env:PLUGIN_TICKET}", x-b: "\${pw}"}`,
    '    expect: {status: 201}',
  ]
  writeFileSync(path.join(dir, 'secrets.yaml'), text.join('\n'))
  outcomes('', { PLUGIN_TICKET: 'ticket-of-the-day' })
  const report = readFileSync(path.join(dir, 'report.json'), 'utf8')
  rmSync(path.join(dir, 'secrets.yaml'))
  expect(report).toContain('id=42, pw=***')
  expect(report).toContain('expected 201, got 200')
  expect(report).not.toMatch(/hunter2|swordfish|ticket-of/)
})

test('a file that is not valid costs only itself; what cannot be shown fails with the reason, or is skipped', () => {
  expect(outcomes('')).toEqual({
    'passes.yaml': ['passed', ''],
    'gap.yaml': ['failed', expect.stringMatching(/unsupported: \S*gap\.yaml:2:\d+: dav_methods: /)],
    'bad.yaml': ['failed', expect.stringContaining('bad.yaml:3:1: error[E_SCENARIO_UNKNOWN_KEY]')],
  })
  expect(outcomes('{ allowUnsupported: true }')).toMatchObject({ 'gap.yaml': ['skipped', ''] })
})

/** By file: the status of its one test, and what it says. */
function outcomes(options: string, variables: NodeJS.ProcessEnv = {}): Record<string, readonly [string, string]> {
  const config = path.join(dir, 'vitest.config.ts')
  writeFileSync(
    config,
    `import { scenarioFiles } from ${JSON.stringify(PLUGIN)}
     export default { plugins: [scenarioFiles(${options})], test: { include: ['**/*.yaml'], exclude: ['chains/**'] } }`,
  )
  const args = [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', dir, '--config', config]
  const report = path.join(dir, 'report.json')
  spawnSync(process.execPath, [...args, '--reporter', 'json', '--outputFile', report], {
    cwd: ROOT,
    env: { ...process.env, ...variables },
  })
  const { testResults }: Report = JSON.parse(readFileSync(report, 'utf8'))
  return Object.fromEntries(
    testResults.map(({ name, assertionResults: [only] }) => [
      path.basename(name),
      [only?.status ?? 'none', only?.failureMessages.join('\n') ?? ''],
    ]),
  )
}

/** What of vitest's report is read here. */
interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[]
  }[]
}
