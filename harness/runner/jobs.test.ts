import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EnvironmentGoneError } from '../environments/environment.ts'
import type { Trace } from '../trace/trace.ts'
import { expected } from './fixtures/expectations.ts'
import { FakeEnvironment } from './fixtures/fake-environment.ts'
import { flow } from './fixtures/flow.ts'
import { request, scenario } from './fixtures/scenarios.ts'
import { inOrder } from './in-order.ts'
import { runScenarios } from './run-scenario.ts'

const SUITE = Array.from({ length: 20 }, (_, n) =>
  scenario([request(`GET /${n}`, { status: expected(n === 13 ? 404 : 200) })], { name: String(n) }),
)

/** An environment in which nobody is answered before the test says so. */
function held() {
  const waiting = new Map<string, () => void>()
  const environment = new FakeEnvironment({
    request: ({ target }) =>
      new Promise((resolve) => {
        waiting.set(target.slice(1), () => resolve(flow({ target })))
      }),
  })
  return { waiting, environment }
}

/** Everything that is ready to run has run when it resolves: nothing here waits for anything but promises. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

test('so many scenarios run at a time, and are told in file order whatever order they end in', async () => {
  const { waiting, environment } = held()
  const told: string[] = []
  const run = runScenarios(SUITE.slice(0, 5), [environment], { seed: 7, jobs: 3 }, ({ name }) => told.push(name))
  await settled()
  expect([...waiting.keys()]).toEqual(['0', '1', '2'])
  waiting.get('2')?.()
  waiting.get('1')?.()
  await settled()
  expect(told).toEqual([])
  expect([...waiting.keys()]).toEqual(['0', '1', '2', '3', '4'])
  for (const name of ['4', '3', '0']) waiting.get(name)?.()
  await run
  expect(told).toEqual(['0', '1', '2', '3', '4'])
})

test.each([{}, { bail: true }])('jobs change nothing in what is told: %j', async (options) => {
  const told = async (jobs: number) => {
    const lines: string[] = []
    const all = [new FakeEnvironment(), new FakeEnvironment({ name: 'sandbox' })]
    const tell = (one: { name: string; verdict: string }) => lines.push(`${one.name} ${one.verdict}`)
    const run = await runScenarios(SUITE, all, { ...options, seed: 7, jobs }, tell, tell)
    return [...lines, ...run.scenarios.map(({ name }) => name)]
  }
  const one = await told(1)
  expect(one).toContain('13 fail')
  expect(one.includes('14 pass')).toBe(!('bail' in options))
  for (const jobs of [2, 7, 64]) expect(await told(jobs)).toEqual(one)
})

test('an interrupted run waits for nobody, disposes of every world, and tells what it knows', async () => {
  const { waiting, environment } = held()
  const controller = new AbortController()
  const told: string[] = []
  const options = { seed: 7, jobs: 3, signal: controller.signal }
  const run = runScenarios(SUITE, [environment], options, ({ name, verdict }) => told.push(`${name} ${verdict}`))
  await settled()
  waiting.get('0')?.()
  await settled()
  controller.abort()
  const { notRun } = await run
  expect(told).toEqual(['0 pass'])
  expect(notRun.map(({ name }) => name)).toEqual(SUITE.slice(1).map(({ name }) => name))
  const count = (what: string) => environment.log.filter((line) => line === what).length
  expect(count('dispose')).toBe(count('start'))
})

test.each([1, 3])('an environment that is gone is told once, and the rest is not run (%i jobs)', async (jobs) => {
  const { promise: end, reject } = Promise.withResolvers<Trace>()
  const gone = new EnvironmentGoneError('the engine stopped', 'Start it.')
  let isGone = false
  const environment = new FakeEnvironment({
    start: () => {
      if (isGone) throw gone
    },
    request: ({ target }) => (target === '/0' ? flow({ target }) : end),
  })
  const told: string[] = []
  const run = runScenarios(SUITE, [environment], { seed: 7, jobs }, ({ name, verdict }) =>
    told.push(`${name} ${verdict}`),
  )
  await settled()
  isGone = true
  reject(gone)
  const { notRun } = await run
  expect(told).toEqual(['0 pass', '1 error'])
  expect(notRun.map(({ name }) => name)).toEqual(SUITE.slice(2).map(({ name }) => name))
})

test('bail waits for the worlds that are under way, and tells nothing of them', async () => {
  const { waiting, environment } = held()
  const told: string[] = []
  const suite = [SUITE[13], SUITE[14], SUITE[15]].filter((one) => one !== undefined)
  const run = runScenarios(suite, [environment], { seed: 7, jobs: 2, bail: true }, ({ name }) => told.push(name))
  await settled()
  waiting.get('13')?.()
  await run
  expect(told).toEqual(['13'])
  const count = (what: string) => environment.log.filter((line) => line === what).length
  expect(count('dispose')).toBe(count('start'))
})

test('bail at a scenario that ended early still tells those before it, and nothing of those behind', async () => {
  const { waiting, environment } = held()
  const told: string[] = []
  const suite = [12, 13, 14, 15].flatMap((n) => SUITE[n] ?? [])
  const run = runScenarios(suite, [environment], { seed: 7, jobs: 3, bail: true }, ({ name, verdict }) =>
    told.push(`${name} ${verdict}`),
  )
  await settled()
  for (const name of ['14', '13']) waiting.get(name)?.()
  await settled()
  expect(told).toEqual([])
  waiting.get('12')?.()
  const { scenarios } = await run
  expect(told).toEqual(['12 pass', '13 fail'])
  expect(scenarios.map(({ name }) => name)).toEqual(['12', '13'])
  const count = (what: string) => environment.log.filter((line) => line === what).length
  expect(count('dispose')).toBe(count('start'))
})

test('leaving early takes no more items, and waits for the work that is under way', async () => {
  const finish: (() => void)[] = []
  const results = inOrder([0, 1, 2, 3, 4], 2, (n) => new Promise<number>((resolve) => finish.push(() => resolve(n))))
  const first = results.next()
  finish[0]?.()
  expect(await first).toEqual({ done: false, value: 0 })
  await settled()
  expect(finish).toHaveLength(3)
  let hasLeft = false
  const leaving = results.return().then(() => {
    hasLeft = true
  })
  finish[1]?.()
  await settled()
  expect(hasLeft).toBe(false)
  expect(finish).toHaveLength(3)
  finish[2]?.()
  await leaving
  expect(finish).toHaveLength(3)
})

test('any order of endings gives the order of the items, and no more at a time than asked for', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), async (turns, jobs) => {
      let running = 0
      let most = 0
      const work = async (index: number) => {
        most = Math.max(most, ++running)
        for (let turn = turns[index] ?? 0; turn > 0; turn--) await Promise.resolve()
        running--
        return index
      }
      const results: number[] = []
      for await (const result of inOrder(turns.keys(), jobs, work)) results.push(result)
      expect(results).toEqual([...turns.keys()])
      expect(most).toBeLessThanOrEqual(jobs)
    }),
  )
})

test('results that wait for a slow one are bounded', async () => {
  let started = 0
  let free = (): void => undefined
  const slow = new Promise<void>((resolve) => {
    free = resolve
  })
  const endless = (function* () {
    for (let n = 0; n < 10_000; n++) yield n
  })()
  const results = inOrder(endless, 4, async (n) => {
    started++
    if (n === 0) await slow
    return n
  })
  const first = results.next()
  await settled()
  expect(started).toBe(256)
  free()
  await first
  await results.return()
  expect(started).toBeLessThan(10_000)
})
