import type { Bytes } from '../../../chain/message.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { hasType } from '../../core/response/content-types.ts'
import { dropHeader, weakenEtag } from '../../core/response/response-head.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { lowerCase } from '../../syntax/wire.ts'
import { type Substitution, subSettings } from './compile.ts'

/** A text that is looked for, and what has become of it. */
interface Wanted {
  readonly line: Substitution
  readonly text: string
  /** Null until it is found. */
  replacement: string | null
}

/** Replaces texts in a body that is of a type for it (ngx_http_sub_header_filter, ngx_http_sub_body_filter). */
export function applySub(state: RequestState, body: Bytes): Bytes {
  const { head } = state
  const { substitutions, once, types, keepsLastModified } = subSettings.of(state.location.settings)
  const [first] = substitutions
  if (first === undefined || head.contentLength === 0) return body
  if (!hasType(head.contentType, state.hasUpstreamAnswer, types)) return body
  const wanted = substitutions
    .map((line): Wanted => ({ line, text: lowerCase(evaluate(line.text, state)), replacement: null }))
    .filter(({ text }) => text !== '')
  if (wanted.length === 0) return body
  head.contentLength = -1
  state.noteHeader('Content-Length', 'dropped', first.rule)
  if (keepsLastModified) weakenEtag(head)
  else {
    head.lastModifiedS = null
    for (const name of ['last-modified', 'etag'])
      if (dropHeader(head, name)) state.noteHeader(name, 'dropped', first.rule)
  }
  const replaced = replaceAll(state, body, wanted, once)
  for (const { line, replacement } of wanted) {
    if (replacement !== null) state.because({ kind: 'text-replaced' }, line.rule.span)
  }
  return replaced
}

/**
 * At every place the first text that stands there is replaced. Where the body ends in the middle of one, nothing behind that
 * place is looked at any more (ngx_http_sub_parse).
 */
function replaceAll(state: RequestState, body: Bytes, wanted: readonly Wanted[], once: boolean): Bytes {
  const lower = lowerCase(body)
  const shortest = Math.min(...wanted.map(({ text }) => text.length))
  const beginnings = new Set(wanted.map(({ text }) => text[0]))
  const parts: string[] = []
  let copied = 0
  let left = wanted.length
  for (let at = 0; at + shortest <= body.length && !(once && left === 0); at++) {
    if (!beginnings.has(lower[at])) continue
    const found = wanted.find(({ text, replacement }) => !(once && replacement !== null) && begins(lower, at, text))
    if (found === undefined) continue
    if (at + found.text.length > body.length) break
    if (found.replacement === null) left--
    found.replacement ??= evaluate(found.line.replacement, state)
    parts.push(body.slice(copied, at), found.replacement)
    copied = at + found.text.length
    at = copied - 1
  }
  return parts.join('') + body.slice(copied)
}

/** Whether a text stands there, or as much of it as there is room for. */
function begins(body: string, at: number, text: string): boolean {
  return at + text.length <= body.length ? body.startsWith(text, at) : text.startsWith(body.slice(at))
}
