import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { scenario } from './fixtures/scenarios.ts'
import { scenariosOfShard } from './shard.ts'

test('parts take about the same time, whatever the order of the files', () => {
  const suite = suiteOf(5)
  const durationsMs = new Map([9, 1, 1, 4, 3].map((durationMs, n) => [`${n}.yaml`, durationMs]))
  expect(names(scenariosOfShard(suite, { index: 1, count: 2 }, durationsMs))).toEqual(['0.yaml'])
  expect(names(scenariosOfShard(suite, { index: 2, count: 2 }, durationsMs))).toEqual([
    '1.yaml',
    '2.yaml',
    '3.yaml',
    '4.yaml',
  ])
})

test('a scenario that nobody has recorded counts as an average one', () => {
  const durationsMs = new Map([['0.yaml', 10]])
  expect(names(scenariosOfShard(suiteOf(2), { index: 2, count: 2 }, durationsMs))).toEqual(['1.yaml'])
})

test('every scenario is in exactly one part, and a part keeps the order of the files', () => {
  const parts = fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    durations: fc.array(fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })), { maxLength: 40 }),
  })
  fc.assert(
    fc.property(parts, ({ count, durations }) => {
      const suite = suiteOf(durations.length)
      const durationsMs = new Map(durations.flatMap((each, n) => (each === null ? [] : [[`${n}.yaml`, each] as const])))
      const dealt = Array.from({ length: count }, (_, n) =>
        scenariosOfShard(suite, { index: n + 1, count }, durationsMs),
      )
      expect(names(dealt.flat()).sort()).toEqual(names(suite).sort())
      for (const part of dealt) expect(part).toEqual(suite.filter((each) => part.includes(each)))
    }),
  )
})

function suiteOf(count: number): Scenario[] {
  return Array.from({ length: count }, (_, n) => scenario([], { source: new Source(`${n}.yaml`, '') }))
}

function names(scenarios: readonly Scenario[]): string[] {
  return scenarios.map(({ source }) => source.file)
}
