import pc from 'picocolors'
import { headerValue } from '../chain/message.ts'
import type { Blame } from '../diagnose/blame.ts'
import { type ExplainLine, explainTrace } from '../diagnose/explain.ts'
import { printable, renderDiagnostic } from '../diagnostics/render.ts'
import type { Source } from '../diagnostics/source.ts'
import { formatSpan, type Span } from '../diagnostics/span.ts'
import type { Check, Problem, ScenarioResult, ScenarioRun, StepResult } from '../runner/result.ts'
import { headerOf } from '../scenario/check-name.ts'
import { maskText, secretsOf } from '../secrets/mask.ts'
import { maskSource } from '../secrets/mask-source.ts'
import type { Trace } from '../trace/trace.ts'
import { renderDifference } from './difference.ts'
import { renderLines } from './explanation.ts'
import { renderRefusals } from './refusal.ts'

export interface FailureOptions {
  readonly color: boolean
  /** Problems that earlier screens have told whole: hundreds of scenarios may share one broken chain. */
  readonly told?: Set<string>
}

/** More rows of examples that fail say little that the first ones do not. */
const MAX_RUNS = 5

const MAX_TEXT = 120

/**
 * Everything that an operator needs to see of a scenario that did not pass, one screen per variant and row: the line of
 * the file, what each hop did, who is to blame, and how to repeat it. Empty where it passed or is unsupported.
 */
export function renderFailure(result: ScenarioResult, options: FailureOptions): string {
  const bad = result.runs.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')
  const screens = bad.slice(0, MAX_RUNS).map((run) => renderRun(result, run, options))
  const more = bad.length - screens.length
  return [...screens, ...(more > 0 ? [`… and ${more} more of this file`] : [])].join('\n\n')
}

/** The one sentence that a list of failures has room for: why the run is not what it must be, or who is to blame. */
export function headlineOf(run: ScenarioRun): string {
  const step = wrongStep(run)
  const problem = run.problem ?? step?.problem ?? null
  const sentence = run.because ?? (problem === null ? stepHeadline(step) : problemText(problem))
  return maskText(sentence, [...run.secrets, ...(step?.trace ? secretsOf(step.trace) : [])])
}

function stepHeadline(step: StepResult | undefined): string {
  if (step?.blame) return `BLAME ${blameText(step.blame)}`
  const check = step?.checks.find(({ passed }) => !passed)
  return check === undefined ? 'it did not pass' : `${check.what}: ${factOf(check)}`
}

function problemText({ message, span }: Problem): string {
  return span === null ? message : `${formatSpan(span)}: ${message}`
}

/** The step that did not pass; none where it was the chain that did not start. */
function wrongStep({ steps }: ScenarioRun): StepResult | undefined {
  const last = steps.at(-1)
  return last?.verdict === 'pass' ? undefined : last
}

/** The screen of one variant and row that did not pass. */
export function renderRun(
  result: Pick<ScenarioResult, 'name' | 'source' | 'environment'>,
  run: ScenarioRun,
  { color, told = new Set() }: FailureOptions,
): string {
  const source = maskSource(result.source)
  const shown = wrongStep(run)
  const blocks = [
    titleOf(result, run, shown?.span ?? run.span, color),
    run.because === null ? '' : renderDiagnostic(diagnosticOf('variant', run.because, run.span, source), { color }),
    run.problem === null ? '' : renderStartProblem(run, run.problem, { color, told }),
    ...renderRefusals(result, run, { color }),
    ...(shown === undefined ? [] : renderStep(shown, source, color)),
    run.evidence === null ? '' : `  ${pc.createColors(color).dim('evidence:')} ${printable(run.evidence)}`,
    notRunText(run, color),
  ]
  const text = blocks.filter((block) => block !== '').join('\n\n')
  const secrets = [...run.secrets, ...(shown?.trace ? secretsOf(shown.trace) : [])]
  return maskText(text, secrets)
}

function titleOf(
  result: Pick<ScenarioResult, 'name' | 'environment'>,
  run: ScenarioRun,
  span: Span,
  color: boolean,
): string {
  const { bold, red, dim } = pc.createColors(color)
  const label = red(bold(run.verdict === 'error' ? 'ERROR' : 'FAIL'))
  const place = printable(`${span.file}:${span.line}`)
  return `${label} ${place} ${bold(printable(result.name))}${printable(whichRun(run))} ${dim(`on ${result.environment}`)}`
}

