import { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import { expected, gateway, json, nginx } from '../runner/fixtures/expectations.ts'
import { FakeEnvironment, type FakeOptions } from '../runner/fixtures/fake-environment.ts'
import { at, flow, ROUTES, SITE } from '../runner/fixtures/flow.ts'
import { CHAIN, type RequestOptions, request, scenario, variant } from '../runner/fixtures/scenarios.ts'
import { GapCount } from '../runner/gap-count.ts'
import type { Agreement, RunReport, ScenarioResult } from '../runner/result.ts'
import { runScenario, runScenarios } from '../runner/run-scenario.ts'
import type { ExchangeExpectation, Scenario, Step } from '../scenario/scenario.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

/** Results to report, made by the runner from what a fake environment answers. */

const FILE = 'scenarios/routing/prefix.yaml'

const SOURCE = new Source(
  FILE,
  `scenario: The prefix is preserved
steps:
  - request: GET /api/v1/processes?page=2
    headers: {authorization: Bearer hunter22, accept: text/plain}
    expect:
      status: 200
      nginx: {sends: /api/v1/processes?page=2}
      body: {json: {items: [{id: 1}]}}
  - request: GET /next
    expect: {status: 200}
`,
)

/** The chain's site file, as far as the reports quote it. */
const SITE_FILE = new Source(
  SITE,
  `${'\n'.repeat(12)}  location /api/ {\n    proxy_pass http://10.43.193.134:9000/;\n  }\n`,
)

const ONE_VARIANT = variant({ span: SOURCE.spanAt(0, 8), chain: { ...CHAIN, site: SITE_FILE } })

/** The place of a word in the scenario file. */
export function spanOf(word: string): Span {
  return SOURCE.spanAt(SOURCE.text.indexOf(word), word.length)
}

export async function resultOf(
  steps: readonly Step[],
  options: FakeOptions = {},
  given: Partial<Scenario> = {},
): Promise<ScenarioResult> {
  const one = scenario(steps, { source: SOURCE, variants: [ONE_VARIANT], ...given })
  const result = await runScenario(one, new FakeEnvironment(options), { seed: 7 })
  // Durations are the machine's, everything else is the same every time.
  const steady = result.runs.map((run) => ({
    ...run,
    durationMs: 2,
    steps: run.steps.map((step) => ({ ...step, durationMs: 1.5 })),
  }))
  return { ...result, runs: steady, durationMs: 2.25 }
}

/** What `simulated` and `sandbox` show of the same scenario, and whether they agree. */
export async function compared(
  steps: readonly Step[],
  [simulated, sandbox]: readonly [FakeOptions, FakeOptions],
  given: Partial<Scenario> = {},
): Promise<{ readonly results: readonly ScenarioResult[]; readonly agreements: readonly Agreement[] }> {
  const results: ScenarioResult[] = []
  const agreements: Agreement[] = []
  await runScenarios(
    [scenario(steps, { source: SOURCE, variants: [ONE_VARIANT], ...given })],
    [new FakeEnvironment(simulated), new FakeEnvironment({ name: 'sandbox', ...sandbox })],
    { seed: 7 },
    (result) => results.push({ ...result, durationMs: 2.25 }),
    (agreement) => agreements.push(agreement),
  )
  return { results, agreements }
}

export function step(expect: Partial<ExchangeExpectation>, options?: RequestOptions): Step {
  return { ...request('GET /api/v1/processes?page=2', expect, options), span: spanOf('request') }
}

/** The slash after the upstream: nginx strips `/api/`, the gateway has no route for the rest. */
export const STRIPPED = flow({
  target: '/api/v1/processes?page=2',
  headers: [
    ['Host', 'flowmaster.example'],
    ['Authorization', 'Bearer hunter22'],
  ],
  status: 404,
  body: '{"detail":"Not Found"}',
  nginx: {
    rule: { text: 'proxy_pass http://10.43.193.134:9000/', span: at(SITE, 14, 5, 37) },
    sends: '/v1/processes?page=2',
    reasons: [
      { kind: 'longest-prefix', name: '/api/', forbidsRegexes: false, span: at(SITE, 13, 3, 14) },
      {
        kind: 'prefix-replaced',
        part: '/',
        prefix: '/api/',
        span: at(SITE, 14, 5, 37),
      },
    ],
  },
  gateway: {
    alone: true,
    matched: null,
    rule: null,
    nearMisses: [
      {
        rule: { text: 'route /v1/process-design/*', span: at(ROUTES, 1, 3, 28) },
        because: { kind: 'route', because: 'with /api in front it would be taken' },
      },
    ],
  },
  backend: null,
})

export const SENDS = { ...expected('/api/v1/processes?page=2'), span: spanOf('sends') }
export const STATUS = { ...expected(200), span: spanOf('status') }

/** The bug as the tests of every reporter show it, with a step behind it that is not run. */
export function strippedResult(): Promise<ScenarioResult> {
  const next: Step = { ...request('GET /next', { gateway: gateway() }), span: spanOf('request: GET /next') }
  return resultOf([step({ status: STATUS, nginx: nginx({ sends: SENDS }) }), next], { request: () => STRIPPED })
}

export const BODY = { ...json({ items: [{ id: 1 }] }), span: spanOf('json') }

/** What a reporter writes of these results, as `chain run` would call it. */
export function written(
  reporterOf: (options: ReporterOptions) => Reporter,
  results: readonly ScenarioResult[],
  given: {
    readonly color?: boolean
    readonly width?: number
    readonly verbose?: boolean
    readonly agreements?: readonly Agreement[]
  } & Partial<RunReport> = {},
): string {
  const { color = false, verbose = false, width = null, agreements = [], ...rest } = given
  const gaps = new GapCount()
  for (const one of agreements.length > 0 ? [results] : results.map((result) => [result])) gaps.add(one)
  let text = ''
  const reporter = reporterOf({ write: (more) => (text += more), color, width, verbose })
  reporter.onStart?.({ scenarios: results, environments: [...new Set(results.map(({ environment }) => environment))] })
  for (const result of results) reporter.onScenario?.(result)
  for (const agreement of agreements) reporter.onAgreement?.(agreement)
  reporter.onEnd({
    scenarios: results,
    agreements,
    gaps: gaps.list,
    allowUnsupported: false,
    invalid: [],
    notRun: [],
    interruptedBy: null,
    seed: 7,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 812,
    ...rest,
  })
  return text
}
