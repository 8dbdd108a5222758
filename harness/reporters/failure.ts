import pc from 'picocolors'
import { headerValue } from '../chain/message.ts'
import { type ExplainLine, explainTrace } from '../diagnose/explain.ts'
import { printable, type RenderOptions, renderDiagnostic, renderHint } from '../diagnostics/render.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import { wrapped } from '../diagnostics/wrap.ts'
import type { Check, Problem, ScenarioResult, ScenarioRun, StepResult } from '../runner/result.ts'
import { headerOf } from '../scenario/check-name.ts'
import { maskText } from '../secrets/mask.ts'
import { maskSource } from '../secrets/mask-source.ts'
import type { Trace } from '../trace/trace.ts'
import { renderBlame } from './blame.ts'
import { renderDifference } from './difference.ts'
import { renderLines } from './explanation.ts'
import { factOf, failedChecks, problemText, secretsOfRun, signatureOf, wrongStep } from './headline.ts'
import { renderRefusals } from './refusal.ts'

export interface FailureOptions extends RenderOptions {
  /** What earlier screens have told whole, and where: hundreds of scenarios may share one broken chain. */
  readonly told?: Map<string, string>
}

/** More failures of one file say little that the first ones do not. */
const MAX_SCREENS = 5

/** More names of rows, or of checks, are not read. */
const MAX_NAMES = 4

/**
 * Everything that an operator needs to see of a scenario that did not pass, one screen per failure: who is to blame, the line
 * of the file, what each hop did, and how to repeat it. Rows and variants that fail alike share one; what an earlier
 * environment has shown is one line. Empty where it passed or is unsupported.
 */
export function renderFailure(result: ScenarioResult, options: FailureOptions): string {
  const told = options.told ?? new Map<string, string>()
  const bad = result.runs.filter(({ verdict }) => verdict === 'fail' || verdict === 'error')
  const alike = [...Map.groupBy(bad, signatureOf)]
  const screens = alike.slice(0, MAX_SCREENS).map(([signature, [run, ...others]]) => {
    if (run === undefined) return ''
    const key = `${result.source.file}\n${signature}`
    const before = told.get(key)
    told.set(key, before ?? result.environment)
    if (before !== undefined && before !== result.environment) return renderAgain(result, run, before, options)
    return renderRun(result, run, { ...options, told }, others)
  })
  const rest = alike.slice(MAX_SCREENS).reduce((sum, [, runs]) => sum + runs.length, 0)
  return [...screens, ...(rest > 0 ? [`… and ${rest} more of this file`] : [])].join('\n\n')
}

/** The screen of one variant and row that did not pass, and the names of `others` that failed alike. */
export function renderRun(
  result: Pick<ScenarioResult, 'name' | 'source' | 'environment'>,
  run: ScenarioRun,
  options: FailureOptions,
  others: readonly ScenarioRun[] = [],
): string {
  const source = maskSource(result.source)
  const shown = wrongStep(run)
  const { color } = options
  const blocks = [
    titleOf(result, run, options) + othersText(others, options),
    run.because === null ? '' : renderDiagnostic(diagnosticOf('variant', run.because, run.span, source), options),
    run.problem === null ? '' : renderStartProblem(run, run.problem, result.environment, options),
    ...renderRefusals(result, run, options),
    ...(shown === undefined ? [] : renderStep(shown, run, source, options)),
    run.evidence === null ? '' : `  ${pc.createColors(color).dim('evidence:')} ${printable(run.evidence)}`,
    notRunText(run, color),
  ]
  const text = blocks.filter((block) => block !== '').join('\n\n')
  return maskText(text, secretsOfRun(run))
}

/** A failure that the same file has shown in another environment. */
function renderAgain(result: ScenarioResult, run: ScenarioRun, environment: string, options: FailureOptions): string {
  const text = `${titleOf(result, run, options)}: the same as on ${environment}`
  const evidence = run.evidence === null ? '' : `\n  evidence: ${printable(run.evidence)}`
  return maskText(text + evidence, secretsOfRun(run))
}

function titleOf(
  result: Pick<ScenarioResult, 'name' | 'environment'>,
  run: ScenarioRun,
  { color, width }: RenderOptions,
): string {
  const { bold, red, dim } = pc.createColors(color)
  const span = wrongStep(run)?.span ?? run.span
  const label = red(bold(run.verdict === 'error' ? 'ERROR' : 'FAIL'))
  const place = printable(`${span.file}:${span.line}`)
  const which = printable(whichRun(run))
  return wrapped(
    `${label} ${place} ${bold(printable(result.name))}${which} ${dim(`on ${result.environment}`)}`,
    width,
    2,
    0,
  )
}

