import { expect, test } from 'vitest'
import type { ClientRequest } from '../chain/client-request.ts'
import {
  EnvironmentError,
  InvalidChainError,
  RefusedConfigError,
  UnsupportedError,
} from '../environments/environment.ts'
import type { Scenario, Step } from '../scenario/scenario.ts'
import { expected, SPAN } from './fixtures/expectations.ts'
import { FakeEnvironment, type FakeOptions } from './fixtures/fake-environment.ts'
import { at, flow, SITE } from './fixtures/flow.ts'
import { change, drift, request, scenario, variant } from './fixtures/scenarios.ts'
import type { Agreement, RunResult } from './result.ts'
import { type RunOptions, runScenarios } from './run-scenario.ts'

const OK = request('GET /a', { status: expected(200) })
const NOT_OK = request('GET /b', { status: expected(404) })
const SENDS_OTHER = { nginx: { sends: '/other' } }
const OTHER = flow(SENDS_OTHER)

/** Runs scenarios on `simulated` and on what is given; what is reported, in order. */
async function compare(
  scenarios: readonly Scenario[],
  environments: readonly FakeOptions[],
  options: Partial<RunOptions> = {},
): Promise<{ run: RunResult; agreements: Agreement[]; told: string[] }> {
  const agreements: Agreement[] = []
  const told: string[] = []
  const run = await runScenarios(
    scenarios,
    environments.map((given, index) => new FakeEnvironment({ name: NAMES[index] ?? 'cluster', ...given })),
    { seed: 7, ...options },
    ({ name, environment, verdict }) => told.push(`${name} on ${environment}: ${verdict}`),
    (agreement) => {
      agreements.push(agreement)
      told.push(`${agreement.name}: ${agreement.verdict}`)
    },
  )
  return { run, agreements, told }
}

const NAMES = ['simulated', 'sandbox', 'k3s'] as const

async function agreement(steps: readonly Step[], environments: readonly FakeOptions[], given: Partial<Scenario> = {}) {
  const { agreements } = await compare([scenario(steps, given)], environments)
  return agreements[0]
}

const throwing = (error: Error) => () => {
  throw error
}

test('one environment has nothing to agree with', async () => {
  const { run, told } = await compare([scenario([OK], { name: 'a' })], [{}])
  expect(told).toEqual(['a on simulated: pass'])
  expect(run.agreements).toEqual([])
})

test('each result is told, then the agreement, scenario by scenario', async () => {
  const scenarios = [scenario([OK], { name: 'a' }), scenario([NOT_OK], { name: 'b' })]
  const { run, told } = await compare(scenarios, [{}, {}])
  expect(told).toEqual([
    'a on simulated: pass',
    'a on sandbox: pass',
    'a: agree',
    'b on simulated: fail',
    'b on sandbox: fail',
    'b: agree',
  ])
  expect(run.agreements).toMatchObject([
    { name: 'a', environments: ['simulated', 'sandbox'], verdict: 'agree', because: null },
    { name: 'b', verdict: 'agree' },
  ])
})

test('a difference names variant, row, step, hop, field, both values and both rules', async () => {
  const rows = [{ id: '1' }, { id: '2' }]
  const given = {
    variants: [variant({ name: 'buggy' }), variant({ name: 'fixed' })],
    examples: rows,
    stepsFor: ({ id }: Readonly<Record<string, string>>) => [OK, request(`GET /${id}`, { status: expected(200) })],
  }
  let asked = 0
  // Two requests in each of four runs: the last one of all differs.
  const sandbox = { request: ({ target }: ClientRequest) => flow({ target, ...(++asked === 8 ? SENDS_OTHER : {}) }) }
  const found = await agreement([], [{}, sandbox], given)
  expect(found).toMatchObject({
    verdict: 'disagree',
    difference: {
      environments: ['simulated', 'sandbox'],
      variant: 'fixed',
      example: { id: '2' },
      step: { title: 'request: GET /2', span: SPAN },
      hop: 'nginx',
      field: 'passes[0].tries[0].request.target',
      left: '/2',
      right: '/other',
      leftRule: { span: { file: SITE, line: 14 } },
      rightRule: { span: { file: SITE, line: 14 } },
    },
  })
})

test('of three environments each is compared with the first', async () => {
  const disagree = { request: () => OTHER }
  const same = { request: () => flow() }
  expect(await agreement([OK], [same, same, disagree])).toMatchObject({
    verdict: 'disagree',
    environments: ['simulated', 'sandbox', 'k3s'],
    difference: { environments: ['simulated', 'k3s'] },
  })
  expect(await agreement([OK], [same, same, same])).toMatchObject({ verdict: 'agree', difference: null })
})

