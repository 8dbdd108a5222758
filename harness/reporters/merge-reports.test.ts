import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { EnvironmentError, UnsupportedError } from '../environments/environment.ts'
import { at, flow, SITE } from '../runner/fixtures/flow.ts'
import type { RunReport, ScenarioResult } from '../runner/result.ts'
import { compared, resultOf, STATUS, step, strippedResult, written } from './fixtures.ts'
import { jsonReporter } from './json.ts'
import { junitReporter } from './junit.ts'
import { type MergedReport, mergeReports } from './merge-reports.ts'
import { prettyReporter } from './pretty.ts'
import { type ReadReport, readReport } from './read-report.ts'

const LUA = new UnsupportedError('lua', at(SITE, 3), 'it is not modelled')

const throwing = (error: Error) => () => {
  throw error
}

/** A result of a file of its own. */
async function of(file: string, result: Promise<ScenarioResult> | ScenarioResult): Promise<ScenarioResult> {
  return { ...(await result), source: new Source(file, '') }
}

const passed = (file: string) => of(file, resultOf([step({ status: STATUS })]))
const unsupported = (file: string) => of(file, resultOf([step({})], { start: throwing(LUA) }))
const broken = (file: string) =>
  of(file, resultOf([step({})], { start: throwing(new EnvironmentError('no nginx', 'Install it.')) }))

function read(name: string, text: string): ReadReport {
  const report = readReport(name, text)
  if (typeof report === 'string') throw new Error(report)
  return report
}

function reportOf(
  name: string,
  results: readonly ScenarioResult[],
  given: Partial<Omit<RunReport, 'agreements'>> = {},
): ReadReport {
  return read(name, written(jsonReporter, results, given))
}

function merged(...reports: readonly [ReadReport, ...ReadReport[]]): MergedReport {
  const all = mergeReports(reports)
  if (typeof all === 'string') throw new Error(all)
  return all
}

const INVALID = {
  file: 'x.yaml',
  diagnostics: [
    { code: 'E_X', severity: 'error', message: 'no such key', span: at('x.yaml', 1), hint: 'Leave it out.' },
  ],
} as const

test('of one report it makes that report, byte for byte', async () => {
  const apart = [
    { request: () => flow({ nginx: { sends: '/a' } }) },
    { request: () => flow({ nginx: { sends: '/b' } }) },
  ] as const
  const { results, agreements } = await compared([step({})], apart)
  const all = [
    ...results,
    await of('a.yaml', strippedResult()),
    await unsupported('b.yaml'),
    await broken('c.yaml'),
    await passed('d.yaml'),
  ]
  const rest = {
    invalid: [INVALID],
    notRun: [{ name: 'Later', source: new Source('y.yaml', '') }],
    interruptedBy: 'SIGINT',
    durationMs: 1_234.567,
  } as const
  const text = written(jsonReporter, all, { agreements, ...rest })
  expect(merged(read('a.json', text)).json).toBe(text)
  const more = text.replace('"seed":7', '"seed":7,"later":{"more":[1]}')
  expect(merged(read('a.json', more)).json).toBe(more)
  expect(merged(read('a.json', written(jsonReporter, []))).json).toBe(written(jsonReporter, []))
})

test('scenarios come one after the other, and the time is that of the clock', async () => {
  const one = reportOf('1.json', [await passed('a.yaml')], { startedAt: '2026-01-01T00:00:10.000Z', durationMs: 1000 })
  const other = reportOf('2.json', [await broken('b.yaml')], {
    startedAt: '2026-01-01T00:00:08.500Z',
    durationMs: 500.25,
  })
  const report = JSON.parse(merged(one, other).json)
  expect(report.scenarios.map(({ file }: { file: string }) => file)).toEqual(['a.yaml', 'b.yaml'])
  expect(report).toMatchObject({ startedAt: '2026-01-01T00:00:08.500Z', durationMs: 2500 })
})

test('what several shards tell is told once; gaps are counted over all, or filled by another environment', async () => {
  const given = { invalid: [INVALID], notRun: [{ name: 'Later', source: new Source('y.yaml', '') }] }
  const one = reportOf('1.json', [await unsupported('a.yaml')], { ...given, allowUnsupported: true })
  const other = reportOf('2.json', [await unsupported('b.yaml')], given)
  const { report } = merged(one, other)
  expect(report.invalid).toEqual([INVALID])
  expect(report.notRun).toHaveLength(1)
  expect(report.allowUnsupported).toBe(false)
  expect(report.gaps).toMatchObject([{ what: 'lua', environments: ['simulated'], scenarioCount: 2 }])
  const sandbox = reportOf('3.json', [{ ...(await passed('a.yaml')), environment: 'sandbox' }])
  expect(merged(one, sandbox).report.gaps).toEqual([])
})

test('the same scenario on the same environment is refused', async () => {
  const one = reportOf('1.json', [await passed('a.yaml')])
  expect(mergeReports([one, reportOf('2.json', [await passed('a.yaml')])])).toBe(
    'Failed to merge "2.json": "a.yaml" on simulated is in "1.json" too. Give each report of one run once.',
  )
})

test('other reporters tell of it as of the run, but for traces and lines of files', async () => {
  const results = [await passed('a.yaml'), await of('b.yaml', strippedResult()), await unsupported('c.yaml')]
  const { scenarios, report } = merged(reportOf('1.json', results.slice(0, 1)), reportOf('2.json', results.slice(1)))
  const cases = (xml: string): string[] => xml.match(/<(?:testcase|failure|error|skipped|testsuites)\b[^>]*>/g) ?? []
  expect(cases(written(junitReporter, scenarios, { ...report, agreements: [] }))).toEqual(
    cases(written(junitReporter, results)),
  )
  const lines = written(prettyReporter, scenarios, { ...report, agreements: [] })
  expect(lines).toContain('BLAME nginx: nginx got /api/v1/processes?page=2')
  expect(lines).toContain('error[status]: expected 200, got 404')
})

test.each([
  ['', 'it is not JSON: it ends too early'],
  ['{"version":2,\n  x', 'it is not JSON, at line 2, column 3'],
  ['{}', 'it is no JSON report of a run: "version" is missing'],
  ['[]', 'it is no JSON report of a run: this must be a mapping, not a list'],
  ['{"version":1,"scenarios":[]}', 'it has version 1 of the format, and this chain reads version 2'],
  [`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'it is no JSON report of a run: "version" is missing'],
])('%j is told as no report', (text, fact) => {
  expect(readReport('x.json', text)).toContain(`Failed to read report "x.json": ${fact}. `)
})

test('a wrong member is told at its place, and what is nested too deep is told', async () => {
  const text = written(jsonReporter, [await passed('a.yaml'), await strippedResult()])
  const wrong = (from: string, to: string) => readReport('x.json', text.replace(from, to))
  expect(wrong('"must":"pass"', '"must":7')).toContain(
    ': at scenarios[0].runs[0].must: "must" must be one of pass, fail',
  )
  expect(wrong('"column":7', '"column":1e9')).toContain(': at scenarios[0].runs[0].steps[0].checks[0].span.column: ')
  expect(wrong('"seed":7', `"seed":7,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toContain(
    'it is nested too deep',
  )
})
