import { isSecretHeader, MASK } from '../diagnose/mask.ts'
import type { HeaderMatcher, TextMatcher } from '../scenario/scenario.ts'
import { describeText, type Mismatch, matchesText } from './match-text.ts'

/**
 * Holds the lines of a header against a matcher. Lines are never joined: a recipient may treat `a` and `b` on two lines as
 * `a, b` (RFC 9110 section 5.3), but a header that must come once, such as Access-Control-Allow-Origin, is broken then.
 * @param lines the header's values in wire order, one per line
 */
export function matchHeader(name: string, matcher: HeaderMatcher, lines: readonly string[]): Mismatch | null {
  if (holds(matcher, lines)) return null
  const shown = (text: string): string => (isSecretHeader(name) ? MASK : text)
  return { expected: expectedWords(matcher, lines, shown), actual: actualWords(matcher, lines, shown), at: null }
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

type Shown = (text: string) => string

/** `https://app.example`; `1 line: "https://app.example"` where their number is wrong; `a line that contains "sid="`. */
function expectedWords(matcher: HeaderMatcher, lines: readonly string[], shown: Shown): string {
  switch (matcher.kind) {
    case 'absent':
      return 'absent'
    case 'some':
      return `a line that ${matcher.line.kind === 'equals' ? 'is ' : ''}${quoted(matcher.line, shown)}`
    case 'lines':
      return counted(matcher.lines.map((line) => quoted(line, shown)))
    default:
      return lines.length > 1 ? counted([quoted(matcher, shown)]) : shown(describeText(matcher))
  }
}

function actualWords({ kind }: HeaderMatcher, lines: readonly string[], shown: Shown): string {
  const [only] = lines
  if (only === undefined) return 'absent'
  return lines.length === 1 && kind !== 'lines'
    ? shown(only)
    : counted(lines.map((line) => JSON.stringify(shown(line))))
}

function quoted(matcher: TextMatcher, shown: Shown): string {
  return matcher.kind === 'equals' ? JSON.stringify(shown(matcher.text)) : shown(describeText(matcher))
}

function counted(lines: readonly string[]): string {
  return `${lines.length} ${lines.length === 1 ? 'line' : 'lines'}: ${lines.join(', ')}`
}
