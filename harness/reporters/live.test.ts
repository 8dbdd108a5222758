import xterm from '@xterm/headless'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ScenarioResult } from '../runner/result.ts'
import { resultOf, STATUS, step, strippedResult } from './fixtures.ts'
import { prettyReporter } from './pretty.ts'
import type { Reporter } from './reporter.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const END = {
  gaps: [],
  allowUnsupported: false,
  invalid: [],
  notRun: [],
  interruptedBy: null,
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 130_400,
  agreements: [],
} as const

/** What stands on a terminal after a reporter has written to it, without the blank lines at the end. */
function terminal(columns: number): { readonly reporter: Reporter; readonly screen: () => Promise<string> } {
  const shown = new xterm.Terminal({ cols: columns, rows: 40, allowProposedApi: true, convertEol: true })
  const written: Promise<void>[] = []
  const write = (text: string): void => {
    written.push(new Promise((resolve) => shown.write(text, resolve)))
  }
  return {
    reporter: prettyReporter({ write, color: true, terminal: { columns } }),
    screen: async () => {
      await Promise.all(written)
      const { active } = shown.buffer
      const lines = Array.from({ length: active.length }, (_, line) => active.getLine(line)?.translateToString(true))
      return lines.join('\n').trimEnd()
    },
  }
}

async function passed(file: string, durationMs = 2): Promise<ScenarioResult> {
  const result = await resultOf([step({ status: STATUS })])
  return { ...result, source: { ...result.source, file }, durationMs }
}

async function failed(file: string): Promise<ScenarioResult> {
  const result = await strippedResult()
  return { ...result, source: { ...result.source, file } }
}

test('a row of marks for each folder, and below it how far the run is', async () => {
  const { reporter, screen } = terminal(60)
  const [one, two, three] = [
    await passed('scenarios/drift/repinned.yaml'),
    await passed('scenarios/drift/stale.yaml'),
    await passed('scenarios/routing/a-name-that-no-terminal-of-sixty-columns-has-room-for.yaml'),
  ]
  reporter.onStart?.({ scenarios: [one, two, three], environments: ['simulated'] })
  reporter.onBegin?.(one, 'simulated')
  expect(await screen()).toBe('0/3, 0:00, now drift/repinned.yaml')
  reporter.onDone?.(one, 'simulated')
  reporter.onScenario?.(one)
  reporter.onBegin?.(two, 'simulated')
  vi.advanceTimersByTime(62_000)
  expect(await screen()).toBe('drift    .\n1/3, 1:02, now drift/stale.yaml')
  reporter.onDone?.(two, 'simulated')
  reporter.onScenario?.(two)
  reporter.onBegin?.(three, 'simulated')
  vi.advanceTimersByTime(68_000)
  expect(await screen()).toBe('drift    ..\n2/3, 2:10, now …terminal-of-sixty-columns-has-room-for.yaml')
  reporter.onDone?.(three, 'simulated')
  reporter.onScenario?.(three)
  vi.advanceTimersByTime(1_000)
  expect(await screen()).toBe('drift    ..\nrouting  .\n3/3, 2:11')
  reporter.onEnd({ ...END, scenarios: [one, two, three] })
  vi.advanceTimersByTime(5_000)
  expect(await screen()).toBe(`drift    ..
routing  .

  drift    2 passed
  routing  1 passed

3 scenarios passed in 2:10 min, seed 7`)
})

test('a failure is told as it happens, and the marks go on below it', async () => {
  const { reporter, screen } = terminal(200)
  const [one, two, three] = [
    await passed('scenarios/a.yaml'),
    await failed('scenarios/b.yaml'),
    await passed('scenarios/c.yaml'),
  ]
  reporter.onStart?.({ scenarios: [one, two, three], environments: ['simulated'] })
  for (const result of [one, two, three]) {
    reporter.onBegin?.(result, 'simulated')
    reporter.onDone?.(result, 'simulated')
    reporter.onScenario?.(result)
  }
  vi.advanceTimersByTime(1_000)
  const lines = (await screen()).split('\n')
  expect(lines[0]).toBe('.  .F')
  expect(lines[1]).toMatch(/^FAIL /)
  expect(lines.slice(-3)).toEqual(['', '.  .', '3/3, 0:01, 1 failed'])
})

test('a row that is full goes on in the next line', async () => {
  const { reporter, screen } = terminal(60)
  const results = await Promise.all(Array.from({ length: 70 }, (_, index) => passed(`a/${index}.yaml`)))
  reporter.onStart?.({ scenarios: results, environments: ['simulated'] })
  for (const result of results) reporter.onScenario?.(result)
  reporter.onEnd({ ...END, scenarios: results })
  expect((await screen()).split('\n').slice(0, 2)).toEqual([`.  ${'.'.repeat(56)}`, `.  ${'.'.repeat(14)}`])
})

test('what another program writes does not stand in the middle of a live line', async () => {
  const { reporter, screen } = terminal(60)
  const one = await passed('a.yaml')
  reporter.onStart?.({ scenarios: [one], environments: ['simulated'] })
  reporter.onBegin?.(one, 'simulated')
  reporter.onHush?.()
  vi.advanceTimersByTime(5_000)
  expect(await screen()).toBe('')
})

test('at the end the slowest five are told, and on a narrow terminal the counts of each environment in a line of its own', async () => {
  const { reporter, screen } = terminal(60)
  const simulated = await Promise.all([1, 2, 3, 4, 5].map((ms) => passed(`scenarios/a/${ms}.yaml`, ms)))
  const others = await Promise.all(
    [6, 7].map((ms) => failed(`scenarios/a-folder-with-a-name-that-is-too-long/${ms}.yaml`)),
  )
  const elsewhere = others.map((result, index) => ({
    ...result,
    environment: 'k3s' as const,
    durationMs: 1_000 * (index + 1),
  }))
  reporter.onEnd({ ...END, scenarios: [...simulated, ...others, ...elsewhere] })
  expect((await screen()).split('\n\n').slice(0, 2).join('\n\n')).toBe(`  a
    simulated  5 passed
    k3s        none
  a-folder-with-a-name-that-is-too-long
    simulated  2 failed
    k3s        2 failed

  the slowest:
  2.0 s  a-folder-with-a-name-that-is-too-long/7.yaml on k3s
  1.0 s  a-folder-with-a-name-that-is-too-long/6.yaml on k3s
   5 ms  a/5.yaml on simulated
   4 ms  a/4.yaml on simulated
   3 ms  a/3.yaml on simulated`)
})
