import pc from 'picocolors'
import { printable, type RenderOptions } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { wrapped } from '../diagnostics/wrap.ts'
import type { AgreementVerdict, RunReport, ScenarioResult, ScenarioSummary, Verdict } from '../runner/result.ts'
import { renderDisagreement } from './disagreement.ts'
import { renderFailure } from './failure.ts'
import { renderPassed } from './passed.ts'
import { lineProgress, liveProgress } from './progress.ts'
import { renderRefusals } from './refusal.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'
import { durationText } from './time-text.ts'
import { folderLines, slowestLines } from './totals.ts'

/**
 * For people: how far the run is, a screen for each scenario that did not pass, as it comes, and at the end what it came to.
 * On a terminal what goes on is drawn in its last lines; elsewhere each scenario is a line.
 */
export function prettyReporter(options: ReporterOptions): Reporter {
  const { write, color, terminal = null, verbose = false } = options
  const told = new Map<string, string>()
  const progress = terminal === null ? lineProgress(options) : liveProgress({ ...options, terminal })
  return {
    onStart: (plan) => progress.start(plan),
    onBegin: (scenario, environment) => progress.begin(scenario, environment),
    onDone: (scenario, environment) => progress.done(scenario, environment),
    onScenario(result) {
      progress.result(result)
      const passed = verbose ? result.runs.filter(({ verdict }) => verdict === 'pass') : []
      const screens = [
        ...passed.map((run) => renderPassed(result, run, { color, width: options.width ?? null })),
        renderFailure(result, { color, width: options.width ?? null, told }),
      ]
      for (const screen of [...screens, ...warningsOf(result, { color, width: options.width ?? null })]) {
        if (screen !== '') progress.tell(`${screen}\n\n`)
      }
    },
    onAgreement(agreement) {
      progress.agreement(agreement)
      const screen = renderDisagreement(agreement, { color, width: options.width ?? null })
      if (screen !== '') progress.tell(`${screen}\n\n`)
    },
    onHush: () => progress.hush(),
    onEnd(report) {
      progress.end()
      const parts = [
        folderLines(report, options),
        slowestLines(report),
        [...unsupported(report, color), ...notCompared(report), summary(report, color)].map((line) =>
          wrapped(line, options.width, 2, 0),
        ),
      ]
      const text = parts.filter((lines) => lines.length > 0).map((lines) => `${lines.join('\n')}\n`)
      write(text.join('\n'))
    },
  }
}

/** What is to be known of runs that passed. Those that did not have it on their screen. */
function warningsOf(result: ScenarioResult, options: RenderOptions): string[] {
  const passed = result.runs.filter(({ verdict }) => verdict === 'pass')
  return [...new Set(passed.flatMap((run) => renderRefusals(result, run, options)))]
}

/** What no environment could show, each once: `unsupported: nginx.conf:8:5: auth_request: … (3 scenarios)`. */
function unsupported({ gaps, allowUnsupported }: RunReport, color: boolean): string[] {
  const { red, bold, cyan } = pc.createColors(color)
  const label = allowUnsupported ? 'unsupported' : red(bold('unsupported'))
  const lines = gaps.map(({ what, because, span, scenarioCount }) => {
    const place = span === null ? '' : `${formatSpan(span)}: `
    return `${label}: ${printable(`${place}${what}: ${because}`)} (${plural(scenarioCount)})`
  })
  if (lines.length === 0 || allowUnsupported) return lines
  return [...lines, `${cyan('hint:')} Name an environment that can show it by --env, or pass --allow-unsupported.`]
}

/** More reasons than these are no longer read; the JSON report has them all. */
const MAX_REASONS = 5

/** Why environments were not compared, each reason once: `not compared: 3 scenarios: sandbox cannot show it: …`. */
function notCompared({ agreements }: RunReport): string[] {
  const reasons = Map.groupBy(
    agreements.filter(({ verdict }) => verdict === 'not compared'),
    ({ because }) => because ?? '',
  )
  const lines = [...reasons].map(([because, all]) => `not compared: ${plural(all.length)}: ${printable(because)}`)
  const more = lines.length - MAX_REASONS
  return more > 0 ? [...lines.slice(0, MAX_REASONS), `… and ${more} more reasons`] : lines
}

/**
 * `42 scenarios passed (3 unsupported) in 0.8 s, seed 7, 9 requests carried by the rewritten form`, or how many did not; of several environments each, and in how many
 * scenarios they agree: `144 scenarios passed on simulated and on sandbox, 144 agree, in 41.0 s, seed 7`.
 */
function summary(report: RunReport, color: boolean): string {
  const { scenarios, agreements, durationMs, seed } = report
  const end = [
    `in ${durationMs < 60_000 ? `${(durationMs / 1000).toFixed(1)} s` : durationText(durationMs)}`,
    `seed ${seed}`,
    ...carriedTexts(scenarios),
  ].join(', ')
  const rest = restTexts(report, color)
  const byEnvironment = Map.groupBy(scenarios, ({ environment }) => environment)
  if (byEnvironment.size < 2) return `${[countsText(scenarios, color), ...rest].join(', ')} ${end}`
  // Environments with the same counts share them.
  const byCounts = Map.groupBy(byEnvironment, ([, group]) => countsText(group, color))
  const counts = [...byCounts].map(([text, group]) => `${text} ${group.map(([name]) => `on ${name}`).join(' and ')}`)
  return `${[...counts, ...agreementTexts(agreements, color), ...rest].join(', ')}, ${end}`
}

/**
 * How many requests the gateway took by a route's rewritten form alone, in the first environment: a typo in a route's path can
 * hide behind it, and that production takes them so is our reading (decision 0015).
 */
function carriedTexts(scenarios: readonly ScenarioSummary[]): string[] {
  const shown = scenarios.filter(({ environment }) => environment === scenarios[0]?.environment)
  const count = shown.reduce((sum, { carriedByRewrittenForm }) => sum + carriedByRewrittenForm, 0)
  return count === 0 ? [] : [`${count} request${count === 1 ? '' : 's'} carried by the rewritten form`]
}

/** What has no result: files that are no scenarios, scenarios that were not run. */
function restTexts({ invalid, notRun, interruptedBy }: RunReport, color: boolean): string[] {
  const { red, bold } = pc.createColors(color)
  const invalidText = `${invalid.length} ${invalid.length === 1 ? 'file is' : 'files are'} not valid`
  return [
    ...(invalid.length > 0 ? [red(bold(invalidText))] : []),
    ...(notRun.length > 0 ? [`${notRun.length} not run`] : []),
    ...(interruptedBy === null ? [] : [red(bold(`stopped by ${interruptedBy}`))]),
  ]
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

function agreementTexts(agreements: RunReport['agreements'], color: boolean): string[] {
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