const LUA = new UnsupportedError('lua', at(SITE, 3, 5), 'it is not modelled')

test.each([
  ['start', LUA, `sandbox cannot show it: ${SITE}:3:5: lua: it is not modelled`],
  ['start', new EnvironmentError('no nginx here', 'Install nginx.'), 'sandbox broke: no nginx here'],
  ['change', LUA, `sandbox cannot show it: ${SITE}:3:5: lua: it is not modelled`],
  ['dispose', new EnvironmentError('nginx did not stop', 'Kill it.'), 'sandbox broke: nginx did not stop'],
] as const)(
  'what an environment cannot show is not compared, and said so: in its %s',
  async (where, error, because) => {
    const found = await agreement([OK, change({ kind: 'restart' }), OK], [{}, { [where]: throwing(error) }])
    expect(found).toMatchObject({ verdict: 'not compared', difference: null, because })
  },
)

test('what was shown before that is compared, and so are the other environments', async () => {
  const broken = { request: () => OTHER, change: throwing(LUA) }
  const steps = [OK, change({ kind: 'restart' })]
  expect(await agreement(steps, [{}, broken])).toMatchObject({ verdict: 'disagree' })
  const late = [{}, { start: throwing(LUA) }, { request: () => OTHER }]
  expect(await agreement(steps, late)).toMatchObject({
    verdict: 'disagree',
    difference: { environments: ['simulated', 'k3s'] },
  })
})

test('a chain that both refuse is agreed upon; one that only one refuses is not', async () => {
  const refuse = (message: string) =>
    throwing(new InvalidChainError([{ code: 'E_NGINX', severity: 'error', message, span: SPAN }]))
  const one = { start: refuse('unknown directive "x"') }
  const other = { start: refuse('nginx: [emerg] unknown directive "x"') }
  expect(await agreement([OK], [one, other])).toMatchObject({ verdict: 'agree' })
  expect(await agreement([OK], [{}, other])).toMatchObject({
    verdict: 'disagree',
    difference: {
      step: null,
      hop: null,
      field: 'chain',
      left: 'starts',
      right: 'does not start: nginx: [emerg] unknown directive "x"',
    },
  })
  const edit = [change({ kind: 'reload' }), OK]
  expect(await agreement(edit, [{}, { change: refuse('x') }])).toMatchObject({
    difference: { step: { title: 'reload' }, field: 'verdict', left: 'pass', right: 'fail: x' },
  })
})

test('who refuses, and whether a reload is refused, is compared', async () => {
  const refuse = (hop: 'nginx' | 'gateway') =>
    throwing(new RefusedConfigError(hop, [{ code: 'E', severity: 'error', message: 'no', span: SPAN }]))
  const nginx = { start: refuse('nginx') }
  expect(await agreement([OK], [nginx, nginx])).toMatchObject({ verdict: 'agree' })
  expect(await agreement([OK], [nginx, { start: refuse('gateway') }])).toMatchObject({
    difference: { field: 'chain', step: null },
  })
  const reload = [change({ kind: 'reload' }), OK]
  const refused = { change: refuse('nginx') }
  expect(await agreement(reload, [refused, refused])).toMatchObject({ verdict: 'agree' })
  expect(await agreement(reload, [{}, refused])).toMatchObject({
    difference: { step: { title: 'reload' }, field: 'refused', left: 'not refused', right: 'no' },
  })
})

test('what drift finds is compared, passed or failed', async () => {
  const gateway = { name: 'api-gateway', clusterIP: '10.43.193.134', port: 9000, readyEndpoints: 1 }
  const frontend = { name: 'frontend-nextjs', clusterIP: '10.43.185.219', port: 3000, readyEndpoints: 1 }
  const states = { services: [gateway, frontend] }
  const moved = { services: [{ ...gateway, clusterIP: '10.43.1.1' }, frontend] }
  expect(await agreement([drift([])], [states, states])).toMatchObject({ verdict: 'agree' })
  expect(await agreement([drift([])], [states, moved])).toMatchObject({
    difference: { hop: null, field: 'drift.stale', left: 'as expected', right: '["api-gateway"] instead of []' },
  })
  expect(await agreement([drift(['x'])], [states, moved])).toMatchObject({
    difference: { field: 'drift.stale', left: '[] instead of ["x"]' },
  })
})

