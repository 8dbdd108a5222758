import pc from 'picocolors'
import { printable } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import type { Problem, RunResult, ScenarioResult, Verdict } from '../runner/result.ts'
import { renderFailure } from './failure.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

/** For people at a terminal: a screen for each scenario that did not pass, as it comes, and one line at the end. */
export function prettyReporter({ write, color }: ReporterOptions): Reporter {
  const gaps = new Set<string>()
  return {
    onScenario(result) {
      for (const problem of problemsOf(result)) if (problem.verdict === 'unsupported') gaps.add(gapText(problem))
      const screen = renderFailure(result, { color })
      if (screen !== '') write(`${screen}\n\n`)
    },
    onEnd(run) {
      const passed = run.scenarios.some(({ verdict }) => verdict === 'pass')
      // Where nothing could be shown, the reasons are the result.
      if (!passed) for (const gap of gaps) write(`unsupported: ${gap}\n`)
      write(`${summary(run, color)}\n`)
    },
  }
}

/** `42 scenarios passed (3 unsupported) in 0.8 s, seed 7`, or how many did not. */
function summary({ scenarios, durationMs, seed }: RunResult, color: boolean): string {
  const { green, red, bold } = pc.createColors(color)
  const count = (verdict: Verdict): number => scenarios.filter((one) => one.verdict === verdict).length
  const [failed, broken, unsupported] = [count('fail'), count('error'), count('unsupported')]
  const counts = [
    ...(failed > 0 ? [red(bold(`${plural(failed)} failed`))] : []),
    ...(broken > 0 ? [red(bold(`${plural(broken)} broke`))] : []),
    failed + broken > 0 ? `${count('pass')} passed` : green(`${plural(count('pass'))} passed`),
  ].join(', ')
  const gaps = unsupported > 0 ? ` (${unsupported} unsupported)` : ''
  return `${counts}${gaps} in ${(durationMs / 1000).toFixed(1)} s, seed ${seed}`
}

function plural(count: number): string {
  return `${count} scenario${count === 1 ? '' : 's'}`
}

function problemsOf({ runs }: ScenarioResult): Problem[] {
  return runs
    .flatMap(({ problem, steps }) => [problem, ...steps.map((step) => step.problem)])
    .filter((one) => one !== null)
}

function gapText({ span, message }: Problem): string {
  return printable(span === null ? message : `${formatSpan(span)}: ${message}`)
}
