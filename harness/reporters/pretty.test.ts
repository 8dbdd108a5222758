import { expect, test } from 'vitest'
import type { Headers } from '../chain/message.ts'
import { EnvironmentError, InvalidChainError, UnsupportedError } from '../environments/environment.ts'
import { FakeEnvironment } from '../runner/fixtures/fake-environment.ts'
import { at, flow, SITE } from '../runner/fixtures/flow.ts'
import { scenario, variant } from '../runner/fixtures/scenarios.ts'
import type { Agreement, ScenarioResult } from '../runner/result.ts'
import { runScenario } from '../runner/run-scenario.ts'
import { renderExplanation } from './explanation.ts'
import { BODY, compared, resultOf, STATUS, STRIPPED, spanOf, step, strippedResult, written } from './fixtures.ts'
import { prettyReporter } from './pretty.ts'

function report(results: readonly ScenarioResult[], color = false, agreements: readonly Agreement[] = []): string {
  return written(prettyReporter, results, { color, agreements })
}

const throwing = (error: Error) => () => {
  throw error
}

test('green is a line for each scenario, and one at the end', async () => {
  const passed = await resultOf([step({ status: STATUS })])
  expect(report([passed])).toMatchInlineSnapshot(`
    "pass scenarios/routing/prefix.yaml The prefix is preserved, 2 ms

    1 scenario passed in 0.8 s, seed 7
    "
  `)
  const carried = { ...passed, carriedByRewrittenForm: 2 }
  expect(report([passed, carried, { ...carried, environment: 'sandbox' }])).toContain(
    'seed 7, 2 requests carried by the rewritten form',
  )
  const gap = await resultOf([step({})], { start: throwing(new UnsupportedError('lua', at(SITE, 3), 'no model')) })
  expect(report([passed, passed, gap])).toMatchInlineSnapshot(`
    "pass scenarios/routing/prefix.yaml The prefix is preserved, 2 ms
    pass scenarios/routing/prefix.yaml The prefix is preserved, 2 ms
    unsupported scenarios/routing/prefix.yaml The prefix is preserved, 2 ms

    unsupported: chains/flowmaster/nginx.conf:3:1: lua: no model (1 scenario)
    hint: Name an environment that can show it by --env, or pass --allow-unsupported.
    2 scenarios passed (1 unsupported) in 0.8 s, seed 7
    "
  `)
})

test('a failing step on one screen', async () => {
  expect(report([await strippedResult()])).toMatchInlineSnapshot(`
    "FAIL scenarios/routing/prefix.yaml:3 The prefix is preserved on simulated

    BLAME nginx: nginx got /api/v1/processes?page=2 and sends /v1/processes?page=2 to api-gateway: proxy_pass has a URI part "/": the matched prefix "/api/" is replaced by it
      chains/flowmaster/nginx.conf:14:5
     14 |     proxy_pass http://10.43.193.134:9000/;
        |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      change: Leave "/" out: proxy_pass http://10.43.193.134:9000;

    scenarios/routing/prefix.yaml:6:7: error[status]: expected 200, got 404
     6 |       status: 200
       |       ^~~~~~
      1 more follows from it: nginx.sends (line 7)

      client   sends       GET /api/v1/processes?page=2
      nginx    received    GET /api/v1/processes?page=2
               matched     location /api/
               decided by  proxy_pass http://10.43.193.134:9000/  chains/flowmaster/nginx.conf:14:5
               why         "/api/" is the longest matching prefix  chains/flowmaster/nginx.conf:13:3
               why         proxy_pass has a URI part "/": the matched prefix "/api/" is replaced by it  chains/flowmaster/nginx.conf:14:5
               sent        GET /v1/processes?page=2 to api-gateway (10.43.193.134:9000)
               came back   404 {"detail":"Not Found"}
      gateway  received    GET /v1/processes?page=2
               matched     no route
               near miss   route /v1/process-design/*: with /api in front it would be taken  chains/flowmaster/gateway-config/routes.yaml:1:3
               answered    404 {"detail":"Not Found"}, by itself
      client   got         404 {"detail":"Not Found"} in 3 ms

      repeat it: curl --path-as-is -H 'Host: flowmaster.example' -H 'Authorization: Bearer ***' -H User-Agent: -H Accept: 'http://localhost/api/v1/processes?page=2'

      not run: the step from line 9 on

    1 scenario failed, 0 passed in 0.8 s, seed 7
    "
  `)
})

