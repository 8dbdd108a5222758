import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { FakeEnvironment } from '../runner/fixtures/fake-environment.ts'
import { scenario, variant } from '../runner/fixtures/scenarios.ts'
import type { ScenarioResult, Verdict } from '../runner/result.ts'
import { runScenario } from '../runner/run-scenario.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { LastFailed } from './last-failed.ts'

let project: string
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'chain-last-failed-'))
  mkdirSync(path.join(project, '.git'))
  mkdirSync(path.join(project, 'scenarios'))
  for (const name of ['a.yaml', 'b.yaml']) writeFileSync(path.join(project, 'scenarios', name), '')
})
afterEach(() => rmSync(project, { recursive: true, force: true }))

function of(name: string, given: Partial<Scenario> = {}): Scenario {
  return scenario([], { source: new Source(path.join(project, 'scenarios', name), ''), ...given })
}

/** Its result, with the verdicts of its runs in order. */
async function result(one: Scenario, ...verdicts: readonly Verdict[]): Promise<ScenarioResult> {
  const passed = await runScenario(one, new FakeEnvironment(), { seed: 7 })
  return { ...passed, runs: passed.runs.map((run, index) => ({ ...run, verdict: verdicts[index] ?? 'pass' })) }
}

async function ran(one: Scenario, chosen: Scenario, ...verdicts: readonly Verdict[]): Promise<void> {
  const memory = LastFailed.in(path.join(project, 'scenarios'))
  memory.expect([one], [chosen])
  memory.onScenario(await result(chosen, ...verdicts))
  memory.save()
}

function parts(one: Scenario) {
  return LastFailed.in(project).partsOf(one)
}

test('a project in which nothing fails gets no folder', async () => {
  await ran(of('a.yaml'), of('a.yaml'))
  expect(existsSync(path.join(project, '.chain'))).toBe(false)
  expect(LastFailed.in(project).isEmpty).toBe(true)
})

test('what fails is remembered until it passes, by variant and row, and git ignores the folder', async () => {
  const two = of('a.yaml', {
    variants: [variant({ name: 'buggy' }), variant({ name: 'fixed' })],
    examples: [{ id: '7' }, { id: '8' }],
  })
  await ran(two, two, 'pass', 'fail', 'error', 'unsupported')
  expect(parts(two)).toEqual([
    { variant: 'buggy', row: 2 },
    { variant: 'fixed', row: 1 },
  ])
  expect(readFileSync(path.join(project, '.chain/.gitignore'), 'utf8')).toBe('*\n')
  await ran(of('b.yaml'), of('b.yaml'), 'fail')
  expect(parts(two)).toHaveLength(2)
  await ran(two, { ...two, variants: two.variants.slice(0, 1), examples: two.examples.slice(1) }, 'pass')
  expect(parts(two)).toEqual([{ variant: 'fixed', row: 1 }])
  await ran(two, two)
  expect(parts(two)).toEqual([])
  expect(parts(of('b.yaml'))).toEqual([{ variant: null, row: 1 }])
})

test('what fails on one of several environments has failed', async () => {
  const one = of('a.yaml')
  const memory = LastFailed.in(project)
  memory.expect([one], [one])
  memory.onScenario(await result(one, 'fail'))
  memory.onScenario(await result(one, 'pass'))
  memory.save()
  expect(parts(one)).toEqual([{ variant: null, row: 1 }])
})

test('a file that is gone is forgotten, and one that cannot be read counts as none', async () => {
  await ran(of('a.yaml'), of('a.yaml'), 'fail')
  rmSync(path.join(project, 'scenarios/a.yaml'))
  await ran(of('b.yaml'), of('b.yaml'), 'fail')
  expect(parts(of('a.yaml'))).toEqual([])
  writeFileSync(path.join(project, '.chain/last-failed.json'), '{')
  expect(LastFailed.in(project).isEmpty).toBe(true)
})
