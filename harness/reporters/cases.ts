import { renderDiagnostics } from '../diagnostics/render.ts'
import { formatSpan } from '../diagnostics/span.ts'
import type {
  Agreement,
  InvalidFile,
  RunReport,
  ScenarioReference,
  ScenarioResult,
  ScenarioRun,
} from '../runner/result.ts'
import { maskNames } from '../secrets/mask.ts'
import { maskDiagnostics } from '../secrets/mask-diagnostic.ts'
import { headlineOfDifference, renderDisagreement } from './disagreement.ts'
import { renderRun, whichRun } from './failure.ts'
import { failedAt, headlineOf } from './headline.ts'
import { renderRefusals } from './refusal.ts'
import type { Reporter } from './reporter.ts'

/** What a test case keeps until the report is written: for one that passed, next to nothing. */
export interface Case {
  /** The environment, or those that were compared. */
  readonly suite: string
  readonly name: string
  readonly file: string
  /** Where it failed, `file:line:column`; of one that passed, where it begins. */
  readonly place: string
  readonly seconds: number
  readonly outcome: Outcome
  /** What is to be known of one that passed; empty where there is nothing. */
  readonly note: string
}

/** `message` is one sentence, `text` the screen that a terminal shows. */
export type Outcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string }
  | { readonly kind: 'skipped'; readonly message: string }

/** A case while the run goes on: whether one that is unsupported is a failure is known at its end. */
interface Known extends Omit<Case, 'outcome'> {
  readonly outcome: Outcome | { readonly kind: 'unsupported'; readonly message: string }
}

const PASS: Outcome = { kind: 'pass' }

/**
 * A reporter that gathers test cases: one per variant and row of examples, one per comparison of environments, one per file that is
 * not valid and one per scenario that was not run. What makes the run fail is no pass here either: a scenario that no
 * environment can show is a failure of type `unsupported`, a file that is not valid is an error. What another environment shows, what
 * was not compared and what was not run is skipped, with the reason.
 * @param end gets all of them, when the run is over
 */
export function caseReporter(end: (cases: readonly Case[], report: RunReport) => void): Reporter {
  const cases: Known[] = []
  /** Files of scenarios that an environment has shown. */
  const shown = new Set<string>()
  return {
    onScenario(result) {
      if (result.verdict !== 'unsupported') shown.add(result.source.file)
      for (const run of result.runs) cases.push(caseOf(result, run))
    },
    onAgreement(agreement) {
      cases.push(caseOfAgreement(agreement))
    },
    onEnd(report) {
      const all = [...cases, ...report.invalid.map(caseOfInvalid), ...report.notRun.map(caseOfNotRun)]
      const isFine = (file: string): boolean => report.allowUnsupported || shown.has(file)
      end(
        all.map((one) => judged(one, isFine)),
        report,
      )
    },
  }
}

function caseOf(result: ScenarioResult, run: ScenarioRun): Known {
  const { environment, name, source } = result
  const outcome = outcomeOf(result, run)
  const note = renderRefusals(result, run, { color: false }).join('\n\n')
  return {
    suite: environment,
    name: maskNames(name + whichRun(run)),
    file: source.file,
    place: formatSpan(failedAt(run)),
    seconds: run.durationMs / 1000,
    outcome,
    note,
  }
}

function outcomeOf(result: ScenarioResult, run: ScenarioRun): Known['outcome'] {
  const { verdict } = run
  if (verdict === 'pass') return PASS
  const message = headlineOf(run)
  if (verdict === 'unsupported') return { kind: 'unsupported', message }
  const kind = verdict === 'fail' ? 'failure' : 'error'
  return { kind, type: verdict, message, text: renderRun(result, run, { color: false }) }
}

function caseOfAgreement(agreement: Agreement): Case {
  const { name, source, environments, difference } = agreement
  const suite = environments.join(', ')
  const step = difference?.step ?? null
  return {
    suite,
    name: maskNames(`${name} agrees: ${suite}`),
    file: source.file,
    place: step === null ? source.file : formatSpan(step.span),
    seconds: 0,
    outcome: outcomeOfAgreement(agreement),
    note: '',
  }
}

function outcomeOfAgreement(agreement: Agreement): Outcome {
  const { because, difference } = agreement
  if (because !== null) return { kind: 'skipped', message: `not compared: ${because}` }
  if (difference === null) return PASS
  const text = renderDisagreement(agreement, { color: false })
  return { kind: 'failure', type: 'disagree', message: headlineOfDifference(difference), text }
}

function caseOfInvalid({ file, diagnostics: found }: InvalidFile): Case {
  const diagnostics = maskDiagnostics(found)
  const [first] = diagnostics
  const place = first === undefined ? file : formatSpan(first.span)
  const message = first === undefined ? 'it is not valid' : `${place}: ${first.message}`
  const outcome: Outcome = {
    kind: 'error',
    type: 'invalid',
    message,
    text: renderDiagnostics(diagnostics, { color: false }),
  }
  return { suite: 'files', name: `${file} is valid`, file, place, seconds: 0, outcome, note: '' }
}

function caseOfNotRun({ name, source }: ScenarioReference): Case {
  const outcome: Outcome = { kind: 'skipped', message: 'not run: the run was stopped before' }
  const { file } = source
  return { suite: 'not run', name: maskNames(name), file, place: file, seconds: 0, outcome, note: '' }
}

/** The case of a scenario that this environment cannot show, now that everything is known. */
function judged({ outcome: known, ...one }: Known, isFine: (file: string) => boolean): Case {
  if (known.kind !== 'unsupported') return { ...one, outcome: known }
  const { message } = known
  const outcome: Outcome = isFine(one.file)
    ? { kind: 'skipped', message: `unsupported: ${message}` }
    : { kind: 'failure', type: 'unsupported', message: `unsupported: ${message}`, text: message }
  return { ...one, outcome }
}