test('a body that differs is shown as a diff', async () => {
  const result = await resultOf([step({ body: BODY })], {
    request: () => flow({ body: '{"items":[{"id":2}],"more":true}' }),
  })
  expect(report([result])).toMatchInlineSnapshot(`
    "FAIL scenarios/routing/prefix.yaml:3 The prefix is preserved on simulated

    BLAME backend (process-design): process-design answered 200 itself
      chains/flowmaster/services.yaml:2:1
     2 | service process-design
       | ^~~~~~~~~~~~~~~~~~~~~~

    scenarios/routing/prefix.yaml:8:14: error[body]: not as expected at $.items[0].id
     8 |       body: {json: {items: [{id: 1}]}}
       |              ^~~~
      --- expected
      +++ actual
      @@ -1,7 +1,7 @@
       {
         "items": [
           {
      -      "id": 1
      +      "id": 2
           }
         ]
       }

      client   sends       GET /api/v1/processes/42
      nginx    received    GET /api/v1/processes/42
               matched     location /api/
               decided by  proxy_pass http://10.43.193.134:9000  chains/flowmaster/nginx.conf:14:5
               sent        GET /api/v1/processes/42 to api-gateway (10.43.193.134:9000)
               came back   200 {"items":[{"id":2}],"more":true}
      gateway  received    GET /api/v1/processes/42
               decided by  route /v1/process-design/*  chains/flowmaster/gateway-config/routes.yaml:1:3
               sent        GET /api/v1/processes/42 to process-design (10.43.7.3:9003)
               came back   200 {"items":[{"id":2}],"more":true}
      backend  received    GET /api/v1/processes/42 at process-design
               answered    200 {"items":[{"id":2}],"more":true}, by itself
      client   got         200 {"items":[{"id":2}],"more":true} in 3 ms

      repeat it: curl --path-as-is -H 'Host: flowmaster.example' -H User-Agent: -H Accept: http://localhost/api/v1/processes/42

    1 scenario failed, 0 passed in 0.8 s, seed 7
    "
  `)
})

test('with --verbose, what every hop did in steps that passed is shown', async () => {
  const one = scenario([step({ status: STATUS })], { examples: [{ id: '42' }], name: 'A name' })
  const environment = new FakeEnvironment({ request: () => secretFlow })
  const result = { ...(await runScenario(one, environment, { seed: 7, keepTraces: true })), durationMs: 2.25 }
  const text = written(prettyReporter, [result], { verbose: true })
  expect(text).toMatchInlineSnapshot(`
    "pass scenarios/test.yaml A name, 2 ms

    PASS scenarios/test.yaml:5 A name [id=42] on simulated

      3: request: GET /api/v1/processes?page=2
      client   sends       GET /api/v1/processes/42
      nginx    received    GET /api/v1/processes/42
               matched     location /api/
               decided by  proxy_pass http://10.43.193.134:9000  chains/flowmaster/nginx.conf:14:5
               sent        GET /api/v1/processes/42 to api-gateway (10.43.193.134:9000)
               came back   200 ***
      gateway  received    GET /api/v1/processes/42
               decided by  route /v1/process-design/*  chains/flowmaster/gateway-config/routes.yaml:1:3
               sent        GET /api/v1/processes/42 to process-design (10.43.7.3:9003)
               came back   200 ***
      backend  received    GET /api/v1/processes/42 at process-design
               answered    200 ***, by itself
      client   got         200 *** in 3 ms

    1 scenario passed in 0.8 s, seed 7
    "
  `)
  expect(written(prettyReporter, [result])).not.toContain('received')
})

