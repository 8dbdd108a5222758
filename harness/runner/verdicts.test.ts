import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EnvironmentError, UnsupportedError } from '../environments/environment.ts'
import { expected, nginx, SPAN } from './fixtures/expectations.ts'
import { FakeEnvironment } from './fixtures/fake-environment.ts'
import { flow } from './fixtures/flow.ts'
import { request, scenario, variant } from './fixtures/scenarios.ts'
import type { Verdict } from './result.ts'
import { runScenario } from './run-scenario.ts'

const OPTIONS = { seed: 7 }

/** An environment that ends a request as its target says. */
function ending(): FakeEnvironment {
  return new FakeEnvironment({
    request: ({ target }) => {
      if (target === '/error') throw new EnvironmentError('nginx is gone', 'Start it.')
      if (target === '/unsupported') throw new UnsupportedError('lua', SPAN, 'it is not modelled')
      return flow({ target, status: target === '/pass' ? 200 : 500 })
    },
  })
}

/** A scenario with a row for each of these endings. */
function rows(endings: readonly Verdict[]) {
  return scenario([], {
    examples: endings.map((end) => ({ end })),
    stepsFor: ({ end }) => [request(`GET /${end}`, { status: expected(200) })],
  })
}

const FROM_THE_WORST: readonly Verdict[] = ['error', 'fail', 'unsupported', 'pass']

test('of runs that end differently the worst is the verdict, whatever their order', async () => {
  const some = fc.shuffledSubarray([...FROM_THE_WORST, ...FROM_THE_WORST], { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(some, async (endings) => {
      const { verdict, runs } = await runScenario(rows(endings), ending(), OPTIONS)
      expect(runs.map((run) => run.verdict)).toEqual(endings)
      expect(verdict).toBe(FROM_THE_WORST.find((worst) => endings.includes(worst)))
    }),
  )
})

const BUGGY = { variants: [variant({ name: 'buggy', must: 'fail' })] }

test.each(['error', 'unsupported'] as const)('a buggy chain that ends with %s has not failed', async (verdict) => {
  const inStep = scenario([request(`GET /${verdict}`, { status: expected(200) })], BUGGY)
  expect(await runScenario(inStep, ending(), OPTIONS)).toMatchObject({
    verdict,
    runs: [{ stepsVerdict: verdict, verdict, because: null }],
  })
})

test.each([['start'], ['dispose']] as const)(
  'a buggy chain whose environment breaks at its %s has not failed',
  async (when) => {
    const breaks = () => {
      throw new EnvironmentError('no nginx here', 'Install nginx.')
    }
    const failing = scenario([request('GET /fail', { status: expected(200) })], BUGGY)
    const environment = new FakeEnvironment({ request: () => flow({ status: 500 }), [when]: breaks })
    expect(await runScenario(failing, environment, OPTIONS)).toMatchObject({
      verdict: 'error',
      runs: [{ stepsVerdict: 'error', verdict: 'error', problem: { message: 'no nginx here' } }],
    })
  },
)

test('the hop to blame for an answer does not depend on what else the step expects', async () => {
  const refused = flow({ status: 502, gateway: { outcome: 'refused', status: 502 }, backend: null })
  const blaming = (hop: string, location: string) =>
    scenario([
      request('GET /', {
        status: expected(502),
        blame: expected(hop),
        nginx: nginx({ location: expected(location) }),
      }),
    ])
  const environment = new FakeEnvironment({ request: () => refused })
  expect((await runScenario(blaming('process-design', '/api/'), environment, OPTIONS)).verdict).toBe('pass')

  // The location that is not as expected is nginx's doing; that nobody answered is not.
  const [step] = (await runScenario(blaming('process-design', '/other/'), environment, OPTIONS)).runs[0]?.steps ?? []
  expect(step).toMatchObject({ verdict: 'fail', blame: { hop: 'nginx' } })
  const passed = Object.fromEntries(step?.checks.map((check) => [check.what, check.passed]) ?? [])
  expect(passed).toEqual({ status: true, nginx: true, 'nginx.location': false, blame: true })
})
