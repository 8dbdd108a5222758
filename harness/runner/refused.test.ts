import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { written } from '../reporters/fixtures.ts'
import { junitReporter } from '../reporters/junit.ts'
import { prettyReporter } from '../reporters/pretty.ts'
import { parseScenario } from '../scenario/load-scenario.ts'
import type { ScenarioResult } from './result.ts'
import { runScenario } from './run-scenario.ts'

/** Scenario files whose site file nginx refuses, run as a user's. */

const ROOT = path.join(import.meta.dirname, '../../scenarios')
const SPLIT = `chain: {from: chains/flowmaster, site: {replace: "listen 80 default_server;", with: "listen 80 default_server; listn 81;"}}`
const UNKNOWN = 'unknown directive "listn"'
const GET = '{request: GET /api/v1/processes, expect: {status: 200}}'

async function run(...lines: readonly string[]): Promise<ScenarioResult> {
  const source = new Source(path.join(ROOT, 'refused.yaml'), ['scenario: Refused', ...lines].join('\n'))
  const { scenario, diagnostics } = parseScenario(source, { root: ROOT })
  expect(diagnostics).toEqual([])
  if (scenario === null) throw new Error('the scenario is not valid')
  return runScenario(scenario, simulated, { seed: 1 })
}

describe('a chain that nginx refuses', () => {
  test('without a word about it fails, with every problem of the file', async () => {
    const result = await run(SPLIT, `steps: [${GET}]`)
    expect(result).toMatchObject({
      verdict: 'fail',
      runs: [{ problem: { refusedBy: 'nginx', diagnostics: [{ message: UNKNOWN }] }, notRun: [{}] }],
    })
    expect(written(prettyReporter, [result])).toContain('say so: refused: "…"')
  })

  test('passes where the scenario says what nginx says', async () => {
    expect(await run(SPLIT, `refused: ${UNKNOWN}`)).toMatchObject({
      verdict: 'pass',
      runs: [{ must: 'fail', steps: [] }],
    })
  })

  test.each([
    [
      'unknown directive "lstn"',
      SPLIT,
      `nginx refuses it, but says "${UNKNOWN}" instead of "unknown directive "lstn""`,
    ],
    [
      UNKNOWN,
      'chain: chains/flowmaster',
      `nginx and the gateway start with this chain; none of them says "${UNKNOWN}"`,
    ],
  ])('refused: %s is held against what happens', async (refused, chain, because) => {
    const result = await run(chain, `refused: ${refused}`)
    expect(result).toMatchObject({ verdict: 'fail', runs: [{ because, steps: [] }] })
    expect(written(prettyReporter, [result])).not.toContain('say so')
  })

  test('is the buggy variant; its steps run on the fixed one alone', async () => {
    const variants = (blame: string) => [
      'chain: chains/flowmaster',
      `steps: [${GET}]`,
      'variants:',
      `  buggy: {${SPLIT}, must: fail, blame: ${blame}, refused: listn}`,
      '  fixed: {}',
    ]
    const { verdict, runs } = await run(...variants('nginx'))
    expect([verdict, runs.map(({ steps }) => steps.length)]).toEqual(['pass', [0, 1]])
    expect((await run(...variants('gateway'))).runs[0]).toMatchObject({ because: 'nginx refuses it, not gateway' })
  })

  test('where the gateway refuses its config too, that is told', async () => {
    const routes = `routes: {replace: "target: scheduling:9008", with: "target: scheduling"}`
    const both = SPLIT.replace('site:', `${routes}, site:`)
    expect((await run(both, `steps: [${GET}]`)).runs[0]?.problem).toMatchObject({ refusedBy: 'gateway' })
  })

  test('a gateway config that is refused is told like that', async () => {
    const routes = `routes: {replace: "target: scheduling:9008", with: "target: scheduling"}`
    const result = await run(`chain: {from: chains/flowmaster, ${routes}}`, `refused: is no target`)
    expect(result).toMatchObject({ verdict: 'pass', runs: [{ problem: { refusedBy: 'gateway' } }] })
  })
})

describe('a reload that nginx refuses', () => {
  const edit = '{edit: {file: site, replace: "location / {", with: "listn 81; location / {"}}'
  const chain = 'chain: chains/flowmaster'

  test('leaves the old file in force; a warning says so where no step expects it', async () => {
    const result = await run(chain, `steps: [${edit}, {reload: nginx}, ${GET}]`)
    expect(result).toMatchObject({ verdict: 'pass', runs: [{ steps: [{}, { refusal: { refusedBy: 'nginx' } }, {}] }] })
    const warning = /refused\.yaml:3:\d+: warning\[W_NGINX_REFUSED\]: nginx refuses the reload and goes on with .*listn/
    expect(written(prettyReporter, [result])).toMatch(warning)
    expect(written(junitReporter, [result])).toMatch(/<system-out><!\[CDATA\[.*W_NGINX_REFUSED/)
  })

  test.each(['reload: nginx', 'repin: nginx'])('%s: may be expected, in nginx’s words', async (action) => {
    const steps = (words: string) => `steps: [${edit}, {${action}, expect: {refused: ${words}}}, ${GET}]`
    const result = await run(chain, steps(UNKNOWN))
    expect(result.verdict).toBe('pass')
    expect(written(prettyReporter, [result])).not.toContain('W_NGINX_REFUSED')
    expect((await run(chain, steps('something else'))).runs[0]?.steps.at(-1)).toMatchObject({
      verdict: 'fail',
      checks: [{ what: 'refused', expected: 'something else', actual: UNKNOWN }],
    })
  })

  test('one that is expected and does not come is a failure', async () => {
    const result = await run(chain, `steps: [{reload: nginx, expect: {refused: listn}}, ${GET}]`)
    expect(result.runs[0]?.steps.at(-1)?.checks).toMatchObject([{ what: 'refused', actual: 'it was loaded' }])
  })

  test('where no old pod is left, a gateway that does not start is a failure', async () => {
    const wrong = '{edit: {file: routes.yaml, replace: "target: scheduling:9008", with: "target: scheduling"}}'
    const [stop, start] = ['{stop: api-gateway}', '{start: api-gateway}']
    const result = await run(chain, `steps: [${wrong}, ${stop}, ${start}, ${GET}]`)
    expect(result.runs[0]?.steps.at(-1)).toMatchObject({ verdict: 'fail', problem: { refusedBy: 'gateway' } })
  })

  test('a restart that the gateway refuses leaves the old pod; stands on the screen of what fails behind it', async () => {
    const wrong = '{edit: {file: routes.yaml, replace: "target: scheduling:9008", with: "target: scheduling"}}'
    const get = '{request: GET /api/v1/scheduling, expect: {status: 200}}'
    expect((await run(chain, `steps: [${wrong}, {restart: gateway}, ${get}]`)).verdict).toBe('pass')
    const failing = await run(chain, `steps: [${wrong}, {restart: gateway}, {request: GET /, expect: {status: 201}}]`)
    expect(written(prettyReporter, [failing])).toMatch(
      /warning\[W_GATEWAY_REFUSED\]: the new pod of the gateway does not/,
    )
  })
})