const secretFlow = flow({ headers: [['Authorization', 'Bearer hunter22']], status: 200, body: 'hunter22' })

test('a buggy chain that shows no bug, or another', async () => {
  const buggy = (given: object) => ({
    variants: [variant({ name: 'buggy', must: 'fail', span: spanOf('scenario'), ...given })],
  })
  const passes = await resultOf([step({ status: STATUS })], {}, { ...buggy({}), examples: [{ id: '42' }] })
  expect(report([passes])).toMatchInlineSnapshot(`
    "FAIL scenarios/routing/prefix.yaml:1 The prefix is preserved [buggy, id=42] on simulated

    scenarios/routing/prefix.yaml:1:1: error[variant]: the buggy chain passes: the scenario does not show the bug
     1 | scenario: The prefix is preserved
       | ^~~~~~~~

    1 scenario failed, 0 passed in 0.8 s, seed 7
    "
  `)
  const other = await resultOf(
    [step({ status: STATUS })],
    { request: () => flow({ status: 503 }) },
    buggy({ blame: 'nginx' }),
  )
  expect(report([other])).toMatchInlineSnapshot(`
    "FAIL scenarios/routing/prefix.yaml:3 The prefix is preserved [buggy] on simulated

    scenarios/routing/prefix.yaml:1:1: error[variant]: it fails, but blames backend instead of nginx
     1 | scenario: The prefix is preserved
       | ^~~~~~~~

    BLAME backend (process-design): process-design answered 503 itself
      chains/flowmaster/services.yaml:2:1
     2 | service process-design
       | ^~~~~~~~~~~~~~~~~~~~~~

    scenarios/routing/prefix.yaml:6:7: error[status]: expected 200, got 503
     6 |       status: 200
       |       ^~~~~~

      client   sends       GET /api/v1/processes/42
      nginx    received    GET /api/v1/processes/42
               matched     location /api/
               decided by  proxy_pass http://10.43.193.134:9000  chains/flowmaster/nginx.conf:14:5
               sent        GET /api/v1/processes/42 to api-gateway (10.43.193.134:9000)
               came back   503 {"ok":true}
      gateway  received    GET /api/v1/processes/42
               decided by  route /v1/process-design/*  chains/flowmaster/gateway-config/routes.yaml:1:3
               sent        GET /api/v1/processes/42 to process-design (10.43.7.3:9003)
               came back   503 {"ok":true}
      backend  received    GET /api/v1/processes/42 at process-design
               answered    503 {"ok":true}, by itself
      client   got         503 {"ok":true} in 3 ms

      repeat it: curl --path-as-is -H 'Host: flowmaster.example' -H User-Agent: -H Accept: http://localhost/api/v1/processes/42

    1 scenario failed, 0 passed in 0.8 s, seed 7
    "
  `)
})

test('what kept a scenario from running', async () => {
  const diagnostic = {
    code: 'E_NGINX',
    severity: 'error',
    message: 'unknown directive "prox_pass"',
    span: at(SITE, 3),
    hint: 'Did you mean "proxy_pass"?',
  } as const
  const invalid = await resultOf([step({})], { start: throwing(new InvalidChainError([diagnostic])) })
  const broken = await resultOf([step({})], {
    start: throwing(new EnvironmentError('nginx is not installed', 'Install nginx-light.')),
  })
  const bug = await resultOf([step({})], { request: throwing(new TypeError('x is undefined')) })
  const text = report([invalid, broken, bug])
  expect(text).toMatchInlineSnapshot(`
    "FAIL scenarios/routing/prefix.yaml:1 The prefix is preserved on simulated

    chains/flowmaster/nginx.conf:3:1: error[E_NGINX]: unknown directive "prox_pass"
      hint: Did you mean "proxy_pass"?

      not run: the step from line 3 on

    ERROR scenarios/routing/prefix.yaml:1 The prefix is preserved on simulated

      nginx is not installed
      hint: Install nginx-light.

      not run: the step from line 3 on

    ERROR scenarios/routing/prefix.yaml:3 The prefix is preserved on simulated

      This is a bug in chain: x is undefined
      hint: Please report it with the scenario file and what \`--reporter json\` says under "stack".

    1 scenario failed, 2 scenarios broke, 0 passed in 0.8 s, seed 7
    "
  `)
  expect(text).not.toContain('pretty.test.ts')
})

