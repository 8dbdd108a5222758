import { type Bytes, utf8Of } from '../chain/message.ts'
import { excerpts } from '../diagnose/excerpt.ts'
import { isSecretHeader, MASK } from '../diagnose/mask.ts'
import type { BodyMatcher, TextMatcher } from '../scenario/scenario.ts'
import { firstDifference, partAskedFor } from './match-json.ts'

/** A mismatch in words: what was expected, what was there, and for JSON where they part. */
export interface Mismatch {
  readonly expected: string
  readonly actual: string
  readonly at: string | null
}

/**
 * Holds a header's lines against a matcher. One line that matches is enough, and so is their list joined by `, `, which
 * means the same (RFC 9110 section 5.3).
 */
export function matchHeader(name: string, matcher: TextMatcher, values: readonly string[]): Mismatch | null {
  const joined = values.length > 1 ? [...values, values.join(', ')] : values
  const passed = matcher.kind === 'absent' ? values.length === 0 : joined.some((value) => matchesText(matcher, value))
  if (passed) return null
  const shown = (text: string): string => (isSecretHeader(name) ? MASK : text)
  return {
    expected: matcher.kind === 'absent' ? 'absent' : shown(describe(matcher)),
    actual: values.length === 0 ? 'absent' : shown(values.join(', ')),
    at: null,
  }
}

/** Holds a body (bytes, taken as UTF-8) against a matcher. */
export function matchBody(matcher: BodyMatcher, body: Bytes): Mismatch | null {
  const text = utf8Of(body)
  if (matcher.kind === 'json') return matchJson(matcher, text)
  if (matchesText(matcher, text)) return null
  const [expected, actual] = excerpts(describe(matcher), text)
  return { expected, actual, at: null }
}

function matchJson(matcher: Extract<BodyMatcher, { kind: 'json' }>, text: string): Mismatch | null {
  const parsed = parseJson(text)
  const wanted = pretty(matcher.value)
  if (parsed === null) return { expected: wanted, actual: excerpts(wanted, text)[1] || 'an empty body', at: null }
  const at = firstDifference(matcher.value, parsed.value)
  if (at === null) return null
  const [expected, actual] = excerpts(wanted, pretty(partAskedFor(matcher.value, parsed.value)))
  return { expected, actual, at }
}

function matchesText(matcher: TextMatcher, text: string): boolean {
  switch (matcher.kind) {
    case 'equals':
      return text === matcher.text
    case 'contains':
      return text.includes(matcher.text)
    case 'matches':
      // A pattern with the flag `g` or `y` remembers where it stopped.
      matcher.pattern.lastIndex = 0
      return matcher.pattern.test(text)
    case 'absent':
      return text === ''
  }
}

function describe(matcher: TextMatcher): string {
  switch (matcher.kind) {
    case 'equals':
      return matcher.text
    case 'contains':
      return `contains ${JSON.stringify(matcher.text)}`
    case 'matches':
      return `matches ${matcher.pattern}`
    case 'absent':
      return 'absent'
  }
}

/** JSON of a text; null where it is none. */
export function parseJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