/** Which run of its file it is: ` [buggy, id=7]`; empty where there is only one. */
export function whichRun({ variant, example }: Pick<ScenarioRun, 'variant' | 'example'>): string {
  const row = Object.entries(example ?? {}).map(([key, value]) => `${key}=${value}`)
  const which = [...(variant === null ? [] : [variant]), ...row].join(', ')
  return which === '' ? '' : ` [${which}]`
}

function renderStep(step: StepResult, source: Source, color: boolean): string[] {
  const failed = step.checks.filter(({ passed }) => !passed)
  return [
    ...failed.map((check) => renderCheck(check, source, color)),
    step.problem === null ? '' : renderProblem(step.problem, color),
    step.trace === null ? '' : renderLines(linesThatMatter(step.trace, failed), { color }),
    step.blame === null ? '' : renderBlame(step.blame, color),
    step.trace === null ? '' : renderNearMisses(step.trace, color),
    step.curl === null ? '' : `  ${pc.createColors(color).dim('repeat it:')} ${printable(step.curl)}`,
  ]
}

/** The line of the scenario file, and where the difference is not seen at a glance, that. */
function renderCheck(check: Check, source: Source, color: boolean): string {
  const { what, span, expected, actual } = check
  const difference = renderDifference(expected, actual, { color })
  const line = renderDiagnostic(diagnosticOf(what, factOf(check), span, source), { color })
  return difference === '' ? line : `${line}\n${difference}`
}

function factOf({ expected, actual, at }: Check): string {
  const many = expected.includes('\n') || actual.includes('\n')
  const fact = many ? 'not as expected' : `expected ${shorten(expected)}, got ${shorten(actual)}`
  return at === null ? fact : `${fact} at ${at}`
}

/** The beginning of a text that would fill the screen. */
function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

/** All but near misses, which stand by themselves, and headers that nobody asked about: neither a check nor a WebSocket's opening. */
function linesThatMatter(trace: Trace, failed: readonly Check[]): ExplainLine[] {
  const isUpgrade = headerValue(trace.request.headers, 'upgrade') !== null
  const names = new Set([...failed.map(({ what }) => headerOf(what)), ...(isUpgrade ? ['upgrade', 'connection'] : [])])
  return explainTrace(trace).filter(({ label, header }) => {
    if (label === 'header') return names.has(header)
    return label !== 'near miss'
  })
}

function blameText({ hop, service, rule, because }: Blame): string {
  const who = service === null || service === hop ? hop : `${hop} (${service})`
  return rule?.span ? `${who}: ${because} (${formatSpan(rule.span)})` : `${who}: ${because}`
}

function renderBlame({ hop, service, rule, because }: Blame, color: boolean): string {
  const { bold, red, cyan } = pc.createColors(color)
  const who = service === null || service === hop ? hop : `${hop} (${service})`
  const place = rule?.span ? `  ${cyan(printable(formatSpan(rule.span)))}` : ''
  const line = rule === null ? '' : `\n         ${printable(rule.text)}${place}`
  return `  ${red(bold('BLAME'))}  ${bold(printable(who))}: ${printable(because)}${line}`
}

function renderNearMisses(trace: Trace, color: boolean): string {
  const misses = explainTrace(trace).filter(({ label }) => label === 'near miss')
  return misses.length === 0 ? '' : renderLines(misses, { color })
}

/** What kept a chain from starting, whole the first time, then only its first line. */
function renderStartProblem(
  { because }: ScenarioRun,
  problem: Problem,
  { color, told }: { readonly color: boolean; readonly told: Set<string> },
): string {
  // Where the variant says that it is refused, there is nothing to advise.
  const screen = renderProblem(because === null ? problem : { ...problem, remedy: null }, color)
  if (told.has(screen)) return `  as above: ${printable(problemText(problem))}`
  told.add(screen)
  return screen
}

function renderProblem(problem: Problem, color: boolean): string {
  const { remedy, diagnostics } = problem
  const text =
    diagnostics.length > 0
      ? diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, { color })).join('\n\n')
      : `  ${printable(problemText(problem))}`
  return remedy === null ? text : `${text}\n  ${pc.createColors(color).cyan('hint:')} ${printable(remedy)}`
}

function notRunText({ notRun }: ScenarioRun, color: boolean): string {
  if (notRun.length === 0) return ''
  const [first] = notRun
  const rest = notRun.length === 1 ? 'the step' : `the ${notRun.length} steps`
  return pc.createColors(color).dim(`  not run: ${rest} from line ${first?.span.line} on`)
}

function diagnosticOf(code: string, message: string, span: Span, source: Source) {
  return { code, severity: 'error' as const, message, span, source }
}
