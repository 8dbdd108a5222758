import { isInserted, placeWritten } from '../diagnostics/composition.ts'
import { printable, renderDiagnostics } from '../diagnostics/render.ts'
import { formatSpan, type Span } from '../diagnostics/span.ts'
import type { Agreement, InvalidFile, RunReport, ScenarioRun, Verdict } from '../runner/result.ts'
import { maskNames, maskText } from '../secrets/mask.ts'
import { maskDiagnostics } from '../secrets/mask-diagnostic.ts'
import { blameSentence } from './blame.ts'
import { headlineOfDifference, renderDisagreement } from './disagreement.ts'
import { renderRun, whichRun } from './failure.ts'
import { type Annotation, annotationCommand, MAX_ANNOTATIONS, noticeCommand } from './github-commands.ts'
import { Summary } from './github-summary.ts'
import { factOf, failedAt, failedChecks, headlineOf, secretsOfRun, signatureOf, wrongStep } from './headline.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

export interface GithubOptions extends Pick<ReporterOptions, 'write'> {
  /** The folder that file names are relative to: the checked out repository. */
  readonly root: string
  /** Adds Markdown to the job summary, which has room for so many bytes; null where there is none. */
  readonly summary: { readonly write: (markdown: string) => void; readonly maxBytes: number } | null
}

/**
 * For GitHub Actions: an annotation at the line of the scenario file and one at the line of configuration that is to blame, each
 * failure once, and a job summary with the screens of all of them that it has room for.
 */
export function githubReporter({ write, root, summary }: GithubOptions): Reporter {
  const annotations = new Map<string, Annotation>()
  const page = new Summary(summary?.maxBytes ?? 0)
  const told = new Set<string>()
  let left = 0
  const annotate = (one: Annotation): void => {
    // One line is often to blame for many failures.
    const key = formatSpan(one.span)
    if (annotations.has(key)) return
    if (annotations.size < MAX_ANNOTATIONS) annotations.set(key, one)
    else left++
  }
  return {
    onScenario(result) {
      for (const run of result.runs) {
        if (run.verdict !== 'fail' && run.verdict !== 'error') continue
        const title = maskText(printable(`${result.name}${whichRun(run)} on ${result.environment}`), run.secrets)
        page.failure(title, renderRun(result, run, { color: false }))
        const signature = `${result.source.file}\n${signatureOf(run)}`
        if (told.has(signature)) continue
        told.add(signature)
        for (const one of annotationsOf(title, run)) annotate(one)
      }
    },
    onAgreement(agreement) {
      const { difference } = agreement
      if (difference === null) return
      const title = maskNames(
        printable(`${agreement.name}${whichRun(difference)} on ${difference.environments.join(' and ')}`),
      )
      page.failure(title, renderDisagreement(agreement, { color: false }))
      annotate({ span: spanOf(agreement), title, message: headlineOfDifference(difference) })
    },
    onEnd(report) {
      for (const file of report.invalid) {
        page.failure(
          `${file.file} is not valid`,
          renderDiagnostics(maskDiagnostics(file.diagnostics), { color: false }),
        )
        for (const one of annotationsOfInvalid(file)) annotate(one)
      }
      for (const one of annotations.values()) write(annotationCommand('error', one, root))
      if (left > 0) write(noticeCommand(`${left} more lines are in the reports of this run, and in the job summary.`))
      summary?.write(page.text(headOf(report), countsOf(report), notesOf(report)))
    },
  }
}

/** At the line of the scenario file that failed, and at that of the configuration which is to blame. */
function annotationsOf(title: string, run: ScenarioRun): Annotation[] {
  const secrets = secretsOfRun(run)
  const step = wrongStep(run)
  const problem = run.problem ?? step?.problem ?? null
  const blame = step?.blame ?? null
  const [check] = step === undefined ? [] : failedChecks(step)
  const span = failedAt(run)
  const words = [
    headlineOf(run),
    ...(check === undefined || blame === null ? [] : [`${check.what}: ${factOf(check)}`]),
    problem?.remedy ?? blame?.remedy ?? '',
  ].filter((line) => line !== '')
  const here = { span, title, message: maskText(words.join('\n'), secrets) }
  const cause = problem?.diagnostics[0]
  if (cause !== undefined) return [here, { span: cause.span, title, message: maskText(cause.message, secrets) }]
  if (!blame?.rule?.span) return [here]
  const because = [blameSentence({ ...blame, rule: null }), blame.remedy ?? '', `Shown by ${span.file}:${span.line}`]
  const message = maskText(because.filter((line) => line !== '').join('\n'), secrets)
  return [here, { span: writtenPlace(blame.rule.span, run), title, message }]
}

/** Of a line that the scenario itself puts into a file of its chain, the place in the scenario. */
function writtenPlace(span: Span, { files }: ScenarioRun): Span {
  const source = files.find((one) => isInserted(one, span))
  return source === undefined ? span : placeWritten(source, span)
}

function annotationsOfInvalid({ diagnostics }: InvalidFile): Annotation[] {
  return maskDiagnostics(diagnostics).map(({ span, code, message, hint }) => ({
    span,
    title: code,
    message: hint === undefined ? message : `${message}\n${hint}`,
  }))
}

function spanOf({ difference, source }: Agreement): Span {
  return difference?.step?.span ?? { file: source.file, line: 1, column: 1, length: 1 }
}

const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'error', 'unsupported']

function headOf({ scenarios, agreements, invalid }: RunReport): string {
  const failed = scenarios.filter(({ verdict }) => verdict === 'fail' || verdict === 'error').length
  const apart = agreements.filter(({ verdict }) => verdict === 'disagree').length
  const words = [
    ...(failed > 0 ? [`${failed} of ${scenarios.length} failed`] : [`${scenarios.length - failed} ran, none failed`]),
    ...(apart > 0 ? [`${apart} differ between environments`] : []),
    ...(invalid.length > 0 ? [`${invalid.length} files are not valid`] : []),
  ]
  return `Scenarios: ${words.join(', ')}`
}

function countsOf({ scenarios }: RunReport): string[][] {
  const rows = [...Map.groupBy(scenarios, ({ environment }) => environment)].map(([environment, group]) => [
    environment,
    ...VERDICTS.map((verdict) => String(group.filter((one) => one.verdict === verdict).length)),
  ])
  return [['environment', 'passed', 'failed', 'broke', 'unsupported'], ...rows]
}

/** More of them are not read; the other reports have them all. */
const MAX_NOTES = 20

function notesOf({ gaps, notRun, interruptedBy }: RunReport): string[] {
  const unsupported = gaps.map(({ what, because, span, scenarioCount }) => {
    const place = span === null ? '' : `${formatSpan(span)}: `
    return `unsupported: ${maskNames(printable(`${place}${what}: ${because}`)).slice(0, 500)} (${scenarioCount})`
  })
  return [
    ...unsupported.slice(0, MAX_NOTES),
    ...(notRun.length > 0 ? [`${notRun.length} not run`] : []),
    ...(interruptedBy === null ? [] : [`stopped by ${interruptedBy}`]),
  ]
}