test('the messages of a WebSocket are compared', async () => {
  const step: Step = {
    kind: 'websocket',
    span: SPAN,
    title: 'websocket: /ws/x',
    request: {
      via: 'nginx',
      from: null,
      proxied: null,
      method: 'GET',
      url: '/ws/x',
      target: null,
      httpVersion: '1.1',
      headers: [],
      body: '',
    },
    messages: ['hello'],
    expect: { ...expectationOf(OK), messages: null },
  }
  const answering = (messages: readonly string[]): FakeOptions => ({ request: () => flow(), messages })
  expect(await agreement([step], [answering(['a']), answering(['a'])])).toMatchObject({ verdict: 'agree' })
  expect(await agreement([step], [answering(['a']), answering(['b'])])).toMatchObject({
    difference: { hop: null, field: 'messages', left: '["a"]', right: '["b"]' },
  })
})

test('how long it may take is judged in each environment, and compared as a verdict', async () => {
  const quick = request('GET /a', { withinMs: expected(10) })
  const taking = (elapsedMs: number): FakeOptions => ({ request: () => flow({ elapsedMs }) })
  expect(await agreement([quick], [taking(1), taking(9)])).toMatchObject({ verdict: 'agree' })
  expect(await agreement([quick], [taking(1), taking(99)])).toMatchObject({
    difference: { field: 'within', left: 'as expected', right: '99 ms instead of at most 10 ms' },
  })
})

test('a bug that shows in both is agreed upon; one that shows in another way is not', async () => {
  const buggy = { variants: [variant({ name: 'buggy', must: 'fail' })] }
  const failing = (status: number): FakeOptions => ({ request: () => flow({ status }) })
  expect(await agreement([OK], [failing(500), failing(500)], buggy)).toMatchObject({ verdict: 'agree' })
  expect(await agreement([OK], [failing(500), failing(502)], buggy)).toMatchObject({ verdict: 'disagree' })
})

/** A cluster that gives the gateway its next address whenever it is created again, and an nginx that is `late` creations behind. */
function cluster(addresses: readonly string[], late: number): FakeOptions {
  let now = 0
  return {
    change: () => {
      now++
    },
    services: () => [{ name: 'api-gateway', clusterIP: addresses[now] ?? null, port: 9000, readyEndpoints: 1 }],
    request: () => flow({ nginx: { to: { address: addresses[Math.max(0, now - late)] ?? null, service: null } } }),
  }
}

test('a Service that is created again may get another ClusterIP in each environment, but old and new are not the same', async () => {
  const again = change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
  const steps = [OK, again, OK, again, OK]
  const left = () => cluster(['10.43.1.1', '10.43.1.2', '10.43.1.3'], 1)
  const right = (late: number) => cluster(['10.43.1.1', '10.43.9.2', '10.43.9.3'], late)
  expect(await agreement(steps, [left(), right(1)])).toMatchObject({ verdict: 'agree' })
  expect(await agreement(steps, [left(), right(0)])).toMatchObject({
    verdict: 'disagree',
    difference: { hop: 'nginx', field: 'passes[0].tries[0].to.address', left: '10.43.1.1', right: '10.43.9.2' },
  })
})

test('bail stops at a disagreement', async () => {
  const scenarios = ['a', 'b', 'c'].map((name) => scenario([request(`GET /${name}`)], { name }))
  const sandbox = { request: ({ target }: ClientRequest) => flow({ target: target === '/b' ? '/other' : target }) }
  for (const jobs of [1, 8]) {
    const { told } = await compare(scenarios, [{}, sandbox], { bail: true, jobs })
    expect(told.filter((line) => !line.includes(' on '))).toEqual(['a: agree', 'b: disagree'])
  }
})

test('traces are gone from what is told, unless somebody has to look into them', async () => {
  const kept: boolean[] = []
  await runScenarios(
    [scenario([OK]), scenario([NOT_OK])],
    [new FakeEnvironment(), new FakeEnvironment({ name: 'sandbox' })],
    { seed: 7 },
    ({ runs }) => kept.push(runs[0]?.steps[0]?.trace !== null),
  )
  expect(kept).toEqual([false, false, true, true])
})

function expectationOf(step: Step) {
  if (step.kind !== 'request') throw new Error('the fixture makes a request')
  return step.expect
}

test('two versions of nginx are not compared: both may be right', async () => {
  const old = { nginx: { version: '1.24.0', modules: [] } }
  const newer = { nginx: { version: '1.30.4', modules: [] }, request: () => OTHER }
  expect(await agreement([OK], [old, newer])).toMatchObject({
    verdict: 'not compared',
    because: 'versions differ: simulated has nginx 1.24.0, sandbox has 1.30.4',
  })
  expect(await agreement([OK], [newer, newer])).toMatchObject({ verdict: 'agree' })
})
