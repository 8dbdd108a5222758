import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { EnvironmentError, InvalidChainError, UnsupportedError } from '../environments/environment.ts'
import { at, flow, SITE } from '../runner/fixtures/flow.ts'
import { variant } from '../runner/fixtures/scenarios.ts'
import type { Agreement, ScenarioResult } from '../runner/result.ts'
import { compared, resultOf, STATUS, STRIPPED, step, strippedResult, written } from './fixtures.ts'
import { jsonReporter, traceJson } from './json.ts'
import { junitReporter } from './junit.ts'
import { prettyReporter } from './pretty.ts'

const report = (
  of: typeof jsonReporter,
  results: readonly ScenarioResult[],
  agreements: readonly Agreement[] = [],
): string => written(of, results, { agreements })

const throwing = (error: Error) => () => {
  throw error
}
const gap = () =>
  resultOf([step({})], { start: throwing(new UnsupportedError('lua', at(SITE, 3), 'it is not modelled')) })
const broken = () => resultOf([step({})], { start: throwing(new EnvironmentError('no nginx', 'Install it.')) })

test('json: nothing run is still one object', () => {
  expect(JSON.parse(report(jsonReporter, []))).toEqual({
    version: 2,
    scenarios: [],
    agreements: [],
    gaps: [],
    allowUnsupported: false,
    invalid: [],
    notRun: [],
    interruptedBy: null,
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
      "carriedByRewrittenForm": 0,
      "durationMs": 2.25,
      "environment": "simulated",
      "file": "scenarios/routing/prefix.yaml",
      "name": "The prefix is preserved",
      "runs": [
        {
          "because": null,
          "durationMs": 2,
          "evidence": null,
          "example": null,
          "must": "pass",
          "nginx": null,
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
                  "seen": null,
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
              "messages": null,
              "problem": null,
              "refusal": null,
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
      exchanges: [
        { hop: 'nginx', passes: [{ tries: [{ request: { target: '/v1/processes?page=2' } }] }] },
        { hop: 'gateway' },
      ],
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
          "field": "passes[0].tries[0].request.target",
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

test('json: the lines that decided parts of a pass, each proxy_set_header with the header it sets', () => {
  const host = { name: 'host', text: 'proxy_set_header Host $host', span: at(SITE, 16), drops: false }
  const whole = { text: 'proxy_pass http://10.43.193.134:9000', span: at(SITE, 14, 5, 36) }
  const { exchanges } = JSON.parse(traceJson(flow({ nginx: { decidedBy: { headers: [host] } } })))
  const others = { location: null, target: null, readTimeout: null }
  expect(exchanges[0].passes).toMatchObject([{ decidedBy: { ...others, whole, headers: [host] } }])
  expect(exchanges[1].passes).toMatchObject([{ decidedBy: { ...others, headers: [] } }])
  expect(exchanges[2].passes).toEqual([])
})

test('json: reasons and near misses are data, with their sentences', () => {
  const reason = { kind: 'longest-prefix', name: '/api/', forbidsRegexes: false, span: at(SITE, 13) } as const
  const because = { kind: 'shorter', name: '/', winner: '/api/' } as const
  const rule = { text: 'location /', span: at(SITE, 7) }
  const trace = flow({ nginx: { reasons: [reason], nearMisses: [{ rule, because }] } })
  const [nginx] = JSON.parse(traceJson(trace)).exchanges
  expect(nginx.passes).toMatchObject([
    {
      reasons: [{ ...reason, text: '"/api/" is the longest matching prefix' }],
      nearMisses: [{ rule, because, text: '"/" matches too, but it is shorter than "/api/"' }],
    },
  ])
})

test('junit: a disagreement is a failed case of its own; what was not compared is skipped', async () => {
  const { results, agreements } = await compared([step({})], DISAGREE)
  const xml = report(junitReporter, results, agreements)
  expect(xml).toContain('<testsuites name="chain" tests="3" failures="1" errors="0" time="0.812">')
  expect(xml).toContain('<testsuite name="simulated, sandbox"')
  expect(xml).toContain('<testcase name="The prefix is preserved agrees: simulated, sandbox"')
  expect(xml).toContain(
    '<failure message="nginx: passes[0].tries[0].request.target differs: /a on simulated, /b on sandbox" type="disagree">',
  )
  const gap = await compared([step({})], [{}, { start: throwing(new EnvironmentError('no nginx', 'Install it.')) }])
  expect(report(junitReporter, [], gap.agreements)).toContain(
    '<skipped message="not compared: sandbox broke: no nginx"/>',
  )
})

test('junit: a suite per environment, a case per scenario, the screen of a failure inside', async () => {
  const results = [await resultOf([step({ status: STATUS })]), await gap(), await broken()]
  expect(report(junitReporter, results)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="chain" tests="3" failures="0" errors="1" time="0.812">
      <testsuite name="simulated" timestamp="2026-01-01T00:00:00.000Z" tests="3" failures="0" errors="1" skipped="1" time="0.006">
        <properties>
          <property name="seed" value="7"/>
        </properties>
        <testcase name="The prefix is preserved" classname="scenarios.routing.prefix" file="scenarios/routing/prefix.yaml" time="0.002"/>
        <testcase name="The prefix is preserved" classname="scenarios.routing.prefix" file="scenarios/routing/prefix.yaml" time="0.002">
          <skipped message="unsupported: chains/flowmaster/nginx.conf:3:1: lua: it is not modelled"/>
        </testcase>
        <testcase name="The prefix is preserved" classname="scenarios.routing.prefix" file="scenarios/routing/prefix.yaml" time="0.002">
          <error message="no nginx" type="error"><![CDATA[ERROR scenarios/routing/prefix.yaml:1 The prefix is preserved on simulated

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
  expect(failed).toContain(
    '<failure message="BLAME nginx: nginx got /api/v1/processes?page=2 and sends /v1/processes?page=2',
  )
  expect(failed).toContain('<![CDATA[FAIL scenarios/routing/prefix.yaml:3 The prefix is preserved')
  expect(failed).toContain('\nBLAME nginx: nginx got /api/v1/processes?page=2 and sends /v1/processes?page=2')
})

/** Elements of junit-10.xsd (the schema of Jenkins' xunit plugin): what may stand in them, and their attributes, those that must be there first. */
const JUNIT: Readonly<
  Record<string, { readonly in: string; readonly required: string[]; readonly optional: string[] }>
> = {
  testsuites: { in: '', required: [], optional: ['name', 'time', 'tests', 'failures', 'errors'] },
  testsuite: {
    in: 'testsuites',
    required: ['name', 'tests', 'failures', 'errors'],
    optional: ['time', 'skipped', 'timestamp'],
  },
  properties: { in: 'testsuite', required: [], optional: [] },
  property: { in: 'properties', required: ['name', 'value'], optional: [] },
  // `file` is GitLab's.
  testcase: { in: 'testsuite', required: ['name'], optional: ['time', 'classname', 'file'] },
  failure: { in: 'testcase', required: [], optional: ['type', 'message'] },
  error: { in: 'testcase', required: [], optional: ['type', 'message'] },
  skipped: { in: 'testcase', required: [], optional: ['type', 'message'] },
  'system-out': { in: 'testcase', required: [], optional: [] },
}

test('junit: elements and attributes are those of the schema that Jenkins checks by', async () => {
  const results = [await strippedResult(), await gap(), await broken(), await resultOf([step({ status: STATUS })])]
  const { results: more, agreements } = await compared([step({})], DISAGREE)
  const xml = written(junitReporter, [...results, ...more], { agreements, durationMs: 1_234_567 })
  const around: string[] = ['']
  const tags = xml
    .replaceAll(/<!\[CDATA\[.*?\]\]>|<\?.*?\?>/gs, '')
    .matchAll(/<(\/?)([\w-]+)((?: [\w-]+="[^"]*")*)(\/?)>/g)
  for (const [, isEnd, name = '', attributes = '', isEmpty] of tags) {
    if (isEnd === '/') {
      expect(around.pop()).toBe(name)
      continue
    }
    const names = [...attributes.matchAll(/ ([\w-]+)=/g)].map(([, attribute]) => attribute)
    expect(JUNIT[name]?.in, name).toBe(around.at(-1))
    expect([...(JUNIT[name]?.required ?? []), ...(JUNIT[name]?.optional ?? [])]).toEqual(expect.arrayContaining(names))
    expect(names).toEqual(expect.arrayContaining(JUNIT[name]?.required ?? []))
    if (isEmpty === '') around.push(name)
  }
  expect(around).toEqual([''])
  // SUREFIRE_TIME
  for (const [, time = ''] of xml.matchAll(/ time="([^"]*)"/g)) expect(time).toMatch(/^\d+\.\d{3}$/)
})

test('junit: a case for each variant and row, in a class that is grouped by its folder', async () => {
  const source = new Source('../my/scenarios/v1.2/prefix.yaml', 'scenario: x\n')
  const given = { source, variants: [variant({ name: 'buggy', must: 'fail' }), variant({ name: 'fixed' })] }
  const rows = { ...given, examples: [{ id: '1' }, { id: '2' }] }
  const xml = report(junitReporter, [await resultOf([step({ status: STATUS })], {}, rows)])
  expect(xml.match(/<testcase name="[^"]*" classname="[^"]*"/g)).toEqual([
    '<testcase name="The prefix is preserved [buggy, id=1]" classname="my.scenarios.v1_2.prefix"',
    '<testcase name="The prefix is preserved [buggy, id=2]" classname="my.scenarios.v1_2.prefix"',
    '<testcase name="The prefix is preserved [fixed, id=1]" classname="my.scenarios.v1_2.prefix"',
    '<testcase name="The prefix is preserved [fixed, id=2]" classname="my.scenarios.v1_2.prefix"',
  ])
  expect(xml).toContain('<failure message="the buggy chain passes: the scenario does not show the bug" type="fail">')
})

test('junit: what no environment shows is a failure, unless that is allowed', async () => {
  const message = 'message="unsupported: chains/flowmaster/nginx.conf:3:1: lua: it is not modelled"'
  const results = [await gap()]
  expect(written(junitReporter, results)).toContain(`<failure ${message} type="unsupported">`)
  expect(written(junitReporter, results, { allowUnsupported: true })).toContain(`<skipped ${message}/>`)
})

test('invalid files and scenarios that were not run are in every report', async () => {
  const source = new Source('scenarios/left.yaml', 'scenario: Left\n')
  const diagnostic = { code: 'E_YAML_SYNTAX', severity: 'error', message: 'no YAML', span: at('bad.yaml', 3) } as const
  const given = {
    invalid: [{ file: 'bad.yaml', diagnostics: [diagnostic] }],
    notRun: [{ name: 'Left', source }],
    interruptedBy: 'SIGTERM',
  } as const
  expect(JSON.parse(written(jsonReporter, [], given))).toMatchObject({
    invalid: [{ file: 'bad.yaml', diagnostics: [{ code: 'E_YAML_SYNTAX', span: { line: 3 } }] }],
    notRun: [{ name: 'Left', file: 'scenarios/left.yaml' }],
    interruptedBy: 'SIGTERM',
  })
  const xml = written(junitReporter, [], given)
  expect(xml).toContain('<testsuites name="chain" tests="2" failures="0" errors="1" time')
  expect(xml).toContain('<error message="bad.yaml:3:1: no YAML" type="invalid">')
  expect(xml).toContain('<skipped message="not run: the run was stopped before"/>')
  expect(written(prettyReporter, [], given)).toBe(
    '0 scenarios passed, 1 file is not valid, 1 not run, stopped by SIGTERM in 0.8 s, seed 7\n',
  )
})