test('where nothing could be shown, the reasons are told', async () => {
  const gap = await resultOf([step({})], {
    start: throwing(new UnsupportedError('lua_code_cache', at(SITE, 3), 'it is not modelled')),
  })
  expect(report([gap, gap])).toMatchInlineSnapshot(`
    "unsupported scenarios/routing/prefix.yaml The prefix is preserved, 2 ms
    unsupported scenarios/routing/prefix.yaml The prefix is preserved, 2 ms

    unsupported: chains/flowmaster/nginx.conf:3:1: lua_code_cache: it is not modelled (2 scenarios)
    hint: Name an environment that can show it by --env, or pass --allow-unsupported.
    0 scenarios passed (2 unsupported) in 0.8 s, seed 7
    "
  `)
})

/** A healthy chain whose nginx sends something else. */
const sends = (target: string, sentHeaders?: Headers) => ({
  request: () => flow({ nginx: { sends: target, ...(sentHeaders === undefined ? {} : { sentHeaders }) } }),
})

test('environments that agree are one line at the end', async () => {
  const { results, agreements } = await compared([step({ status: STATUS })], [{}, {}])
  expect(report([...results, ...results], false, [...agreements, ...agreements])).toMatchInlineSnapshot(`
    "pass scenarios/routing/prefix.yaml The prefix is preserved on simulated, 2 ms
    pass scenarios/routing/prefix.yaml The prefix is preserved on sandbox, 2 ms
    pass scenarios/routing/prefix.yaml The prefix is preserved on simulated, 2 ms
    pass scenarios/routing/prefix.yaml The prefix is preserved on sandbox, 2 ms

    2 scenarios passed on simulated and on sandbox, 2 agree, in 0.8 s, seed 7
    "
  `)
})

test('environments that disagree are one screen', async () => {
  const { results, agreements } = await compared(
    [step({ status: STATUS })],
    [sends('/api/v1/processes?page=2'), sends('/v1/processes?page=2')],
    { examples: [{ id: '42' }] },
  )
  expect(report(results, false, agreements)).toMatchInlineSnapshot(`
    "pass scenarios/routing/prefix.yaml The prefix is preserved on simulated, 2 ms
    pass scenarios/routing/prefix.yaml The prefix is preserved on sandbox, 2 ms

    DISAGREE scenarios/routing/prefix.yaml:3 The prefix is preserved [id=42] on simulated and sandbox

    scenarios/routing/prefix.yaml:3:5: error[disagree]: nginx: passes[0].tries[0].request.target differs
     3 |   - request: GET /api/v1/processes?page=2
       |     ^~~~~~~

      simulated  /api/v1/processes?page=2
      sandbox    /v1/processes?page=2
                  ^~~~

      simulated  proxy_pass http://10.43.193.134:9000  chains/flowmaster/nginx.conf:14:5
      sandbox    proxy_pass http://10.43.193.134:9000  chains/flowmaster/nginx.conf:14:5

    1 scenario passed on simulated and on sandbox, 0 agree, 1 disagree, in 0.8 s, seed 7
    "
  `)
})

