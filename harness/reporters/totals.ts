import pc from 'picocolors'
import { printable } from '../diagnostics/render.ts'
import type { RunReport, ScenarioSummary, Verdict } from '../runner/result.ts'
import { Folders } from './folders.ts'
import type { ReporterOptions } from './reporter.ts'
import { durationText } from './time-text.ts'

const MAX_SLOWEST = 5

/** Columns that are taken for granted where nobody watches. */
const LOG_COLUMNS = 120

/** Verdicts in the order in which they are counted, with their words. */
const WORDS: readonly (readonly [Verdict, string])[] = [
  ['fail', 'failed'],
  ['error', 'broke'],
  ['pass', 'passed'],
  ['unsupported', 'unsupported'],
]

/** What each folder came to on each environment; no lines where there is only one folder. */
export function folderLines({ scenarios }: RunReport, { color, terminal }: ReporterOptions): string[] {
  const folders = new Folders(scenarios.map(({ source }) => source.file))
  const byFolder = Map.groupBy(scenarios, ({ source }) => folders.of(source.file))
  if (byFolder.size < 2) return []
  const environments = [...new Set(scenarios.map(({ environment }) => environment))]
  const rows = [...byFolder].map(([folder, group]) => ({
    folder: printable(folder),
    cells: environments.map((name) => countsOf(group.filter(({ environment }) => environment === name))),
  }))
  const widths = environments.map((name, column) =>
    Math.max(name.length, ...rows.map(({ cells }) => textOf(cells[column] ?? []).length)),
  )
  const width = [folders.width, ...widths].reduce((sum, each) => sum + 2 + each, 0)
  const { bold, dim } = pc.createColors(color)
  const paint = painted(color)
  if (width >= (terminal?.columns ?? LOG_COLUMNS)) {
    return rows.flatMap(({ folder, cells }) => [
      `  ${folder}`,
      ...cells.map((cell, column) => `    ${dim((environments[column] ?? '').padEnd(9))}  ${paint(cell, 0)}`),
    ])
  }
  const head = environments.map((name, column) => bold(name.padEnd(widths[column] ?? 0)))
  const lines = rows.map(({ folder, cells }) =>
    [folder.padEnd(folders.width), ...cells.map((cell, column) => paint(cell, widths[column] ?? 0))].join('  '),
  )
  const all = environments.length > 1 ? [[' '.repeat(folders.width), ...head].join('  '), ...lines] : lines
  return all.map((line) => `  ${line.trimEnd()}`)
}

/** The scenarios that took longest; none where there are so few that all would be named. */
export function slowestLines({ scenarios }: RunReport): string[] {
  if (scenarios.length <= MAX_SLOWEST) return []
  const isOne = new Set(scenarios.map(({ environment }) => environment)).size === 1
  const slowest = scenarios.toSorted((one, other) => other.durationMs - one.durationMs).slice(0, MAX_SLOWEST)
  const folders = new Folders(scenarios.map(({ source }) => source.file))
  const times = slowest.map(({ durationMs }) => durationText(durationMs))
  const width = Math.max(...times.map(({ length }) => length))
  return [
    '  the slowest:',
    ...slowest.map(({ source, environment }, index) => {
      const time = times[index]?.padStart(width)
      return `  ${time}  ${printable(folders.shortOf(source.file))}${isOne ? '' : ` on ${environment}`}`
    }),
  ]
}

type Counts = readonly (readonly [verdict: Verdict, text: string])[]

function countsOf(group: readonly ScenarioSummary[]): Counts {
  return WORDS.flatMap(([verdict, word]) => {
    const count = group.filter((one) => one.verdict === verdict).length
    return count === 0 ? [] : [[verdict, `${count} ${word}`] as const]
  })
}

function textOf(counts: Counts): string {
  return counts.length === 0 ? 'none' : counts.map(([, text]) => text).join(', ')
}

/** The text of counts in colours, filled up to a width. */
function painted(color: boolean): (counts: Counts, width: number) => string {
  const { red, green, yellow } = pc.createColors(color)
  const paints: Readonly<Record<Verdict, (text: string) => string>> = {
    pass: green,
    fail: red,
    error: red,
    unsupported: yellow,
  }
  return (counts, width) => {
    const text = counts.length === 0 ? 'none' : counts.map(([verdict, part]) => paints[verdict](part)).join(', ')
    return text + ' '.repeat(Math.max(0, width - textOf(counts).length))
  }
}
