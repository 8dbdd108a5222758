import type { PathPattern, PatternSegment, TextProblem } from './path-pattern.ts'
import { segmentKey, splitPath } from './path-segments.ts'
import { suggestion } from './suggestion.ts'

/** A rewrite, read: literal texts, and captures by their index from 0. */
export type RewritePart = string | { readonly capture: number }

/** Reads a rewrite of a route with this pattern: `$1…$n`, or `{name}` and `{path}` (the rest), stand for captures. */
export function parseRewrite(text: string, pattern: PathPattern): readonly RewritePart[] | TextProblem {
  const wrong = wrongText(text)
  if (wrong !== null) return wrong
  const parts: RewritePart[] = []
  let end = 0
  for (const found of text.matchAll(/\$(\d+)|\{([^{}]*)\}/g)) {
    const capture = found[1] === undefined ? pattern.captureNames.indexOf(found[2] ?? '') : Number(found[1]) - 1
    if (pattern.captureNames[capture] === undefined) return unknownCapture(found[0], found[2], pattern)
    parts.push(text.slice(end, found.index), { capture })
    end = found.index + found[0].length
  }
  parts.push(text.slice(end))
  return parts.filter((part) => part !== '')
}

function wrongText(text: string): TextProblem | null {
  if (!text.startsWith('/')) return { problem: `"${text}" does not begin with a slash`, hint: `Write "/${text}".` }
  if (/[?#]/.test(text))
    return { problem: `"${text}" has a query or a fragment`, hint: "The request's own query is kept." }
  if (/[^\x21-\x7e]/.test(text)) {
    return { problem: `"${text}" has a character that a request target cannot carry`, hint: 'Percent-encode it.' }
  }
  return splitPath(text).some((segment) => /^\.\.?$/.test(segmentKey(segment)))
    ? { problem: `"${text}" has a "." or ".." segment` }
    : null
}

function unknownCapture(written: string, name: string | undefined, pattern: PathPattern): TextProblem {
  const count = pattern.captureNames.length
  const known = count === 0 ? 'the path captures nothing' : `the path captures ${pattern.captureNames.join(', ')}`
  const hint = name === undefined ? undefined : suggestion(name, pattern.captureNames)
  return { problem: `"${written}" is no capture of the path: ${known}`, ...(hint && { hint }) }
}

/**
 * The path that a route sends on. The slash before an empty capture goes: `/v1/x` sends `/api/v1/processes`, never
 * `/api/v1/processes/`. Captures are raw, so percent-encodings travel byte for byte.
 */
export function rewritePath(parts: readonly RewritePart[], captures: readonly string[]): string {
  let path = ''
  for (const part of parts) {
    const text = typeof part === 'string' ? part : (captures[part.capture] ?? '')
    path = text === '' && path.endsWith('/') ? path.slice(0, -1) : path + text
  }
  return path === '' ? '/' : path
}

/**
 * The pattern of the paths that a rewrite makes, to recognise a path that is rewritten already. Null where there is no
 * telling: a capture that is only a part of a segment, stands twice, or is the rest and not at the end; or no literal.
 */
export function rewrittenForm(parts: readonly RewritePart[], pattern: PathPattern): readonly PatternSegment[] | null {
  const texts = splitPath(parts.map((part) => (typeof part === 'string' ? part : `$${part.capture}`)).join(''))
  const segments: PatternSegment[] = []
  const seen = new Set<string>()
  for (const [index, text] of texts.entries()) {
    const capture = /^\$(\d+)$/.exec(text)?.[1]
    if (capture === undefined && /\$\d/.test(text)) return null
    if (capture === undefined) {
      segments.push({ kind: 'literal', text, key: segmentKey(text) })
      continue
    }
    const name = pattern.captureNames[Number(capture)] ?? ''
    const isRest = isRestCapture(pattern, Number(capture))
    if (seen.has(capture) || (isRest && index !== texts.length - 1)) return null
    seen.add(capture)
    segments.push(isRest ? { kind: 'rest' } : { kind: 'name', name })
  }
  return segments.some(({ kind }) => kind === 'literal') ? segments : null
}

function isRestCapture(pattern: PathPattern, capture: number): boolean {
  return pattern.segments.at(-1)?.kind === 'rest' && capture === pattern.captureNames.length - 1
}