test('short values stand below each other, many lines are a diff', async () => {
  const answers = (status: number) => ({ request: () => flow({ status, backend: { status } }) })
  const short = await compared([step({})], [answers(200), answers(204)])
  expect(report([], false, short.agreements)).toContain('  simulated  200\n  sandbox    204\n')
  const headers: Headers = [
    ['Host', 'a'],
    ['X-A', 'b'],
  ]
  const order = await compared([step({})], [sends('/x', headers), sends('/x', headers.toReversed())])
  expect(report([], false, order.agreements)).toContain(
    '  --- simulated\n  +++ sandbox\n  @@ -1,2 +1,2 @@\n  -Host\n   X-A\n  +Host\n',
  )
})

test('what was not compared is counted, and each reason told once', async () => {
  const gap = await compared(
    [step({})],
    [{}, { start: throwing(new UnsupportedError('lua', at(SITE, 3), 'no model')) }],
  )
  const [one] = gap.agreements
  if (one === undefined) throw new Error('there is one agreement')
  expect(report([...gap.results, ...gap.results], false, [one, one])).toMatchInlineSnapshot(`
    "pass scenarios/routing/prefix.yaml The prefix is preserved on simulated, 2 ms
    unsupported scenarios/routing/prefix.yaml The prefix is preserved on sandbox, 2 ms
    pass scenarios/routing/prefix.yaml The prefix is preserved on simulated, 2 ms
    unsupported scenarios/routing/prefix.yaml The prefix is preserved on sandbox, 2 ms

    not compared: 2 scenarios: sandbox cannot show it: chains/flowmaster/nginx.conf:3:1: lua: no model
    2 scenarios passed on simulated, 0 scenarios passed (2 unsupported) on sandbox, 0 agree, 2 not compared, in 0.8 s, seed 7
    "
  `)
  const many = Array.from({ length: 7 }, (_, n) => ({ ...one, because: `reason ${n}` }))
  expect(report([], false, many)).toContain('… and 2 more reasons\n')
})

const ROWS = Array.from({ length: 7 }, (_, index) => ({ id: String(index) }))

test('rows that fail alike are told once, with the names of the others', async () => {
  let count = 0
  const alike = await resultOf(
    [step({ status: STATUS })],
    { request: () => flow({ status: 500, target: `/api/v1/processes/${count++}` }) },
    { examples: ROWS },
  )
  const text = report([alike])
  expect(text.match(/^FAIL/gm)).toHaveLength(1)
  expect(text).toContain(
    'FAIL scenarios/routing/prefix.yaml:3 The prefix is preserved [id=0] on simulated\n  the same: [id=1], [id=2], [id=3], [id=4] and 2 more\n',
  )
})

test('of many rows that fail in ways of their own, the first ones are shown', async () => {
  let status = 500
  const result = await resultOf(
    [step({ status: STATUS })],
    { request: () => flow({ status: status++ }) },
    { examples: ROWS },
  )
  const text = report([result])
  expect(text.match(/^FAIL/gm)).toHaveLength(5)
  expect(text).toContain('… and 2 more of this file')
  expect(text).not.toContain('the same')
})

test('what one environment has shown is one line for the next', async () => {
  const steps = [step({ status: STATUS })]
  const { results } = await compared(steps, [{ request: () => STRIPPED }, { request: () => STRIPPED }])
  const text = report(results)
  expect(text.match(/^BLAME/gm)).toHaveLength(1)
  expect(text).toContain(
    '\n\nFAIL scenarios/routing/prefix.yaml:3 The prefix is preserved on sandbox: the same as on simulated\n\n',
  )
  const other = await compared(steps, [{ request: () => STRIPPED }, { request: () => flow({ status: 500 }) }])
  expect(report(other.results).match(/^BLAME/gm)).toHaveLength(2)
})

