import { createRequire } from 'node:module'
import pc from 'picocolors'
import { printable } from '../diagnostics/render.ts'

const require = createRequire(import.meta.url)

/** A diff of texts that have little in common is no help, and takes long to find. */
const MAX_EDITS = 2_000

export interface DifferenceOptions {
  readonly color: boolean
  /** What the two are called; `expected` and `actual` where it is left out. */
  readonly labels?: Labels
}

type Labels = readonly [string, string]

const EXPECTED_ACTUAL: Labels = ['expected', 'actual']

/**
 * What is between two texts, for people: for texts of several lines a unified diff, for one line each both of them with
 * the part that differs marked. Empty where the two are so short or so unlike that naming them says it all.
 */
export function renderDifference(
  expected: string,
  actual: string,
  { color, labels = EXPECTED_ACTUAL }: DifferenceOptions,
): string {
  if (expected.includes('\n') || actual.includes('\n')) return unifiedDiff(expected, actual, labels, color)
  return markedLines(expected, actual, labels, color)
}

function unifiedDiff(expected: string, actual: string, [left, right]: Labels, color: boolean): string {
  const { green, red, cyan } = pc.createColors(color)
  // Loaded when a diff is drawn: it takes longer than many a green run.
  const { structuredPatch }: typeof import('diff') = require('diff')
  const patch = structuredPatch('expected', 'actual', expected, actual, '', '', {
    context: 3,
    maxEditLength: MAX_EDITS,
  })
  const hunks = patch?.hunks ?? []
  if (hunks.length === 0) return ''
  const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    cyan(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
    ...lines
      .filter((line) => !line.startsWith('\\'))
      .map((line) => (line.startsWith('-') ? green : line.startsWith('+') ? red : String)(printable(line))),
  ])
  const more = lines.length > MAX_DIFF_LINES ? [`… and ${lines.length - MAX_DIFF_LINES} more lines`] : []
  const shown = [green(`--- ${left}`), red(`+++ ${right}`), ...lines.slice(0, MAX_DIFF_LINES), ...more]
  return shown.map((line) => `  ${line}`).join('\n')
}

/** Shorter texts are seen at a glance; of longer ones the stretch that differs is shown, with some of what is before it. */
const MIN_LENGTH = 8
const MAX_WIDTH = 120
const LEAD = 40

/** More of a diff than this is no longer one screen. */
const MAX_DIFF_LINES = 40

function markedLines(expected: string, actual: string, [left, right]: Labels, color: boolean): string {
  const { green, red } = pc.createColors(color)
  const shorter = Math.min(expected.length, actual.length)
  const start = commonLength(shorter, (index) => expected[index] === actual[index])
  const end = commonLength(shorter - start, (index) => expected.at(-1 - index) === actual.at(-1 - index))
  if (shorter < MIN_LENGTH || start + end < shorter / 2) return ''
  const from = Math.max(expected.length, actual.length) > MAX_WIDTH ? Math.max(0, start - LEAD) : 0
  const piece = (text: string, begin: number, until: number): string => printable(text.slice(begin, until))
  const shown = (text: string): string =>
    `${from > 0 ? '…' : ''}${piece(text, from, from + MAX_WIDTH)}${text.length > from + MAX_WIDTH ? '…' : ''}`
  const marked = expected.length > actual.length ? expected : actual
  const before = (from > 0 ? 1 : 0) + piece(marked, from, start).length
  const labelWidth = Math.max(left.length, right.length)
  const width = piece(marked, start, Math.min(marked.length - end, from + MAX_WIDTH)).length
  return [
    `  ${green(left)}${' '.repeat(labelWidth - left.length)}  ${shown(expected)}`,
    `  ${red(right)}${' '.repeat(labelWidth - right.length)}  ${shown(actual)}`,
    `    ${' '.repeat(labelWidth + before)}${'^'.padEnd(width, '~')}`,
  ].join('\n')
}

function commonLength(limit: number, same: (index: number) => boolean): number {
  let length = 0
  while (length < limit && same(length)) length++
  return length
}
