import { expect, test } from 'vitest'
import { EnvironmentError, InvalidChainError, UnsupportedError } from '../environments/environment.ts'
import { backend, expected, gateway, nginx, SPAN } from './fixtures/expectations.ts'
import { FakeEnvironment, type FakeOptions } from './fixtures/fake-environment.ts'
import { flow, OWNED_PINS, SITE } from './fixtures/flow.ts'
import { change, drift, type RequestOptions, request, scenario, variant } from './fixtures/scenarios.ts'
import { runScenario, runScenarios } from './run-scenario.ts'

const OPTIONS = { seed: 7 }
const OK = request('GET /a', { status: expected(200) })
const NOT_OK = request('GET /b', { status: expected(404) })

test('every variant and every row of examples runs on a chain started afresh', async () => {
  const environment = new FakeEnvironment()
  const rows = [{ id: '1' }, { id: '2' }]
  const result = await runScenario(
    scenario([], {
      variants: [variant({ name: 'a' }), variant({ name: 'b' })],
      examples: rows,
      stepsFor: ({ id }) => [request(`GET /${id}`, { status: expected(200) })],
    }),
    environment,
    OPTIONS,
  )
  expect(result).toMatchObject({ verdict: 'pass', environment: 'simulated' })
  expect(result.runs.map(({ variant, example }) => [variant, example?.id])).toEqual([
    ['a', '1'],
    ['a', '2'],
    ['b', '1'],
    ['b', '2'],
  ])
  const once = (id: string) => ['start', `GET /${id}`, 'dispose']
  expect(environment.log).toEqual([...once('1'), ...once('2'), ...once('1'), ...once('2')])
})

test('a run stops at its first step that fails and names those behind it', async () => {
  const environment = new FakeEnvironment()
  const result = await runScenario(scenario([OK, NOT_OK, OK]), environment, OPTIONS)
  expect(result.verdict).toBe('fail')
  expect(result.runs[0]?.steps.map(({ verdict }) => verdict)).toEqual(['pass', 'fail'])
  expect(result.runs[0]?.notRun).toEqual([{ title: 'request: GET /a', span: SPAN }])
  expect(environment.log).toEqual(['start', 'GET /a', 'GET /b', 'dispose'])
})

test('world changes reach the environment in order', async () => {
  const environment = new FakeEnvironment()
  await runScenario(
    scenario([change({ kind: 'recreate', service: 'a', clusterIP: null }), OK, change({ kind: 'repin' })]),
    environment,
    OPTIONS,
  )
  expect(environment.log).toEqual(['start', 'recreate', 'GET /a', 'repin', 'dispose'])
})

test('drift compares pins with the Services of now', async () => {
  const services = [
    { name: 'frontend-nextjs', clusterIP: '10.43.185.219', port: 3000, readyEndpoints: 1 },
    { name: 'api-gateway', clusterIP: '10.43.1.1', port: 9000, readyEndpoints: 1 },
  ]
  const verdictOf = async (stale: string[], options: FakeOptions) =>
    (await runScenario(scenario([drift(stale)]), new FakeEnvironment(options), OPTIONS)).verdict
  expect(await verdictOf(['api-gateway'], { services })).toBe('pass')
  expect(await verdictOf([], { services })).toBe('fail')
  expect(await verdictOf(['frontend-nextjs', 'api-gateway'], { services: [] })).toBe('pass')
  expect(await verdictOf([], { services, pins: OWNED_PINS.map((pin) => ({ ...pin, service: null })) })).toBe('pass')
})

test('what a response gave fills later requests and what is expected of them', async () => {
  const environment = new FakeEnvironment({
    request: ({ target }) =>
      flow({ target, body: '{"items":[{"id":"é 42"}]}', answerHeaders: [['Location', '/next/7']] }),
  })
  const capture: RequestOptions['capture'] = [
    { name: 'next', isSecret: false, span: SPAN, from: { kind: 'header', pattern: null, header: 'location' } },
    { name: 'id', isSecret: false, span: SPAN, from: { kind: 'json', path: ['items', 0, 'id'] } },
    { name: 'digits', isSecret: false, span: SPAN, from: { kind: 'body', pattern: /(\d+)/ } },
  ]
  const steps = [
    request('GET /first', {}, { capture }),
    request(
      `POST \${next}?n=\${digits}&\${unknown}`,
      { nginx: nginx({ receives: expected(`/next/7?n=42&\${unknown}`) }) },
      { body: `id=\${id}` },
    ),
  ]
  const result = await runScenario(scenario(steps), environment, OPTIONS)
  expect(result.verdict).toBe('pass')
  expect(environment.log).toContain(`POST /next/7?n=42&\${unknown}`)
})

