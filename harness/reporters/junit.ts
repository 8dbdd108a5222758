import { createRequire } from 'node:module'
import { printable, renderDiagnostics } from '../diagnostics/render.ts'
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
import { headlineOf } from './headline.ts'
import { renderRefusals } from './refusal.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

const require = createRequire(import.meta.url)

/** What a test case keeps until the file is written: for one that passed, next to nothing. */
interface Case {
  /** The environment, or those that were compared. */
  readonly suite: string
  readonly name: string
  readonly file: string
  readonly seconds: number
  readonly outcome: Outcome
  /** What is to be known of one that passed; empty where there is nothing. */
  readonly note: string
}

/** `message` is one sentence, `text` the screen that a terminal shows. */
type Outcome =
  | { readonly kind: 'pass' }
  | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string }
  | { readonly kind: 'skipped'; readonly message: string }
  /** A failure, or skipped where another environment shows the scenario, or where that is allowed. */
  | { readonly kind: 'unsupported'; readonly message: string }

const PASS: Outcome = { kind: 'pass' }

/**
 * For CI systems: JUnit XML with a test suite per environment and a test case per variant and row of examples, and where
 * several environments were compared one more suite, with a test case per comparison. What makes the run fail is no pass here
 * either: a scenario that no environment can show is a failure of type `unsupported`, a file that is not valid is an error.
 * What another environment shows, what was not compared and what was not run is skipped, with the reason.
 */
export function junitReporter({ write }: Pick<ReporterOptions, 'write'>): Reporter {
  const cases: Case[] = []
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
      write(
        junitXml(
          all.map((one) => judged(one, isFine)),
          report,
        ),
      )
    },
  }
}

function caseOf(result: ScenarioResult, run: ScenarioRun): Case {
  const { environment, name, source } = result
  const outcome = outcomeOf(result, run)
  const note = renderRefusals(result, run, { color: false }).join('\n\n')
  return {
    suite: environment,
    name: maskNames(name + whichRun(run)),
    file: source.file,
    seconds: run.durationMs / 1000,
    outcome,
    note,
  }
}

function outcomeOf(result: ScenarioResult, run: ScenarioRun): Outcome {
  const { verdict } = run
  if (verdict === 'pass') return PASS
  const message = headlineOf(run)
  if (verdict === 'unsupported') return { kind: 'unsupported', message }
  const kind = verdict === 'fail' ? 'failure' : 'error'
  return { kind, type: verdict, message, text: renderRun(result, run, { color: false }) }
}

function caseOfAgreement(agreement: Agreement): Case {
  const { name, source, environments } = agreement
  const suite = environments.join(', ')
  const outcome = outcomeOfAgreement(agreement)
  return { suite, name: maskNames(`${name} agrees: ${suite}`), file: source.file, seconds: 0, outcome, note: '' }
}

function outcomeOfAgreement(agreement: Agreement): Outcome {
  const { because, difference } = agreement
  if (because !== null) return { kind: 'skipped', message: `not compared: ${because}` }
  if (difference === null) return PASS
  const text = renderDisagreement(agreement, false)
  return { kind: 'failure', type: 'disagree', message: headlineOfDifference(difference), text }
}

function caseOfInvalid({ file, diagnostics: found }: InvalidFile): Case {
  const diagnostics = maskDiagnostics(found)
  const [first] = diagnostics
  const message = first === undefined ? 'it is not valid' : `${formatSpan(first.span)}: ${first.message}`
  const outcome: Outcome = {
    kind: 'error',
    type: 'invalid',
    message,
    text: renderDiagnostics(diagnostics, { color: false }),
  }
  return { suite: 'files', name: `${file} is valid`, file, seconds: 0, outcome, note: '' }
}

function caseOfNotRun({ name, source }: ScenarioReference): Case {
  const outcome: Outcome = { kind: 'skipped', message: 'not run: the run was stopped before' }
  return { suite: 'not run', name: maskNames(name), file: source.file, seconds: 0, outcome, note: '' }
}

/** The case of a scenario that this environment cannot show, now that everything is known. */
function judged(one: Case, isFine: (file: string) => boolean): Case {
  if (one.outcome.kind !== 'unsupported') return one
  const { message } = one.outcome
  const outcome: Outcome = isFine(one.file)
    ? { kind: 'skipped', message: `unsupported: ${message}` }
    : { kind: 'failure', type: 'unsupported', message: `unsupported: ${message}`, text: message }
  return { ...one, outcome }
}

function junitXml(cases: readonly Case[], { startedAt, seed, durationMs }: RunReport): string {
  // Loaded when it is needed: nothing that a run on a laptop should wait for.
  const { create }: typeof import('xmlbuilder') = require('xmlbuilder')
  const root = create('testsuites', { encoding: 'UTF-8' })
  // The schema that Jenkins checks by knows no `skipped` here.
  const { skipped: _, ...counts } = countsOf(cases)
  root.att({ name: 'chain', ...counts, time: seconds(durationMs / 1000) })
  for (const [name, group] of Map.groupBy(cases, ({ suite }) => suite)) {
    const time = seconds(group.reduce((sum, one) => sum + one.seconds, 0))
    const suite = root.ele('testsuite', { name, timestamp: startedAt, ...countsOf(group), time })
    suite.ele('properties').ele('property', { name: 'seed', value: seed })
    for (const { name, file, seconds: took, outcome, note } of group) {
      const attributes = { name: xmlText(name), classname: classOf(file), file: xmlText(file), time: seconds(took) }
      const element = suite.ele('testcase', attributes)
      if (outcome.kind === 'pass') {
        if (note !== '') element.ele('system-out').cdata(xmlText(note))
        continue
      }
      const message = xmlText(outcome.message)
      if ('text' in outcome) element.ele(outcome.kind, { message, type: outcome.type }).cdata(xmlText(outcome.text))
      else element.ele('skipped', { message })
    }
  }
  return `${root.end({ pretty: true })}\n`
}

function countsOf(cases: readonly Case[]) {
  const count = (kind: Outcome['kind']): number => cases.filter(({ outcome }) => outcome.kind === kind).length
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

/** With dots, at which CI systems part package from class: they then group cases by folder. */
function classOf(file: string): string {
  const parts = file.replace(/\.ya?ml$/, '').split(/[\\/]/)
  const named = parts.filter((part) => part !== '' && part !== '.' && part !== '..')
  return xmlText(named.map((part) => part.replaceAll('.', '_')).join('.'))
}

function seconds(duration: number): string {
  return duration.toFixed(3)
}

/**
 * A text that XML 1.0 can hold (sections 2.2 and 2.7): no control characters, no half of a surrogate pair, and no end of a
 * CDATA section.
 */
function xmlText(text: string): string {
  const lines = text.split('\n').map(printable).join('\n')
  return lines
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(']]>', ']] >')
}
