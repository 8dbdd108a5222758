import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { Source } from '../diagnostics/source.ts'
import { UnsupportedError } from '../environments/environment.ts'
import { at, flow, SITE } from '../runner/fixtures/flow.ts'
import type { RunReport, ScenarioResult } from '../runner/result.ts'
import { compared, resultOf, STATUS, STRIPPED, step, strippedResult, written } from './fixtures.ts'
import { tapReporter } from './tap.ts'

const report = (results: readonly ScenarioResult[], given: Partial<Omit<RunReport, 'agreements'>> = {}): string =>
  written(tapReporter, results, given)

const gap = () => {
  const start = () => {
    throw new UnsupportedError('lua', at(SITE, 3), 'it is # not modelled')
  }
  return resultOf([step({})], { start })
}

/** The YAML block of the first failure. */
function blockOf(text: string): Record<string, unknown> {
  const block = /^ {2}---\n(.*?)^ {2}\.\.\.\n/ms.exec(text)?.[1] ?? ''
  return parse(block)
}

test('a run without scenarios is a plan of none', () => {
  expect(report([])).toBe('TAP version 14\n# seed 7\n1..0\n')
})

test('a test point per scenario; a failure has who is to blame, its place and its screen', async () => {
  const text = report([await resultOf([step({ status: STATUS })]), await strippedResult()])
  expect(text.split('\n').filter((line) => !line.startsWith(' '))).toEqual([
    'TAP version 14',
    '# seed 7',
    'ok 1 - simulated > The prefix is preserved',
    'not ok 2 - simulated > The prefix is preserved',
    '1..2',
    '',
  ])
  expect(blockOf(text)).toEqual({
    message: expect.stringMatching(/^BLAME nginx: nginx got .* \(chains\/flowmaster\/nginx\.conf:14:5\)$/),
    severity: 'fail',
    type: 'fail',
    at: 'scenarios/routing/prefix.yaml:6:7',
    duration_ms: 2,
    screen: expect.stringContaining('\n\nBLAME nginx: nginx got /api/v1/processes?page=2'),
  })
})

test('what nobody can show fails, or is skipped where that is allowed', async () => {
  expect(report([await gap()])).toContain('\nnot ok 1 - simulated > The prefix is preserved\n  ---\n')
  expect(report([await gap()], { allowUnsupported: true })).toContain(
    'ok 1 - simulated > The prefix is preserved # SKIP unsupported: chains/flowmaster/nginx.conf:3:1: lua: it is \\# not modelled\n',
  )
})

test('files that are not valid, scenarios that were not run, environments that part', async () => {
  const source = new Source('x.yaml', 'scenario: x\n')
  const problem = { code: 'E_X', severity: 'error', message: 'no such key', span: source.spanAt(0, 8), source } as const
  const text = report([], {
    invalid: [{ file: 'x.yaml', diagnostics: [problem] }],
    notRun: [{ name: 'Later', source: new Source('y.yaml', '') }],
  })
  expect(text).toContain('not ok 1 - files > x.yaml is valid\n')
  expect(blockOf(text)).toMatchObject({ severity: 'error', type: 'invalid', at: 'x.yaml:1:1' })
  expect(text).toContain('ok 2 - not run > Later # SKIP not run: the run was stopped before\n1..2\n')
  const apart = [
    { request: () => flow({ nginx: { sends: '/a' } }) },
    { request: () => flow({ nginx: { sends: '/b' } }) },
  ] as const
  const { results, agreements } = await compared([step({})], apart)
  expect(written(tapReporter, results, { agreements })).toContain(
    'not ok 3 - simulated, sandbox > The prefix is preserved agrees: simulated, sandbox\n',
  )
})

test('no text begins a line or a directive of its own', async () => {
  const hostile = 'x # SKIP \\\nnot ok 9 - y\n...\n1..9\r\u2028\u001b[31m \ud800'
  const options = { request: () => flow({ status: 500, body: hostile, target: hostile }) }
  const result = await resultOf([step({ status: STATUS })], options, {
    name: hostile,
    source: new Source(hostile, hostile),
  })
  const text = report([result])
  const lines = text.split('\n').filter((line) => !line.startsWith('  '))
  expect(lines).toEqual(['TAP version 14', '# seed 7', expect.stringMatching(/^not ok 1 - /), '1..1', ''])
  expect(Object.keys(blockOf(text))).toEqual(['message', 'severity', 'type', 'at', 'duration_ms', 'screen'])
  expect(lines[2]).toContain('simulated > x \\# SKIP \\\\␊not ok 9 - y␊')
  expect(text).not.toContain('\u001b')
  expect(text.isWellFormed()).toBe(true)
})

test('secrets stay out', async () => {
  const echo = { ...STRIPPED, response: { status: 404, headers: [], body: 'you are hunter22' } }
  const result = await resultOf(
    [step({ status: STATUS })],
    { request: () => echo },
    { name: 'token=hunter22-hunter22' },
  )
  const text = report([result])
  expect(text).not.toContain('hunter22')
  expect(text).toContain('***')
})
