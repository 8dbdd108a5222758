import { GapCount } from '../runner/gap-count.ts'
import type { Agreement, RunReport, ScenarioResult } from '../runner/result.ts'
import { reportText } from './json.ts'
import { agreementOf, diagnosticOf, type ReadReport, scenarioOf } from './read-report.ts'

/** Reports of shards as one: what a run of all would have told. */
export interface MergedReport {
  readonly scenarios: readonly ScenarioResult[]
  readonly agreements: readonly Agreement[]
  readonly report: RunReport
  /** The JSON report. */
  readonly json: string
}

/**
 * Joins reports in the order in which they are given. Of one it makes that one again. The time is that of the clock: from the earliest
 * start to the latest end.
 * @param reports at least one
 * @returns the report of all, or a sentence where two tell of the same scenario on the same environment
 */
export function mergeReports(reports: readonly [ReadReport, ...ReadReport[]]): MergedReport | string {
  const twice = toldTwice(reports)
  if (twice !== null) return twice
  const [first] = reports
  const all = reports.map(({ data }) => data)
  const scenarios = all.flatMap((one) => one.scenarios.map(scenarioOf))
  const agreements = all.flatMap((one) => one.agreements.map(agreementOf))
  const startedMs = Math.min(...all.map(({ startedAt }) => Date.parse(startedAt)))
  const ends = all.map(({ startedAt, durationMs }) => Date.parse(startedAt) - startedMs + durationMs)
  const earliest = all.find(({ startedAt }) => Date.parse(startedAt) === startedMs) ?? first.data
  const end = {
    gaps: reports.length === 1 ? first.data.gaps : gapsOf(scenarios),
    allowUnsupported: all.every(({ allowUnsupported }) => allowUnsupported),
    // Every shard reads all files.
    invalid: distinct(all.flatMap(({ invalid }) => invalid)),
    notRun: distinct(all.flatMap(({ notRun }) => notRun)),
    interruptedBy: all.find(({ interruptedBy }) => interruptedBy !== null)?.interruptedBy ?? null,
    seed: first.data.seed,
    startedAt: earliest.startedAt,
    durationMs: Math.round(Math.max(...ends) * 1000) / 1000,
  }
  const report: RunReport = {
    ...end,
    scenarios,
    agreements,
    invalid: end.invalid.map(({ file, diagnostics }) => ({ file, diagnostics: diagnostics.map(diagnosticOf) })),
    notRun: end.notRun.map(({ name, file }) => ({ name, source: { file, text: '' } })),
  }
  const lines = {
    scenarios: reports.flatMap((one) => one.lines.scenarios),
    agreements: reports.flatMap((one) => one.lines.agreements),
  }
  const { version: _, ...rest } = reports.length === 1 ? first.rest : { ...first.rest, ...end }
  return { scenarios, agreements, report, json: reportText(lines.scenarios, lines.agreements, rest) }
}

/** The same scenario on the same environment in two reports: they are no shards of one run. */
function toldTwice(reports: readonly ReadReport[]): string | null {
  const told = new Map<string, string>()
  for (const { name, data } of reports) {
    for (const { file, environment } of data.scenarios) {
      const key = JSON.stringify([file, environment])
      const other = told.get(key)
      if (other !== undefined) {
        return `Failed to merge "${name}": "${file}" on ${environment} is in "${other}" too. Give each report of one run once.`
      }
      told.set(key, name)
    }
  }
  return null
}

/** Counted again: what one shard cannot show, a shard on another environment may. */
function gapsOf(scenarios: readonly ScenarioResult[]): RunReport['gaps'] {
  const count = new GapCount()
  for (const [, results] of Map.groupBy(scenarios, ({ source }) => source.file)) count.add(results)
  return count.list
}

function distinct<Item>(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
