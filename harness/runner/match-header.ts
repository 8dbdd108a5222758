import type { HeaderMatcher, TextMatcher } from '../scenario/scenario.ts'
import { maskHeader, maskHeaderPart } from '../secrets/mask.ts'
import { describeText, type Mismatch, matchesText } from './match-text.ts'

/**
 * Holds the lines of a header against a matcher. Lines are never joined: a recipient may treat `a` and `b` on two lines as
 * `a, b` (RFC 9110 section 5.3), but a header that must come once, such as Access-Control-Allow-Origin, is broken then.
 * @param lines the header's values in wire order, one per line
 * @returns null where they hold; the mismatch shows no secrets
 */
export function matchHeader(name: string, matcher: HeaderMatcher, lines: readonly string[]): Mismatch | null {
  if (holds(matcher, lines)) return null
  const shown = lines.map((line) => maskHeader(name, line))
  return { expected: expectedWords(name, matcher, lines.length), actual: actualWords(matcher, shown), at: null }
}

function holds(matcher: HeaderMatcher, lines: readonly string[]): boolean {
  const [only] = lines
  switch (matcher.kind) {
    case 'absent':
      return lines.length === 0
    case 'some':
      return lines.some((line) => matchesText(matcher.line, line))
    case 'lines':
      return (
        matcher.lines.length === lines.length && matcher.lines.every((one, at) => matchesText(one, lines[at] ?? ''))
      )
    default:
      return only !== undefined && lines.length === 1 && matchesText(matcher, only)
  }
}

/** `https://app.example`; `1 line: "https://app.example"` where their number is wrong; `a line that contains "sid="`. */
function expectedWords(name: string, matcher: HeaderMatcher, lineCount: number): string {
  const words = (one: TextMatcher): string =>
    describeText(one, (text) => (one.kind === 'equals' ? maskHeader(name, text) : maskHeaderPart(name, text)))
  const quoted = (one: TextMatcher): string => (one.kind === 'equals' ? JSON.stringify(words(one)) : words(one))
  switch (matcher.kind) {
    case 'absent':
      return 'absent'
    case 'some':
      return `a line that ${matcher.line.kind === 'equals' ? 'is ' : ''}${quoted(matcher.line)}`
    case 'lines':
      return counted(matcher.lines.map(quoted))
    default:
      return lineCount > 1 ? counted([quoted(matcher)]) : words(matcher)
  }
}

function actualWords({ kind }: HeaderMatcher, lines: readonly string[]): string {
  const [only] = lines
  if (only === undefined) return 'absent'
  return lines.length === 1 && kind !== 'lines' ? only : counted(lines.map((line) => JSON.stringify(line)))
}

function counted(lines: readonly string[]): string {
  return `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}: ${lines.join(', ')}`
}
