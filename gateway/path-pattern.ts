import { segmentKey, splitPath } from './path-segments.ts'

/** A part of a pattern: a literal (compared by `key`), `{name}` for one segment, or `*` for the rest. */
export type PatternSegment =
  | { readonly kind: 'literal'; readonly text: string; readonly key: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'rest' }

/** A path pattern, such as `/v1/{service}/*`. */
export interface PathPattern {
  readonly segments: readonly PatternSegment[]
  /** What `$1…$n` are called in a rewrite, in order of appearance; `*` is called `path`. */
  readonly captureNames: readonly string[]
}

/** What is wrong with a text, and what to do about it. */
export interface TextProblem {
  readonly problem: string
  readonly hint?: string
}

/** The name by which a rewrite may call the capture of `*`. */
const REST_NAME = 'path'

/** Reads a pattern; a problem where it is none. */
export function parsePattern(text: string): PathPattern | TextProblem {
  const wrong = wrongCharacter(text)
  if (wrong !== null) return wrong
  const segments: PatternSegment[] = []
  const texts = splitPath(text)
  for (const [index, part] of texts.entries()) {
    const segment = parseSegment(part, index === texts.length - 1)
    if ('problem' in segment) return segment
    segments.push(segment)
  }
  const [first] = segments
  if (first?.kind === 'literal' && first.key === 'api') {
    return {
      problem: `"${text}" begins with /api, which is not part of the match`,
      hint: `Write "${text.slice('/api'.length) || '/'}": it takes requests with and without /api.`,
    }
  }
  return named(text, segments)
}

function wrongCharacter(text: string): TextProblem | null {
  if (!text.startsWith('/')) return { problem: `"${text}" does not begin with a slash`, hint: `Write "/${text}".` }
  const found = /[?#\\\p{Cc}\s]/u.exec(text)
  return found === null ? null : { problem: `"${text}" has a character that no path has: ${JSON.stringify(found[0])}` }
}

function parseSegment(text: string, isLast: boolean): PatternSegment | TextProblem {
  if (text === '*') {
    return isLast ? { kind: 'rest' } : { problem: '"*" stands for the rest of the path and must come last' }
  }
  const name = /^\{([A-Za-z_][A-Za-z0-9_-]*)\}$/.exec(text)?.[1]
  if (name !== undefined) return { kind: 'name', name }
  if (/[{}*]/.test(text)) {
    return { problem: `"${text}" mixes text with a capture`, hint: 'A {name} or a * takes a whole segment.' }
  }
  if (text === '' && !isLast) return { problem: 'the path has an empty segment ("//")' }
  const key = segmentKey(Buffer.from(text, 'utf8').toString('latin1'))
  return key === '.' || key === '..'
    ? { problem: `no request has a "${text}" segment` }
    : { kind: 'literal', text, key }
}

function named(text: string, segments: readonly PatternSegment[]): PathPattern | TextProblem {
  const captureNames: string[] = []
  for (const segment of segments) {
    if (segment.kind === 'literal') continue
    const name = segment.kind === 'rest' ? REST_NAME : segment.name
    if (captureNames.includes(name)) return { problem: `"${text}" has two captures called "${name}"` }
    captureNames.push(name)
  }
  return { segments, captureNames }
}

/** Equal for patterns that take the same paths: names of captures do not count. */
export function patternShape(segments: readonly PatternSegment[]): string {
  return segments.map((segment) => (segment.kind === 'literal' ? `=${segment.key}` : segment.kind)).join('/')
}

/** How many segments are literal: the more, the more a pattern says about a path. */
export function literalCount(segments: readonly PatternSegment[]): number {
  return segments.filter(({ kind }) => kind === 'literal').length
}
