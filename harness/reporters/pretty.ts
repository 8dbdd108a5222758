import pc from 'picocolors'
import { printable } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { INTERRUPTED } from '../runner/problem.ts'
import type {
  AgreementVerdict,
  Problem,
  RunResult,
  ScenarioResult,
  ScenarioSummary,
  Verdict,
} from '../runner/result.ts'
import { renderDisagreement } from './disagreement.ts'
import { renderFailure } from './failure.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

/** For people at a terminal: a screen for each scenario that did not pass, as it comes, and one line at the end. */
export function prettyReporter({ write, color }: ReporterOptions): Reporter {
  const gaps = new Set<string>()
  return {
    onScenario(result) {
      for (const problem of problemsOf(result)) if (problem.verdict === 'unsupported') gaps.add(gapText(problem))
      const screen = renderFailure(withoutInterrupted(result), { color })
      if (screen !== '') write(`${screen}\n\n`)
    },
    onAgreement(agreement) {
      const screen = renderDisagreement(agreement, color)
      if (screen !== '') write(`${screen}\n\n`)
    },
    onEnd(run) {
      const passed = run.scenarios.some(({ verdict }) => verdict === 'pass')
      // Where nothing could be shown, the reasons are the result.
      if (!passed) for (const gap of gaps) write(`unsupported: ${gap}\n`)
      for (const line of notCompared(run)) write(`${line}\n`)
      write(`${summary(run, color)}\n`)
    },
  }
}

/** More reasons than these are no longer read; the JSON report has them all. */
const MAX_REASONS = 5

/** Why environments were not compared, each reason once: `not compared: 3 scenarios: sandbox cannot show it: …`. */
function notCompared({ agreements }: RunResult): string[] {
  const reasons = Map.groupBy(
    agreements.filter(({ verdict }) => verdict === 'not compared'),
    ({ because }) => because ?? '',
  )
  const lines = [...reasons].map(([because, all]) => `not compared: ${plural(all.length)}: ${printable(because)}`)
  const more = lines.length - MAX_REASONS
  return more > 0 ? [...lines.slice(0, MAX_REASONS), `… and ${more} more reasons`] : lines
}

/**
 * `42 scenarios passed (3 unsupported) in 0.8 s, seed 7`, or how many did not; of several environments each, and in how many
 * scenarios they agree: `144 scenarios passed on simulated and on sandbox, 144 agree, in 41.0 s, seed 7`.
 */
function summary({ scenarios, agreements, durationMs, seed }: RunResult, color: boolean): string {
  const end = `in ${(durationMs / 1000).toFixed(1)} s, seed ${seed}`
  const byEnvironment = Map.groupBy(scenarios, ({ environment }) => environment)
  if (byEnvironment.size < 2) return `${countsText(scenarios, color)} ${end}`
  // Environments with the same counts share them.
  const byCounts = Map.groupBy(byEnvironment, ([, group]) => countsText(group, color))
  const counts = [...byCounts].map(([text, group]) => `${text} ${group.map(([name]) => `on ${name}`).join(' and ')}`)
  return `${[...counts, ...agreementTexts(agreements, color)].join(', ')}, ${end}`
}

function countsText(scenarios: readonly ScenarioSummary[], color: boolean): string {
  const { green, red, bold } = pc.createColors(color)
  const count = (verdict: Verdict): number => scenarios.filter((one) => one.verdict === verdict).length
  const [failed, broken, unsupported] = [count('fail'), count('error'), count('unsupported')]
  const counts = [
    ...(failed > 0 ? [red(bold(`${plural(failed)} failed`))] : []),
    ...(broken > 0 ? [red(bold(`${plural(broken)} broke`))] : []),
    failed + broken > 0 ? `${count('pass')} passed` : green(`${plural(count('pass'))} passed`),
  ].join(', ')
  return unsupported > 0 ? `${counts} (${unsupported} unsupported)` : counts
}

function agreementTexts(agreements: RunResult['agreements'], color: boolean): string[] {
  const { green, red, bold } = pc.createColors(color)
  const count = (verdict: AgreementVerdict): number => agreements.filter((one) => one.verdict === verdict).length
  const [agree, disagree, gaps] = [count('agree'), count('disagree'), count('not compared')]
  return [
    disagree > 0 ? `${agree} agree` : green(`${agree} agree`),
    ...(disagree > 0 ? [red(bold(`${disagree} disagree`))] : []),
    ...(gaps > 0 ? [`${gaps} not compared`] : []),
  ]
}

function plural(count: number): string {
  return `${count} scenario${count === 1 ? '' : 's'}`
}

/** Who stopped a run needs no screen for each scenario to say so. */
function withoutInterrupted(result: ScenarioResult): ScenarioResult {
  return { ...result, runs: result.runs.filter(({ problem }) => problem !== INTERRUPTED) }
}

function problemsOf({ runs }: ScenarioResult): Problem[] {
  return runs
    .flatMap(({ problem, steps }) => [problem, ...steps.map((step) => step.problem)])
    .filter((one) => one !== null)
}

function gapText({ span, message }: Problem): string {
  return printable(span === null ? message : `${formatSpan(span)}: ${message}`)
}
