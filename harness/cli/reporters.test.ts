import { afterEach, expect, test, vi } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { resultOf, STATUS, step, written } from '../reporters/fixtures.ts'
import { jsonReporter } from '../reporters/json.ts'
import type { RunReport } from '../runner/result.ts'
import { openReporters } from './reporters.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

/** What standard output gets of a scenario whose name has a command for the runner of GitHub in it. */
async function onGithub(spec: string): Promise<string> {
  vi.stubEnv('GITHUB_ACTIONS', 'true')
  vi.stubEnv('GITHUB_STEP_SUMMARY', '')
  let text = ''
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  vi.spyOn(process.stdout, 'write').mockImplementation((more) => {
    text += String(more)
    return true
  })
  const reporters = await openReporters([spec], false)
  if (typeof reporters === 'string') throw new Error(reporters)
  reporters.onScenario(await hostile())
  reporters.onEnd(END)
  return text
}

const hostile = () =>
  resultOf([step({ status: STATUS })], {}, { name: 'x ##[error]y', source: new Source('a.yaml', '') })

const END: RunReport = {
  scenarios: [],
  agreements: [],
  gaps: [],
  notRun: [],
  invalid: [],
  allowUnsupported: false,
  interruptedBy: null,
  seed: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: 812,
}

test('in a workflow, a report for people has no commands, and one for programs stays as it is', async () => {
  expect(await onGithub('pretty')).toContain('x ## [error]y')
  expect(await onGithub('json')).toBe(written(jsonReporter, [await hostile()]))
  expect(await onGithub('junit')).toContain('name="x ##[error]y"')
  expect(await onGithub('tap')).toContain('x \\#\\#[error]y')
})
