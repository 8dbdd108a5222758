import { type Bytes, utf8Of } from '../chain/message.ts'
import { excerpts } from '../diagnose/excerpt.ts'
import type { BodyMatcher, TextMatcher } from '../scenario/scenario.ts'
import { firstDifference, partAskedFor } from './match-json.ts'

/** A mismatch in words: what was expected, what was there, and for JSON where they part. */
export interface Mismatch {
  readonly expected: string
  readonly actual: string
  readonly at: string | null
}

/** Holds a body (bytes, taken as UTF-8) against a matcher. */
export function matchBody(matcher: BodyMatcher, body: Bytes): Mismatch | null {
  const text = utf8Of(body)
  if (matcher.kind === 'json') return matchJson(matcher, text)
  if (matchesText(matcher, text)) return null
  const [expected, actual] = excerpts(describeText(matcher), text)
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

/** Whether a text is what a matcher asks for. */
export function matchesText(matcher: TextMatcher, text: string): boolean {
  switch (matcher.kind) {
    case 'equals':
      return text === matcher.text
    case 'contains':
      return text.includes(matcher.text)
    case 'matches':
      return matcher.pattern.test(text)
  }
}

/**
 * What a matcher asks for, in words: the text itself, `contains "x"`, `matches /x/`.
 * @param shown how a text or a pattern of it may be shown
 */
export function describeText(matcher: TextMatcher, shown = (text: string): string => text): string {
  switch (matcher.kind) {
    case 'equals':
      return shown(matcher.text)
    case 'contains':
      return `contains ${JSON.stringify(shown(matcher.text))}`
    case 'matches':
      return `matches /${shown(matcher.pattern.source)}/`
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
