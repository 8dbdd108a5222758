import { createRequire } from 'node:module'
import type { Builder } from 'junit-report-builder'
import { printable } from '../diagnostics/render.ts'
import type { Agreement, AgreementVerdict, RunResult, ScenarioResult, Verdict } from '../runner/result.ts'
import { renderDisagreement } from './disagreement.ts'
import { renderFailure } from './failure.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

const require = createRequire(import.meta.url)

/** What a test case keeps until the file is written: for one that passed, next to nothing. */
interface Case {
  /** The environment, or those that were compared. */
  readonly suite: string
  readonly name: string
  readonly file: string
  readonly seconds: number
  readonly verdict: Verdict
  /** The screen of a failure, the reason of a gap. */
  readonly text: string
}

/**
 * For CI systems: JUnit XML with a test suite per environment and a test case per scenario file, and where several
 * environments were compared one more suite, with a test case per comparison. A failure holds the same screen that a terminal
 * shows; a scenario that the environment cannot show, and one that was not compared, is skipped, its reason in `system-out`.
 */
export function junitReporter({ write }: Pick<ReporterOptions, 'write'>): Reporter {
  const cases: Case[] = []
  return {
    onScenario(result) {
      cases.push(caseOf(result))
    },
    onAgreement(agreement) {
      cases.push(caseOfAgreement(agreement))
    },
    onEnd(run) {
      write(junitXml(cases, run))
    },
  }
}

function caseOf(result: ScenarioResult): Case {
  const { environment, name, source, verdict, durationMs } = result
  const text = verdict === 'unsupported' ? gapOf(result) : renderFailure(result, { color: false })
  return { suite: environment, name, file: source.file, seconds: durationMs / 1000, verdict, text }
}

const VERDICTS: Readonly<Record<AgreementVerdict, Verdict>> = {
  agree: 'pass',
  disagree: 'fail',
  'not compared': 'unsupported',
}

function caseOfAgreement(agreement: Agreement): Case {
  const { name, source, environments, because } = agreement
  const suite = environments.join(', ')
  const verdict = VERDICTS[agreement.verdict]
  const text = because ?? renderDisagreement(agreement, false)
  return { suite, name: `${name} agrees: ${suite}`, file: source.file, seconds: 0, verdict, text }
}

function gapOf({ runs }: ScenarioResult): string {
  const problems = runs.flatMap(({ problem, steps }) => [problem, ...steps.map((step) => step.problem)])
  return problems.find((problem) => problem !== null)?.message ?? 'unsupported'
}

function junitXml(cases: readonly Case[], { startedAt, seed }: RunResult): string {
  // Loading it takes longer than many a run: only who asks for JUnit pays for it. Its types are those of its ES build,
  // which Node does not load.
  const library: Builder = require('junit-report-builder')
  const builder = library.newBuilder().name('chain')
  for (const [name, group] of Map.groupBy(cases, (one) => one.suite)) {
    const suite = builder.testSuite().name(name).timestamp(startedAt).property('seed', String(seed))
    for (const one of group) {
      const testCase = suite.testCase().name(xmlText(one.name)).file(xmlText(one.file)).time(one.seconds)
      testCase.className(xmlText(one.file.replace(/\.ya?ml$/, '')))
      const text = xmlText(one.text)
      const [title = ''] = text.split('\n', 1)
      if (one.verdict === 'fail') testCase.failure(title, 'fail').stacktrace(text)
      if (one.verdict === 'error') testCase.error(title, 'error', text)
      if (one.verdict === 'unsupported') testCase.skipped().standardOutput(text)
    }
  }
  return `${builder.build()}\n`
}

/**
 * A text that XML 1.0 can hold (sections 2.2 and 2.7): no control characters, no half of a surrogate pair, and no end of a
 * CDATA section, of which the library takes care only once in a text.
 */
function xmlText(text: string): string {
  const lines = text.split('\n').map(printable).join('\n')
  return lines
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll(']]>', ']] >')
}
