import { escaped, escapeProblem, hexEscape } from './pattern-escape.ts'
import { PatternProblem } from './pattern-problem.ts'

/** What a backslash and a letter mean inside a class: several characters (`\d`), or one (`\n`). */
const TYPES: Readonly<Record<string, string>> = {
  s: ' \\t-\\r',
  d: '0-9',
  D: '\\D',
  w: '\\w',
  W: '\\W',
}
const CHARACTERS: Readonly<Record<string, string>> = {
  a: '\\x07',
  e: '\\x1b',
  b: '\\x08',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  f: '\\f',
}

const POSIX: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  xdigit: '0-9a-fA-F',
  space: ' \\t-\\r',
  blank: '\\t ',
  word: '\\w',
  punct: '!-\\/:-@\\[-`{-~',
  cntrl: '\\0-\\x1f\\x7f',
  print: ' -~',
  graph: '!-~',
}

/** A piece of a class: a character, which may begin or end a range, or several at once. */
interface Item {
  readonly source: string
  readonly end: number
  readonly kind: 'character' | 'type'
}

/**
 * Translates a character class (`[…]`) of a PCRE pattern into JavaScript.
 * @param start where its `[` stands
 * @returns the source, and where the pattern goes on behind its `]`
 * @throws {PatternProblem} PCRE refuses it, or it may mean something else
 */
export function translateClass(pattern: string, start: number): { source: string; end: number } {
  const negated = pattern[start + 1] === '^'
  const first = start + (negated ? 2 : 1)
  let source = negated ? '[^' : '['
  let at = first
  for (;;) {
    if (at >= pattern.length) throw unterminated(pattern)
    if (pattern[at] === ']' && at > first) return { source: `${source}]`, end: at + 1 }
    const item = itemAt(pattern, at)
    const range = rangeFrom(pattern, item)
    source += range?.source ?? item.source
    at = range?.end ?? item.end
  }
}

/** A range that begins with an item: `-` and another character behind it; null where there is none. */
function rangeFrom(pattern: string, from: Item): { source: string; end: number } | null {
  if (pattern[from.end] !== '-' || pattern[from.end + 1] === ']') return null
  const invalid = (message: string, offset: number) => PatternProblem.invalid(pattern, message, offset)
  if (from.kind === 'type') throw invalid('invalid range in character class', from.end)
  if (from.end + 1 >= pattern.length) throw unterminated(pattern)
  if (/^\[:\^?[a-z]+:\]/.test(pattern.slice(from.end + 1))) {
    throw invalid('invalid range in character class', from.end + 2)
  }
  const to = itemAt(pattern, from.end + 1)
  if (to.kind === 'type') throw invalid('invalid range in character class', to.end)
  if (codeOf(to) < codeOf(from)) throw invalid('range out of order in character class', to.end - 1)
  return { source: `${from.source}-${to.source}`, end: to.end }
}

function itemAt(pattern: string, at: number): Item {
  const rest = pattern.slice(at)
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest)
  if (posix !== null) return posixItem(pattern, at, posix)
  if (/^\[([.=])[^\]]*\1\]/.test(rest)) {
    throw PatternProblem.invalid(pattern, 'POSIX collating elements are not supported', at)
  }
  const char = rest.charAt(0)
  return char === '\\' ? escapeItem(pattern, at) : { source: escaped(char), end: at + 1, kind: 'character' }
}

function posixItem(pattern: string, at: number, [whole, negated, name = '']: RegExpExecArray): Item {
  const source = POSIX[name]
  if (source === undefined) {
    throw PatternProblem.invalid(pattern, 'unknown POSIX class name', at + '[:'.length + (negated ?? '').length)
  }
  if (negated !== '') throw PatternProblem.unsupported(pattern, 'it has a negated POSIX class')
  return { source, end: at + whole.length, kind: 'type' }
}

function escapeItem(pattern: string, at: number): Item {
  const rest = pattern.slice(at + 1)
  const hex = hexEscape(rest)
  if (hex !== null) return { source: hex.source, end: at + 1 + hex.length, kind: 'character' }
  const letter = rest.charAt(0)
  if (letter === '') throw PatternProblem.invalid(pattern, '\\ at end of pattern', pattern.length)
  const type = TYPES[letter]
  if (type !== undefined) return { source: type, end: at + 2, kind: 'type' }
  const character = /[A-Za-z0-9]/.test(letter) ? CHARACTERS[letter] : escaped(letter)
  if (character === undefined) throw escapeProblem(pattern, at, true)
  return { source: character, end: at + 2, kind: 'character' }
}

/** The code of the one character that JavaScript source stands for. */
function codeOf({ source }: Item): number {
  const hex = /^\\x([0-9a-f]{2})$/i.exec(source)?.[1]
  if (hex !== undefined) return Number.parseInt(hex, 16)
  const controls: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\f': '\f' }
  return (controls[source] ?? source.replace(/^\\(?=[\s\S])/, '')).charCodeAt(0)
}

function unterminated(pattern: string): PatternProblem {
  return PatternProblem.invalid(pattern, 'missing terminating ] for character class', pattern.length)
}