test('a capture that finds nothing fails its step', async () => {
  const capture: RequestOptions['capture'] = [
    { name: 'id', isSecret: false, span: SPAN, from: { kind: 'json', path: ['items', 0, 'id'] } },
  ]
  const result = await runScenario(scenario([request('GET /', {}, { capture }), OK]), new FakeEnvironment(), OPTIONS)
  expect(result.runs[0]?.steps).toMatchObject([
    { verdict: 'fail', checks: [{ what: 'capture.id', expected: 'a value at $.items[0].id', actual: 'nothing' }] },
  ])
})

test.each([['a b'], ['a\r\nX-Evil: 1']])(
  'a captured value that would make another request of it is not sent: %j',
  async (body) => {
    const environment = new FakeEnvironment({ request: ({ target }) => flow({ target, body }) })
    const capture: RequestOptions['capture'] = [
      { name: 'x', isSecret: false, span: SPAN, from: { kind: 'body', pattern: /[\s\S]*/ } },
    ]
    const result = await runScenario(
      scenario([request('GET /', {}, { capture }), request(`GET /\${x}`)]),
      environment,
      OPTIONS,
    )
    expect(result.runs[0]?.steps[1]?.checks).toMatchObject([{ what: 'request', passed: false }])
    expect(environment.log).toEqual(['start', 'GET /', 'dispose'])
  },
)

const DIAGNOSTIC = { code: 'E_NGINX', severity: 'error', message: 'unknown directive', span: SPAN } as const

test.each([
  [
    'unsupported',
    new UnsupportedError('lua_code_cache', SPAN, 'it is not modelled'),
    { message: 'lua_code_cache: it is not modelled', span: SPAN },
  ],
  ['fail', new InvalidChainError([DIAGNOSTIC]), { diagnostics: [DIAGNOSTIC], span: SPAN }],
  [
    'error',
    new EnvironmentError('no nginx here', 'Install nginx.'),
    { message: 'no nginx here', remedy: 'Install nginx.', stack: null },
  ],
  [
    'error',
    new TypeError('x is not a function'),
    { message: 'This is a bug in chain: x is not a function', stack: expect.stringContaining('run-scenario.test') },
  ],
] as const)('%s: %s, at the start or in a step', async (verdict, error, problem) => {
  const fails = () => {
    throw error
  }
  const atStart = await runScenario(scenario([OK]), new FakeEnvironment({ start: fails }), OPTIONS)
  expect(atStart).toMatchObject({ verdict, runs: [{ verdict, problem, steps: [], notRun: [{ title: OK.title }] }] })
  const inStep = await runScenario(
    scenario([change({ kind: 'restart' }), OK]),
    new FakeEnvironment({ change: fails }),
    OPTIONS,
  )
  expect(inStep).toMatchObject({
    verdict,
    runs: [{ verdict, problem: null, steps: [{ verdict, problem }], notRun: [{}] }],
  })
})

test('a world that breaks when it is disposed is an error, not a crash', async () => {
  const dispose = () => {
    throw new EnvironmentError('nginx did not stop', 'Kill it.')
  }
  const result = await runScenario(scenario([OK]), new FakeEnvironment({ dispose }), OPTIONS)
  expect(result).toMatchObject({ verdict: 'error', runs: [{ problem: { message: 'nginx did not stop' } }] })
})

const SLASH = { text: 'proxy_pass http://10.43.193.134:9000/', span: { file: SITE, line: 14, column: 5, length: 37 } }
const STRIPPED = flow({
  target: '/api/v1/processes',
  status: 404,
  nginx: { rule: SLASH, sends: '/v1/processes' },
  gateway: { alone: true, matched: null, rule: null },
  backend: null,
})

test.each([
  [{}, 'pass', null],
  [{ blame: 'nginx', rule: 'proxy_pass http://10.43.193.134:9000/' }, 'pass', null],
  [{ blame: 'gateway' }, 'fail', 'it fails, but blames nginx instead of gateway'],
  [
    { rule: 'rewrite' },
    'fail',
    'it fails, but for the rule "proxy_pass http://10.43.193.134:9000/" instead of "rewrite"',
  ],
] as const)('a buggy chain must fail for its own reason: %j', async (given, verdict, because) => {
  const environment = new FakeEnvironment({ request: () => STRIPPED })
  const buggy = scenario([OK], { variants: [variant({ name: 'buggy', must: 'fail', ...given })] })
  const result = await runScenario(buggy, environment, OPTIONS)
  expect(result.runs).toMatchObject([{ stepsVerdict: 'fail', verdict, because }])
})

