import type { Source } from './source.ts'
import type { Span } from './span.ts'

/** A line that does not begin where it can, and where it should. */
export interface Misplaced {
  readonly span: Span
  readonly message: string
  readonly hint: string
}

/** A key, or the dash of a list item, that a line below may stand under. Columns count from 0 here. */
interface Opening {
  readonly kind: 'key' | 'dash'
  readonly column: number
  readonly line: number
  readonly word: string
}

/** A line of block YAML that begins with a key or a dash, quoted keys aside. */
const LINE = /^( *)((?:- +)*)(-$|[\w$./{}-]{1,100}(?=:(?: |$)))?/

/**
 * The line with a wrong indentation that YAML stumbled over: that of the error, or the next one. Null where both begin
 * where keys or items around them begin. The YAML package names the line that it was reading, and what its grammar had no place for.
 */
export function misplacedLine(source: Source, errorLine: number): Misplaced | null {
  return misplaced(source, errorLine) ?? misplaced(source, nextLine(source, errorLine))
}

function misplaced(source: Source, line: number | null): Misplaced | null {
  const text = line === null ? '' : source.lineText(line)
  const [, indent = '', dashes = '', word = ''] = LINE.exec(text) ?? []
  if (line === null || (dashes === '' && word === '') || word === '...') return null
  const column = indent.length
  const openings = openingsAbove(source, line)
  const kind = dashes === '' && word !== '-' ? 'key' : 'dash'
  const beside = openings?.filter((one) => one.kind === kind) ?? []
  const [nearest] = beside.toSorted((a, b) => distance(a, column) - distance(b, column) || b.column - a.column)
  if (nearest === undefined || nearest.column === column) return null
  if (column > deepest(openings ?? []) && mayOpen(source, line)) return null
  const start = source.offsetOf({ file: source.file, line, column: column + 1, length: 1 })
  const what = kind === 'key' ? `"${word}"` : 'this list item'
  return {
    span: source.spanAt(start, kind === 'key' ? word.length : 1),
    message: `${what} is not indented like ${kind === 'key' ? 'the keys' : 'the items'} around it`,
    hint: `Indent it by ${spaces(nearest.column)}, like ${nearest.kind === 'key' ? `"${nearest.word}"` : 'the list item'} in line ${nearest.line}.`,
  }
}

/** The keys and dashes that are open above a line, from the nearest on; null where a block of text is open, whose lines are free. */
function openingsAbove(source: Source, line: number): Opening[] | null {
  const openings: Opening[] = []
  let limit = Number.POSITIVE_INFINITY
  for (let above = line - 1; above > 0 && limit > 0; above--) {
    const text = source.lineText(above)
    if (isBlank(text)) continue
    const [, indent = '', dashes = '', word = ''] = LINE.exec(text) ?? []
    if (indent.length >= limit) continue
    if (/[|>][+-]?\d?$/.test(text.slice(-3).trimEnd())) return null
    const key = indent.length + dashes.length
    if (word !== '' && key < limit) openings.push({ kind: 'key', column: key, line: above, word })
    if (dashes !== '') openings.push({ kind: 'dash', column: indent.length, line: above, word: '-' })
    limit = indent.length
  }
  return openings
}

/** Whether the line before it leaves its value to the lines below: `expect:`. */
function mayOpen(source: Source, line: number): boolean {
  for (let above = line - 1; above > 0; above--) {
    const text = source.lineText(above)
    if (!isBlank(text)) return /[:-]\s*$/.test(text.replace(/ #.*$/, '').slice(-40))
  }
  return true
}

function nextLine(source: Source, line: number): number | null {
  const last = source.spanAt(source.text.length, 1).line
  for (let below = line + 1; below <= last; below++) if (!isBlank(source.lineText(below))) return below
  return null
}

function isBlank(text: string): boolean {
  const trimmed = text.trim()
  return trimmed === '' || trimmed.startsWith('#')
}

function spaces(count: number): string {
  return `${count} space${count === 1 ? '' : 's'}`
}

function distance({ column }: Opening, from: number): number {
  return Math.abs(column - from)
}

function deepest(openings: readonly Opening[]): number {
  return Math.max(-1, ...openings.map(({ column }) => column))
}
