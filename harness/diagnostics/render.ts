import pc from 'picocolors'
import type { Diagnostic } from './diagnostic.ts'
import { formatSpan, type Span } from './span.ts'

export interface RenderOptions {
  readonly color: boolean
}

/** A source line is shown up to this width; a longer one is shown around its caret. */
const MAX_LINE_WIDTH = 120
const TAB_WIDTH = 4

/**
 * A diagnostic for people: `file:line:column: error[CODE]: message`, the source line with a caret line under it where the
 * source is at hand, and the hint. What comes from a file cannot steer the terminal.
 */
export function renderDiagnostic(diagnostic: Diagnostic, { color }: RenderOptions): string {
  const { bold, red, yellow, cyan } = pc.createColors(color)
  const paint = diagnostic.severity === 'error' ? red : yellow
  const kind = bold(paint(`${diagnostic.severity}[${diagnostic.code}]`))
  const place = printable(formatSpan(diagnostic.span))
  const lines = [`${bold(place)}: ${kind}: ${printable(diagnostic.message)}`]
  const excerpt = excerptOf(diagnostic)
  if (excerpt !== null) {
    const number = String(diagnostic.span.line)
    const gutter = ' '.repeat(number.length)
    lines.push(`${cyan(` ${number} |`)} ${excerpt.line}`, `${cyan(` ${gutter} |`)} ${paint(excerpt.caret)}`)
  }
  if (diagnostic.hint !== undefined) lines.push(`  ${cyan('hint:')} ${printable(diagnostic.hint)}`)
  return lines.join('\n')
}

/** All diagnostics in the order of files and lines, and how many there are: `3 problems in 2 files`. Empty for none. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  if (diagnostics.length === 0) return ''
  const sorted = diagnostics.toSorted((a, b) => compareSpans(a.span, b.span))
  const files = new Set(diagnostics.map(({ span }) => span.file))
  const summary = `${count(diagnostics.length, 'problem')} in ${count(files.size, 'file')}`
  return [...sorted.map((diagnostic) => renderDiagnostic(diagnostic, options)), summary].join('\n\n')
}

function compareSpans(a: Span, b: Span): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function excerptOf({ source, span }: Diagnostic): { line: string; caret: string } | null {
  const text = source?.lineText(span.line) ?? ''
  if (text.trim() === '') return null
  const from = windowStart(text, span.column - 1)
  const until = Math.min(text.length, from + MAX_LINE_WIDTH)
  const start = Math.min(Math.max(span.column - 1, from), until)
  const end = Math.min(start + span.length, until)
  const before = (from > 0 ? '…' : '') + expand(text.slice(from, start))
  const marked = expand(text.slice(start, end))
  const after = expand(text.slice(end, until)) + (until < text.length ? '…' : '')
  const caret = `${' '.repeat(width(before))}^${'~'.repeat(Math.max(0, width(marked) - 1))}`
  return { line: (before + marked + after).trimEnd(), caret }
}

/** Where to begin a line that is too long to show: so that the caret stands in its first third. */
function windowStart(text: string, column: number): number {
  if (text.length <= MAX_LINE_WIDTH) return 0
  const start = Math.max(0, Math.min(column - MAX_LINE_WIDTH / 3, text.length - MAX_LINE_WIDTH))
  const isMiddleOfPair = start > 0 && /[\uDC00-\uDFFF]/.test(text.charAt(start))
  return isMiddleOfPair ? start - 1 : start
}

/** Tabs become spaces of one width, so that the caret line below can count. */
function expand(text: string): string {
  return printable(text.replaceAll('\t', ' '.repeat(TAB_WIDTH)))
}

/** Columns that a text takes on a terminal: East Asian wide characters and emoji two, combining marks none. */
function width(text: string): number {
  let columns = 0
  for (const character of text) {
    if (/^(\p{Mn}|\p{Me})$/u.test(character)) continue
    columns +=
      /^(\p{Emoji_Presentation}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}])$/u.test(
        character,
      )
        ? 2
        : 1
  }
  return columns
}

/**
 * Makes control characters visible instead of effective: an escape sequence in a file must not recolour, move or retitle
 * the terminal, and a bidirectional override must not turn the line around. Also for other texts that come from files.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it replaces
  return text.replace(/[\0-\x1F\x7F-\x9F\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
  })
}
