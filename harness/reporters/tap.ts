import { stringify } from 'yaml'
import { printable } from '../diagnostics/render.ts'
import { type Case, caseReporter } from './cases.ts'
import type { Reporter, ReporterOptions } from './reporter.ts'

/**
 * For TAP consumers: TAP version 14 (testanything.org), with the test cases of the JUnit report as test points. A failure has a YAML
 * block with who is to blame, its place, and the screen that a terminal shows.
 */
export function tapReporter({ write }: Pick<ReporterOptions, 'write'>): Reporter {
  return caseReporter((cases, { seed }) => {
    const points = cases.map((one, index) => pointOf(one, index + 1))
    write(`TAP version 14\n# seed ${seed}\n${points.join('')}1..${cases.length}\n`)
  })
}

function pointOf({ suite, name, place, seconds, outcome, note }: Case, number: number): string {
  const point = `${number} - ${escaped(`${suite} > ${name}`)}`
  if (outcome.kind === 'skipped') return `ok ${point} # SKIP ${escaped(outcome.message)}\n`
  if (outcome.kind === 'pass') return `ok ${point}\n${note === '' ? '' : yamlBlock({ note: linesOf(note) })}`
  const { type, message, text } = outcome
  const known = { message: lineOf(message), severity: outcome.kind === 'error' ? 'error' : 'fail', type }
  const screen = linesOf(text)
  return `not ok ${point}\n${yamlBlock({ ...known, at: lineOf(place), duration_ms: Math.round(seconds * 1000), screen })}`
}

/** A description or a reason: a `#` would begin a directive, a line break another line (TAP 14, "Escaping"). */
function escaped(text: string): string {
  return lineOf(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#')
}

/** A text of one line, whatever is in it. */
function lineOf(text: string): string {
  return printable(text).toWellFormed()
}

function linesOf(text: string): string {
  return text.split('\n').map(lineOf).join('\n')
}

/** Indented by two columns, between `---` and `...`: nothing in it begins a line of TAP. */
function yamlBlock(data: Readonly<Record<string, string | number>>): string {
  const lines = stringify(data, { lineWidth: 0 }).trimEnd().split('\n')
  return ['---', ...lines, '...'].map((line) => `  ${line}\n`).join('')
}