test('the last lines of a run are as wide as the terminal', async () => {
  const because = 'it is not modelled, and there are many words that say why'
  const gap = { start: throwing(new UnsupportedError('lua', at(SITE, 3), because)) }
  const { results, agreements } = await compared([step({})], [{}, gap])
  const alone = await resultOf([step({})], gap)
  const lastOf = (text: string) => text.split('\n\n').at(-1)
  expect(lastOf(written(prettyReporter, results, { agreements, width: 60 }))).toMatchInlineSnapshot(`
    "not compared: 1 scenario: sandbox cannot show it:
      chains/flowmaster/nginx.conf:3:1: lua: it is not modelled,
      and there are many words that say why
    1 scenario passed on simulated, 0 scenarios passed (1
      unsupported) on sandbox, 0 agree, 1 not compared, in 0.8
      s, seed 7
    "
  `)
  expect(lastOf(written(prettyReporter, [alone], { width: 60 }))).toMatchInlineSnapshot(`
    "unsupported: chains/flowmaster/nginx.conf:3:1: lua: it is
      not modelled, and there are many words that say why (1
      scenario)
    hint: Name an environment that can show it by --env, or
      pass --allow-unsupported.
    0 scenarios passed (1 unsupported) in 0.8 s, seed 7
    "
  `)
})

test('what differs between environments is as wide as the terminal', async () => {
  const apart = [
    { request: () => flow({ nginx: { sends: '/a' } }) },
    { request: () => flow({ nginx: { sends: '/b' } }) },
  ] as const
  const { results, agreements } = await compared([step({})], apart, {
    name: 'A long name of a scenario, which has to be wrapped',
  })
  const text = written(prettyReporter, results, { agreements, width: 60 })
  const screen = text.slice(text.indexOf('DISAGREE'))
  expect(screen.split('\n').filter(({ length }) => length > 60)).toEqual([])
})

test('a screen is as wide as the terminal', async () => {
  const text = written(prettyReporter, [await strippedResult()], { width: 60 })
  const lines = text.split('\n').filter((line) => !line.startsWith('  repeat it: '))
  expect(lines.filter(({ length }) => length > 60)).toEqual([])
  expect(text.slice(0, text.indexOf('client   sends'))).toMatchInlineSnapshot(`
    "FAIL scenarios/routing/prefix.yaml:3 The prefix is
      preserved on simulated

    BLAME nginx: nginx got /api/v1/processes?page=2 and sends
      /v1/processes?page=2 to api-gateway: proxy_pass has a URI
      part "/": the matched prefix "/api/" is replaced by it
      chains/flowmaster/nginx.conf:14:5
     14 |     proxy_pass http://10.43.193.134:9000/;
        |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
      change: Leave "/" out: proxy_pass
        http://10.43.193.134:9000;

    scenarios/routing/prefix.yaml:6:7: error[status]: expected
      200, got 404
     6 |       status: 200
       |       ^~~~~~
      1 more follows from it: nginx.sends (line 7)

      "
  `)
  expect(text.slice(text.indexOf('nginx    received'), text.indexOf('gateway  received'))).toMatchInlineSnapshot(`
    "nginx    received    GET /api/v1/processes?page=2
               matched     location /api/
               decided by  proxy_pass http://10.43.193.134:9000/
                           chains/flowmaster/nginx.conf:14:5
               why         "/api/" is the longest matching
                           prefix
                           chains/flowmaster/nginx.conf:13:3
               why         proxy_pass has a URI part "/": the
                           matched prefix "/api/" is replaced by
                           it  chains/flowmaster/nginx.conf:14:5
               sent        GET /v1/processes?page=2 to
                           api-gateway (10.43.193.134:9000)
               came back   404 {"detail":"Not Found"}
      "
  `)
})

test('where no file has the line that is blamed, its own words are shown', async () => {
  const edited = flow({
    status: 500,
    nginx: { rule: { text: 'return 500', span: at(SITE, 14, 5, 11) }, alone: true },
    gateway: null,
    backend: null,
  })
  const text = report([await resultOf([step({ status: STATUS })], { request: () => edited })])
  expect(text).toContain(`  ${SITE}:14:5\n 14 |     return 500\n    |     ^~~~~~~~~~\n`)
})

