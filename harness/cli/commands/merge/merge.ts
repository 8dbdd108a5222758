import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { displayPath, systemFact } from '../../../diagnostics/read-source.ts'
import { mergeReports } from '../../../reporters/merge-reports.ts'
import { type ReadReport, readReport } from '../../../reporters/read-report.ts'
import type { Reporter, ReporterOptions } from '../../../reporters/reporter.ts'
import { EXIT, type ExitCode, exitCodeOf, highest } from '../../exit-codes.ts'
import { openReporters } from '../../reporters.ts'
import { complain } from '../../terminal.ts'
import type { MergeCommandOptions } from './options.ts'

const MIB = 1024 * 1024

/** All reports together: what is made of them must fit into one text. */
const MAX_BYTES = 256 * MIB

/** `chain merge`: reports of shards as one. Nothing is written where one of them cannot be read. */
export async function merge(files: readonly string[], { reporter }: MergeCommandOptions): Promise<ExitCode> {
  const reports = readAll(files)
  if (typeof reports === 'string') return wrongUse(reports)
  const merged = mergeReports(reports)
  if (typeof merged === 'string') return wrongUse(merged)
  const { scenarios, agreements, report, json } = merged
  // What reports have beside what is known of it here goes on, so this one is not written by the reporter of a run.
  const own = { json: ({ write }: ReporterOptions): Reporter => ({ onEnd: () => write(json) }) }
  const reporters = await openReporters(reporter.length === 0 ? ['json'] : reporter, false, own)
  if (typeof reporters === 'string') return wrongUse(reporters)
  if (new Set(reports.map(({ data }) => data.seed)).size > 1) {
    complain(`The reports have different seeds: that of "${reports[0].name}" is told. Give all shards one by --seed.`)
  }
  for (const result of scenarios) reporters.onScenario(result)
  for (const agreement of agreements) reporters.onAgreement(agreement)
  const isReported = reporters.onEnd(report)
  const isEmpty = scenarios.length + report.invalid.length + report.notRun.length === 0
  return highest([
    exitCodeOf(report),
    isEmpty ? EXIT.invalid : EXIT.passed,
    isReported && !reports.some(hadNoEnvironment) ? EXIT.passed : EXIT.environment,
    ...reports.map(({ data }) => (data.interruptedBy === null ? EXIT.passed : EXIT[data.interruptedBy])),
  ])
}

/** Whether scenarios were not run although neither a signal nor one of them stopped the run: its environment was not there. */
function hadNoEnvironment({ data }: ReadReport): boolean {
  const { scenarios, agreements, notRun, interruptedBy } = data
  if (notRun.length === 0 || interruptedBy !== null) return false
  const isStopped = scenarios.some(({ verdict }) => verdict === 'fail' || verdict === 'error')
  return !isStopped && !agreements.some(({ verdict }) => verdict === 'disagree')
}

function readAll(files: readonly string[]): readonly [ReadReport, ...ReadReport[]] | string {
  const reports: ReadReport[] = []
  let left = MAX_BYTES
  for (const file of files) {
    const name = displayPath(file)
    const bytes = readBytes(file, left)
    if (typeof bytes === 'string') return `Failed to read report "${name}": ${bytes}`
    left -= bytes.length
    const report = readReport(name, bytes.toString('utf8'))
    if (typeof report === 'string') return report
    reports.push(report)
  }
  const [first, ...others] = reports
  return first === undefined ? 'Failed to merge reports: none is named. Name their files.' : [first, ...others]
}

function readBytes(file: string, maxBytes: number): Buffer | string {
  try {
    const stats = statSync(file)
    if (!stats.isFile()) return 'it is not a file. Name a file that "chain run --reporter json=FILE" wrote.'
    if (stats.size > maxBytes) {
      return `all reports together have more than ${MAX_BYTES / MIB} MiB. Leave --traces out, or merge fewer.`
    }
    const bytes = readFileSync(file)
    return isUtf8(bytes) ? bytes : 'it is not UTF-8 text. Write it by "chain run --reporter json=FILE".'
  } catch (error) {
    return `${systemFact(error)}. Name a file that "chain run --reporter json=FILE" wrote.`
  }
}

function wrongUse(message: string): ExitCode {
  complain(message)
  return EXIT.invalid
}
