import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { EnvironmentError, InvalidChainError, UnsupportedError } from '../environments/environment.ts'
import { at, flow, SITE } from '../runner/fixtures/flow.ts'
import type { Agreement, RunResult, ScenarioResult } from '../runner/result.ts'
import { compared, resultOf, STATUS, STRIPPED, step, strippedResult } from './fixtures.ts'
import { jsonReporter, traceJson } from './json.ts'
import { junitReporter } from './junit.ts'

function report(
  of: typeof jsonReporter,
  results: readonly ScenarioResult[],
  agreements: readonly Agreement[] = [],
): string {
  let text = ''
  const reporter = of({ write: (more) => (text += more) })
  for (const result of results) reporter.onScenario?.(result)
  for (const agreement of agreements) reporter.onAgreement?.(agreement)
  const run: RunResult = {
    scenarios: results,
    agreements,
    seed: 7,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 812,
  }
  reporter.onEnd(run)
  return text
}

const throwing = (error: Error) => () => {
  throw error
}
const gap = () =>
  resultOf([step({})], { start: throwing(new UnsupportedError('lua', at(SITE, 3), 'it is not modelled')) })
const broken = () => resultOf([step({})], { start: throwing(new EnvironmentError('no nginx', 'Install it.')) })

test('json: nothing run is still one object', () => {
  expect(JSON.parse(report(jsonReporter, []))).toEqual({
    version: 1,
    scenarios: [],
    agreements: [],
    seed: 7,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 812,
  })
})

test('json: the whole shape of a scenario, one line each', async () => {
  const text = report(jsonReporter, [await resultOf([step({ status: STATUS })]), await strippedResult()])
  const { scenarios } = JSON.parse(text)
  expect(text.split('\n')).toHaveLength(7)
  expect(scenarios[0]).toMatchInlineSnapshot(`
    {
      "durationMs": 2.25,
      "environment": "simulated",
      "file": "scenarios/routing/prefix.yaml",
      "name": "The prefix is preserved",
      "runs": [
        {
          "because": null,
          "example": null,
          "must": "pass",
          "notRun": [],
          "problem": null,
          "span": {
            "column": 1,
            "file": "scenarios/routing/prefix.yaml",
            "length": 8,
            "line": 1,
          },
          "steps": [
            {
              "blame": null,
              "checks": [
                {
                  "hop": null,
                  "passed": true,
                  "span": {
                    "column": 7,
                    "file": "scenarios/routing/prefix.yaml",
                    "length": 6,
                    "line": 6,
                  },
                  "what": "status",
                },
              ],
              "curl": null,
              "durationMs": 1.5,
              "problem": null,
              "span": {
                "column": 5,
                "file": "scenarios/routing/prefix.yaml",
                "length": 7,
                "line": 3,
              },
              "title": "request: GET /api/v1/processes?page=2",
              "trace": null,
              "verdict": "pass",
            },
          ],
          "stepsVerdict": "pass",
          "variant": null,
          "verdict": "pass",
        },
      ],
      "tags": [],
      "verdict": "pass",
    }
  `)
  expect(scenarios[1].runs[0].steps[0]).toMatchObject({
    verdict: 'fail',
    checks: [
      { what: 'status', expected: '200', actual: '404' },
      { what: 'nginx', passed: true },
      { what: 'nginx.sends' },
    ],
    blame: { hop: 'nginx', rule: { span: { file: SITE, line: 14 } } },
    trace: {
      exchanges: [{ hop: 'nginx', forwards: [{ request: { target: '/v1/processes?page=2' } }] }, { hop: 'gateway' }],
    },
  })
  expect(scenarios[1].runs[0].notRun).toMatchObject([{ title: 'request: GET /next', span: { line: 9 } }])
})

test('json: problems are whole, stack and all, but for the text of files', async () => {
  const diagnostic = { code: 'E_NGINX', severity: 'error', message: 'm', span: at(SITE, 3) } as const
  const invalid = await resultOf([step({})], { start: throwing(new InvalidChainError([diagnostic])) })
  const bug = await resultOf([step({})], { request: throwing(new TypeError('x')) })
  const { scenarios } = JSON.parse(report(jsonReporter, [invalid, bug]))
  expect(scenarios[0].runs[0].problem).toMatchObject({
    verdict: 'fail',
    diagnostics: [{ code: 'E_NGINX', hint: null }],
  })
  expect(scenarios[1].runs[0].steps[0].problem.stack).toContain('machine.test.ts')
})

test('json: secrets are masked, in echoes too; bytes that are no text are Base64', async () => {
  const echo = { ...STRIPPED, response: { status: 404, headers: [], body: 'you are hunter22' } }
  const result = await resultOf([step({ status: STATUS })], { request: () => echo })
  const text = report(jsonReporter, [result])
  expect(text).not.toContain('hunter22')
  expect(text).toContain('you are ***')
  const binary = { ...flow(), response: { status: 200, headers: [], body: '\xff\x00' } }
  expect(JSON.parse(traceJson(binary)).response).toEqual({ status: 200, headers: [], bodyBase64: '/wA=' })
})

const DISAGREE = [
  { request: () => flow({ nginx: { sends: '/a' } }) },
  { request: () => flow({ nginx: { sends: '/b' } }) },
] as const

