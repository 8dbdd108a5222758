import { formatSpan, type Span } from '../diagnostics/span.ts'
import type { Check, Problem, ScenarioRun, StepResult } from '../runner/result.ts'
import { maskText, secretsOf } from '../secrets/mask.ts'
import { blameSentence } from './blame.ts'

const MAX_TEXT = 120

/** The one sentence that a list of failures has room for: why the run is not what it must be, or who is to blame. */
export function headlineOf(run: ScenarioRun): string {
  const step = wrongStep(run)
  const problem = run.problem ?? step?.problem ?? null
  const sentence = run.because ?? (problem === null ? stepHeadline(step) : problemText(problem))
  return maskText(sentence, secretsOfRun(run))
}

function stepHeadline(step: StepResult | undefined): string {
  if (step?.blame) return blameSentence(step.blame)
  const [check] = step === undefined ? [] : failedChecks(step)
  return check === undefined ? 'it did not pass' : `${check.what}: ${factOf(check)}`
}

export function problemText({ message, span }: Pick<Problem, 'message' | 'span'>): string {
  return span === null ? message : `${formatSpan(span)}: ${message}`
}

/** The step that did not pass; none where it was the chain that did not start. */
export function wrongStep({ steps }: Pick<ScenarioRun, 'steps'>): StepResult | undefined {
  const last = steps.at(-1)
  return last?.verdict === 'pass' ? undefined : last
}

/** The first expectation that failed; else the step that did not pass, or the run. */
export function failedAt(run: ScenarioRun): Span {
  const step = wrongStep(run)
  const [check] = step === undefined ? [] : failedChecks(step)
  return check?.span ?? step?.span ?? run.span
}

export function failedChecks({ checks }: StepResult): Check[] {
  return checks.filter(({ passed }) => !passed)
}

/** What a report of the run must not show. */
export function secretsOfRun(run: ScenarioRun): string[] {
  const { trace = null } = wrongStep(run) ?? {}
  return [...run.secrets, ...(trace === null ? [] : secretsOf(trace))]
}

/** What a failed check found, in words. */
export function factOf({ expected, actual, at }: Check): string {
  const many = expected.includes('\n') || actual.includes('\n')
  const fact = many ? 'not as expected' : `expected ${shorten(expected)}, got ${shorten(actual)}`
  return at === null ? fact : `${fact} at ${at}`
}

/** The beginning of a text that would fill the screen. */
function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}

/**
 * What two runs of a file have in common that fail alike: the step, the checks that failed, the status that came, the line to
 * blame. Targets and bodies are those of their rows.
 */
export function signatureOf(run: ScenarioRun): string {
  const step = wrongStep(run)
  const failed = step === undefined ? [] : failedChecks(step)
  const problem = run.problem ?? step?.problem ?? null
  const blame = step?.blame ?? null
  return JSON.stringify([
    run.verdict,
    run.because,
    step && formatSpan(step.span),
    problem && [problemText(problem), problem.diagnostics.map(problemText)],
    failed.map(({ what, span, actual }) => [what, formatSpan(span), what === 'status' ? actual : '']),
    blame && [blame.hop, blame.service, blame.rule?.span ? formatSpan(blame.rule.span) : blame.because],
  ])
}