test('a buggy chain that passes shows no bug', async () => {
  const buggy = scenario([OK], { variants: [variant({ must: 'fail' })] })
  expect((await runScenario(buggy, new FakeEnvironment(), OPTIONS)).runs).toMatchObject([
    { stepsVerdict: 'pass', verdict: 'fail', because: 'the buggy chain passes: the scenario does not show the bug' },
  ])
})

test('a buggy chain that does not even start shows no bug', async () => {
  const start = () => {
    throw new InvalidChainError([DIAGNOSTIC])
  }
  const buggy = scenario([OK], { variants: [variant({ must: 'fail' })] })
  expect((await runScenario(buggy, new FakeEnvironment({ start }), OPTIONS)).verdict).toBe('fail')
})

test('an expected error names the hop to blame, and that is checked', async () => {
  const silent = flow({
    status: 504,
    nginx: { outcome: 'connect-timeout', to: { service: null } },
    gateway: null,
    backend: null,
  })
  const environment = new FakeEnvironment({ request: () => silent })
  const blaming = (hop: string) => scenario([request('GET /', { status: expected(504), blame: expected(hop) })])
  expect(await runScenario(blaming('nginx'), environment, OPTIONS)).toMatchObject({
    verdict: 'pass',
    runs: [{ steps: [{ blame: { hop: 'nginx' } }] }],
  })
  expect((await runScenario(blaming('gateway'), environment, OPTIONS)).verdict).toBe('fail')
})

test('a failed step has its trace, its blame and a line that repeats it; a passed one keeps nothing', async () => {
  const steps = [OK, request('GET /c?d', { backend: backend({ receives: expected('/x') }) }, { via: 'gateway' })]
  const [passed, failed] = (await runScenario(scenario(steps), new FakeEnvironment(), OPTIONS)).runs[0]?.steps ?? []
  expect(passed).toMatchObject({ trace: null, blame: null, curl: null })
  expect(failed).toMatchObject({ trace: { exchanges: [{}, {}, {}] }, blame: { hop: 'gateway' } })
  expect(failed?.curl).toContain("'http://localhost:9000/c?d'")
})

test('traces are kept where they are asked for, and nothing of them stays in the result of a whole run', async () => {
  const kept = await runScenario(scenario([OK]), new FakeEnvironment(), { ...OPTIONS, keepTraces: true })
  expect(kept.runs[0]?.steps[0]?.trace).not.toBeNull()
  const seen: boolean[] = []
  const run = await runScenarios([scenario([NOT_OK])], [new FakeEnvironment()], OPTIONS, (result) =>
    seen.push(result.runs[0]?.steps[0]?.trace !== null),
  )
  expect(seen).toEqual([true])
  expect(run.scenarios).toEqual([expect.not.objectContaining({ runs: expect.anything() })])
})

test('bail stops after the first scenario that fails or breaks; a signal stops before the next step', async () => {
  const names = async (options: object, environment = new FakeEnvironment()) => {
    const all = [scenario([OK], { name: 'a' }), scenario([NOT_OK], { name: 'b' }), scenario([OK], { name: 'c' })]
    const run = await runScenarios(all, [environment], { ...OPTIONS, ...options }, () => undefined)
    return run.scenarios.map(({ name, verdict }) => `${name} ${verdict}`)
  }
  expect(await names({})).toEqual(['a pass', 'b fail', 'c pass'])
  expect(await names({ bail: true })).toEqual(['a pass', 'b fail'])
  const broken = new FakeEnvironment({
    start: () => {
      throw new EnvironmentError('no nginx here', 'Install nginx.')
    },
  })
  expect(await names({ bail: true }, broken)).toEqual(['a error'])

  const controller = new AbortController()
  const stopping = new FakeEnvironment({ start: () => controller.abort() })
  expect(await names({ signal: controller.signal }, stopping)).toEqual([])
  expect(stopping.log).toEqual(['start', 'dispose'])
})

test('a WebSocket is judged by its opening and by its messages', async () => {
  const environment = new FakeEnvironment({
    request: ({ target }) => flow({ target, status: 101 }),
    messages: ['hello'],
  })
  const step = (messages: string[]) => {
    const opening = request('GET /ws/x', { status: expected(101), gateway: gateway() })
    if (opening.kind !== 'request') throw new Error('the fixture makes a request')
    const { request: sent, expect: wanted, span, title } = opening
    return {
      kind: 'websocket' as const,
      span,
      title,
      request: sent,
      messages: ['hello'],
      expect: { ...wanted, messages: expected(messages) },
    }
  }
  expect((await runScenario(scenario([step(['hello'])]), environment, OPTIONS)).verdict).toBe('pass')
  expect((await runScenario(scenario([step(['bye'])]), environment, OPTIONS)).verdict).toBe('fail')
})