test('json: whether environments agree, and where they part', async () => {
  const { results, agreements } = await compared([step({})], DISAGREE)
  expect(JSON.parse(report(jsonReporter, results, agreements)).agreements).toMatchInlineSnapshot(`
    [
      {
        "because": null,
        "difference": {
          "environments": [
            "simulated",
            "sandbox",
          ],
          "example": null,
          "field": "forwards[0].request.target",
          "hop": "nginx",
          "left": "/a",
          "leftRule": {
            "span": {
              "column": 5,
              "file": "chains/flowmaster/nginx.conf",
              "length": 36,
              "line": 14,
            },
            "text": "proxy_pass http://10.43.193.134:9000",
          },
          "right": "/b",
          "rightRule": {
            "span": {
              "column": 5,
              "file": "chains/flowmaster/nginx.conf",
              "length": 36,
              "line": 14,
            },
            "text": "proxy_pass http://10.43.193.134:9000",
          },
          "service": null,
          "step": {
            "span": {
              "column": 5,
              "file": "scenarios/routing/prefix.yaml",
              "length": 7,
              "line": 3,
            },
            "title": "request: GET /api/v1/processes?page=2",
          },
          "variant": null,
        },
        "environments": [
          "simulated",
          "sandbox",
        ],
        "file": "scenarios/routing/prefix.yaml",
        "name": "The prefix is preserved",
        "tags": [],
        "verdict": "disagree",
      },
    ]
  `)
  const gap = await compared([step({})], [{}, { start: throwing(new EnvironmentError('no nginx', 'Install it.')) }])
  expect(JSON.parse(report(jsonReporter, [], gap.agreements)).agreements).toMatchObject([
    { verdict: 'not compared', because: 'sandbox broke: no nginx', difference: null },
  ])
})

test('json: the lines that decided parts of an exchange, by the header they set', () => {
  const host = { text: 'proxy_set_header Host $host', span: at(SITE, 16), drops: false }
  const decidedBy = { location: null, target: null, headers: new Map([['host', host]]), readTimeout: null }
  const { exchanges } = JSON.parse(traceJson(flow({ nginx: { decidedBy } })))
  expect(exchanges[0].decidedBy).toEqual({ location: null, target: null, headers: { host }, readTimeout: null })
  expect(exchanges[1].decidedBy).toBeNull()
})

test('junit: a disagreement is a failed case of its own; what was not compared is skipped', async () => {
  const { results, agreements } = await compared([step({})], DISAGREE)
  const xml = report(junitReporter, results, agreements)
  expect(xml).toContain('<testsuites name="chain" tests="3" failures="1" errors="0" skipped="0">')
  expect(xml).toContain('<testsuite name="simulated, sandbox"')
  expect(xml).toContain('<testcase name="The prefix is preserved agrees: simulated, sandbox"')
  expect(xml).toContain('<failure message="DISAGREE scenarios/routing/prefix.yaml:3 The prefix is preserved')
  const gap = await compared([step({})], [{}, { start: throwing(new EnvironmentError('no nginx', 'Install it.')) }])
  expect(report(junitReporter, [], gap.agreements)).toContain('<system-out><![CDATA[sandbox broke: no nginx]]>')
})

test('junit: a suite per environment, a case per scenario, the screen of a failure inside', async () => {
  const results = [await resultOf([step({ status: STATUS })]), await gap(), await broken()]
  expect(report(junitReporter, results)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="chain" tests="3" failures="0" errors="1" skipped="1">
      <testsuite name="simulated" timestamp="2026-01-01T00:00:00.000Z" tests="3" failures="0" errors="1" skipped="1">
        <properties>
          <property name="seed" value="7"/>
        </properties>
        <testcase name="The prefix is preserved" file="scenarios/routing/prefix.yaml" time="0.00225" classname="scenarios/routing/prefix"/>
        <testcase name="The prefix is preserved" file="scenarios/routing/prefix.yaml" time="0.00225" classname="scenarios/routing/prefix">
          <skipped/>
          <system-out><![CDATA[lua: it is not modelled]]></system-out>
        </testcase>
        <testcase name="The prefix is preserved" file="scenarios/routing/prefix.yaml" time="0.00225" classname="scenarios/routing/prefix">
          <error message="ERROR scenarios/routing/prefix.yaml:1 The prefix is preserved on simulated" type="error"><![CDATA[ERROR scenarios/routing/prefix.yaml:1 The prefix is preserved on simulated

      no nginx
      hint: Install it.

      not run: the step from line 3 on]]></error>
        </testcase>
      </testsuite>
    </testsuites>
    "
  `)
  const failed = report(junitReporter, [await strippedResult()])
  expect(failed).toContain('<testsuites name="chain" tests="1" failures="1"')
  expect(failed).toContain('<![CDATA[FAIL scenarios/routing/prefix.yaml:3 The prefix is preserved')
  expect(failed).toContain('BLAME  nginx: nginx got /api/v1/processes?page=2 and sends /v1/processes?page=2')
})

/** Python's expat, where there is one: nothing installed here reads XML. */
const PARSE = ['-c', 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.stdin.buffer)']
const HAS_PYTHON = spawnSync('python3', PARSE, { input: '<a/>' }).status === 0

const NO_PARSER = HAS_PYTHON ? '' : ' (skipped: no python3 to parse it)'

test.skipIf(!HAS_PYTHON)(`junit: any name gives XML that a parser takes${NO_PARSER}`, async () => {
  const hostile = ']]> & <a b="c\'"> \0 \u001b[31m \ud800 \ufffe \u{1f600} \n\t'
  const options = { request: () => flow({ status: 500, body: hostile, target: hostile }) }
  const source = new Source(hostile, hostile)
  const one = await resultOf([step({ status: STATUS })], options, { name: hostile, source })
  const other = await resultOf([step({})], { start: throwing(new UnsupportedError(hostile, null, hostile)) })
  const xml = report(junitReporter, [one, other])
  expect(xml).toContain('<failure message="FAIL ')
  expect(spawnSync('python3', PARSE, { input: xml }).stderr.toString()).toBe('')
})
