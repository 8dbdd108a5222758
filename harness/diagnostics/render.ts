import pc from 'picocolors'
import type { Diagnostic } from './diagnostic.ts'
import { formatSpan, type Span } from './span.ts'
import { type Width, wrapped } from './wrap.ts'

export interface RenderOptions {
  readonly color: boolean
  /** The columns of what shows it; messages and hints are wrapped, and source lines cut, to that. */
  readonly width?: Width
}

/** A source line is shown up to this width; a longer one is shown around its caret. */
const MAX_LINE_WIDTH = 120
const MIN_LINE_WIDTH = 30
/** ` 14 | …`, and an ellipsis at either end. */
const MARGIN = ' | '.length + 3
const TAB_WIDTH = 4

/**
 * A diagnostic for people: `file:line:column: error[CODE]: message`, the source line with a caret line under it where the
 * source is at hand, and the hint. What comes from a file cannot steer the terminal.
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const { color, width } = options
  const { bold, red, yellow } = pc.createColors(color)
  const paint = diagnostic.severity === 'error' ? red : yellow
  const kind = bold(paint(`${diagnostic.severity}[${diagnostic.code}]`))
  const place = printable(formatSpan(diagnostic.span))
  const lines = [wrapped(`${bold(place)}: ${kind}: ${printable(diagnostic.message)}`, width, 2, 0)]
  const excerpt = renderExcerpt(diagnostic.source?.lineText(diagnostic.span.line) ?? '', diagnostic.span, {
    ...options,
    paint,
  })
  if (excerpt !== '') lines.push(excerpt)
  if (diagnostic.hint !== undefined) lines.push(renderHint(diagnostic.hint, options))
  return lines.join('\n')
}

/** What to do, in a line of its own. */
export function renderHint(hint: string, { color, width }: RenderOptions): string {
  return `  ${pc.createColors(color).cyan('hint:')} ${wrapped(printable(hint), width, 4, 8)}`
}

/** A source line behind its number, with a caret line under the part that a span is about; empty for a blank line. */
export function renderExcerpt(
  text: string,
  span: Span,
  { color, width, paint }: RenderOptions & { readonly paint: (text: string) => string },
): string {
  if (text.trim() === '') return ''
  const { cyan } = pc.createColors(color)
  const number = String(span.line)
  const gutter = ' '.repeat(number.length)
  const room = (width ?? Number.POSITIVE_INFINITY) - number.length - MARGIN
  const excerpt = excerptOf(text, span, Math.max(MIN_LINE_WIDTH, Math.min(MAX_LINE_WIDTH, room)))
  return `${cyan(` ${number} |`)} ${excerpt.line}\n${cyan(` ${gutter} |`)} ${paint(excerpt.caret)}`
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

function excerptOf(text: string, span: Span, maxWidth: number): { line: string; caret: string } {
  const from = windowStart(text, span.column - 1, maxWidth)
  const until = Math.min(text.length, from + maxWidth)
  const start = Math.min(Math.max(span.column - 1, from), until)
  const end = Math.min(start + span.length, until)
  const before = (from > 0 ? '…' : '') + expand(text.slice(from, start))
  const marked = expand(text.slice(start, end))
  const after = expand(text.slice(end, until)) + (until < text.length ? '…' : '')
  const caret = `${' '.repeat(columnsOf(before))}^${'~'.repeat(Math.max(0, columnsOf(marked) - 1))}`
  return { line: (before + marked + after).trimEnd(), caret }
}

/** Where to begin a line that is too long to show: so that the caret stands in its first third. */
function windowStart(text: string, column: number, maxWidth: number): number {
  if (text.length <= maxWidth) return 0
  const start = Math.max(0, Math.min(column - Math.floor(maxWidth / 3), text.length - maxWidth))
  const isMiddleOfPair = start > 0 && /[\uDC00-\uDFFF]/.test(text.charAt(start))
  return isMiddleOfPair ? start - 1 : start
}

/** Tabs become spaces of one width, so that the caret line below can count. */
function expand(text: string): string {
  return printable(text.replaceAll('\t', ' '.repeat(TAB_WIDTH)))
}

/** Columns that a text takes on a terminal: East Asian wide characters and emoji two, combining marks none. */
function columnsOf(text: string): number {
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