test('colours are there when they are asked for', async () => {
  const result = await strippedResult()
  const ESCAPE = String.fromCharCode(27)
  const colored = report([result], true)
  expect(colored).toContain(`${ESCAPE}[31m`)
  expect(colored.replaceAll(new RegExp(`${ESCAPE}\\[\\d+m`, 'g'), '')).toBe(report([result]))
})

const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e'

test('nothing that comes from outside can steer the terminal', async () => {
  const hostile = flow({
    target: `/${HOSTILE}`,
    status: 500,
    body: HOSTILE,
    headers: [['X-A', HOSTILE]],
    nginx: {
      matched: HOSTILE,
      rule: { text: HOSTILE, span: at(HOSTILE, 1) },
      reasons: [{ kind: 'returned', line: HOSTILE, span: at(HOSTILE, 2) }],
      sends: HOSTILE,
    },
    gateway: {
      nearMisses: [{ rule: { text: HOSTILE, span: at(HOSTILE, 1) }, because: { kind: 'route', because: HOSTILE } }],
    },
    backend: { service: HOSTILE },
  })
  const body = { ...BODY, value: { kind: 'equals', text: `${HOSTILE}\n` } } as const
  const result = await resultOf(
    [step({ status: STATUS, body })],
    { request: () => hostile },
    { name: HOSTILE, examples: [{ [HOSTILE]: HOSTILE }] },
  )
  const { agreements } = await compared([step({})], [{ request: () => hostile }, sends(`${HOSTILE}\n`)], {
    name: HOSTILE,
    examples: [{ [HOSTILE]: HOSTILE }],
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(report([result], false, agreements)).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/)
})

test('secrets stay out, wherever they stand', async () => {
  const echo = flow({
    headers: [
      ['Authorization', 'Bearer hunter22'],
      ['X-API-Key', 'k3y-k3y-k3y'],
      ['Cookie', 'sid=c00kie-value; a=b'],
    ],
    answerHeaders: [['Set-Cookie', 'sid=n3w-cookie; Path=/']],
    status: 500,
    body: '{"you sent":"hunter22"}',
  })
  const authorization = { ...STATUS, span: spanOf('authorization') }
  const result = await resultOf([step({ status: authorization, body: BODY })], { request: () => echo })
  const text = report([result])
  expect(text).not.toMatch(/hunter22|k3y-k3y|c00kie|n3w-cookie/)
  expect(text).toContain('headers: {authorization: ****** ********, accept: text/plain}')
  expect(text).toContain("-H 'Authorization: Bearer ***'")
})

test('long texts show where they differ, on one screen', async () => {
  const long = (end: string): string => `${'abcdefghij'.repeat(300)}${end}${'z'.repeat(500)}`
  const body = { ...BODY, value: { kind: 'equals', text: long('X') } } as const
  const line = report([await resultOf([step({ body })], { request: () => flow({ body: long('YY') }) })])
  expect(line.split('\n').find((text) => text.startsWith('  expected'))).toMatch(/^ {2}expected {2}…[a-j]{40}Xz{79}…$/)
  expect(
    line
      .split('\n')
      .find((text) => text.trim() === '^~')
      ?.indexOf('^'),
  ).toBe(12 + 1 + 40)

  const many = Array.from({ length: 500 }, (_, index) => index)
  const lines = { ...BODY, value: { kind: 'json', value: many } } as const
  const diff = report([
    await resultOf([step({ body: lines })], {
      request: () => flow({ body: JSON.stringify(many.map((n) => (n % 9 === 0 ? -n : n))) }),
    }),
  ])
  expect(diff).toMatch(/… and \d+ more lines/)
  expect(diff.split('\n').length).toBeLessThan(80)
})

test('an explanation tells all, and no secret', () => {
  const text = renderExplanation(STRIPPED, { color: false })
  expect(text).toContain('  gateway  received    GET /v1/processes?page=2\n')
  expect(text).toContain('           near miss   route /v1/process-design/*: with /api in front')
  expect(text.endsWith(' ms\n')).toBe(true)
  expect(text).not.toContain('hunter22')
})