/** Which run of its file it is: ` [buggy, id=7]`; empty where there is only one. */
export function whichRun({ variant, example }: Pick<ScenarioRun, 'variant' | 'example'>): string {
  const row = Object.entries(example ?? {}).map(([key, value]) => `${key}=${value}`)
  const which = [...(variant === null ? [] : [variant]), ...row].join(', ')
  return which === '' ? '' : ` [${which}]`
}

function othersText(others: readonly ScenarioRun[], { width }: RenderOptions): string {
  if (others.length === 0) return ''
  const names = listText(others.map((run) => whichRun(run).trim()))
  return `\n  ${wrapped(printable(`the same: ${names}`), width, 4, 2)}`
}

/** `a, b, c, d and 12 more` */
function listText(names: readonly string[]): string {
  const more = names.length - MAX_NAMES
  return more > 0 ? `${names.slice(0, MAX_NAMES).join(', ')} and ${more} more` : names.join(', ')
}

function renderStep(step: StepResult, run: ScenarioRun, source: Source, options: FailureOptions): string[] {
  const failed = failedChecks(step)
  const { dim } = pc.createColors(options.color)
  const blameOptions = { ...options, files: [...run.files, source], secrets: secretsOfRun(run) }
  return [
    step.blame === null ? '' : renderBlame(step.blame, blameOptions),
    ...renderChecks(failed, step.blame !== null, source, options),
    step.problem === null ? '' : renderProblem(step.problem, options),
    step.trace === null ? '' : renderLines(linesThatMatter(step.trace, failed), options),
    // It is for copying, so it stays one line.
    step.curl === null ? '' : `  ${dim('repeat it:')} ${printable(step.curl)}`,
  ]
}

/** The first check, and where it is known what the others come from, only their names. */
function renderChecks(
  failed: readonly Check[],
  isExplained: boolean,
  source: Source,
  options: RenderOptions,
): string[] {
  const [first, ...others] = failed
  if (first === undefined || !isExplained || others.length === 0) {
    return failed.map((check) => renderCheck(check, source, options))
  }
  const { dim } = pc.createColors(options.color)
  const follow = others.length === 1 ? '1 more follows from it' : `${others.length} more follow from it`
  const names = listText(others.map(({ what, span }) => `${what} (line ${span.line})`))
  return [
    `${renderCheck(first, source, options)}\n  ${dim(wrapped(printable(`${follow}: ${names}`), options.width, 4, 2))}`,
  ]
}

/** The line of the scenario file, and where the difference is not seen at a glance, that. */
function renderCheck(check: Check, source: Source, options: RenderOptions): string {
  const { what, span, expected, actual } = check
  const difference = renderDifference(expected, actual, options)
  const line = renderDiagnostic(diagnosticOf(what, factOf(check), span, source), options)
  return difference === '' ? line : `${line}\n${difference}`
}

/** All but headers that nobody asked about: neither a check nor a WebSocket's opening. */
function linesThatMatter(trace: Trace, failed: readonly Check[]): ExplainLine[] {
  const isUpgrade = headerValue(trace.request.headers, 'upgrade') !== null
  const names = new Set([...failed.map(({ what }) => headerOf(what)), ...(isUpgrade ? ['upgrade', 'connection'] : [])])
  return explainTrace(trace).filter(({ label, header }) => label !== 'header' || names.has(header))
}

/** What kept a chain from starting, whole the first time, then only its first line. */
function renderStartProblem(
  { because }: ScenarioRun,
  problem: Problem,
  environment: string,
  options: FailureOptions,
): string {
  // Where the variant says that it is refused, there is nothing to advise.
  const screen = renderProblem(because === null ? problem : { ...problem, remedy: null }, options)
  if (options.told?.has(screen))
    return `  ${wrapped(`as above: ${printable(problemText(problem))}`, options.width, 4, 2)}`
  options.told?.set(screen, environment)
  return screen
}

function renderProblem(problem: Problem, options: RenderOptions): string {
  const { remedy, diagnostics } = problem
  const text =
    diagnostics.length > 0
      ? diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, options)).join('\n\n')
      : `  ${wrapped(printable(problemText(problem)), options.width, 2)}`
  return remedy === null ? text : `${text}\n${renderHint(remedy, options)}`
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
