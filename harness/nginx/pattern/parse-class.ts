import { type ByteSet, caseless, complement, POSIX, setWhere, single, union } from './byte-set.ts'
import { readEscape } from './parse-escape.ts'
import type { PatternText } from './pattern-text.ts'

/** A class under way. */
interface OpenClass {
  readonly sets: ByteSet[]
  /** The byte before here, where it may begin a range. */
  from: number | null
  /** Whether a `-` has been read behind it. */
  isRange: boolean
}

const INVALID_RANGE = 'invalid range in character class'

/** Reads a character class; the reader stands behind its `[` (parse_regex in pcre2_compile.c). */
export function readClass(text: PatternText): ByteSet {
  if (posixEnd(text, text.at) !== null) {
    const isNamed = text.peek() === ':'
    if (isNamed) text.fail('POSIX named classes are supported only within a class', text.at - 1)
    text.fail('POSIX collating elements are not supported', text.at - 1)
  }
  const negated = readStart(text)
  const open: OpenClass = { sets: [], from: null, isRange: false }
  for (let isFirst = true; isFirst || text.quoted || text.peek() !== ']'; isFirst = false) {
    if (text.isAtEnd) break
    readItem(text, open)
  }
  if (text.isAtEnd) text.fail('missing terminating ] for character class')
  text.at++
  if (open.isRange) open.sets.push(single(HYPHEN))
  const taken = union(open.sets)
  const set = text.options.caseless ? caseless(taken) : taken
  return negated ? complement(set) : set
}

const HYPHEN = 0x2d

/** What may stand before the first byte: `^`, and what means nothing. @returns whether there was a `^` */
function readStart(text: PatternText): boolean {
  let negated = false
  for (;;) {
    if (text.takes('\\E') || text.takes('\\Q\\E') || takesSpace(text)) continue
    if (negated || !text.takes('^')) return negated
    negated = true
  }
}

function takesSpace(text: PatternText): boolean {
  return text.options.extended === 'more' && text.take(/[ \t]/y) !== null
}

function readItem(text: PatternText, open: OpenClass): void {
  if (text.quoted) {
    if (text.takes('\\E')) text.quoted = false
    else readByte(text, open)
  } else if (takesSpace(text)) {
    return
  } else if (text.peek() === '[' && posixEnd(text, text.at + 1) !== null) {
    readPosix(text, open)
  } else if (text.peek() === '-' && open.from !== null && !open.isRange) {
    text.at++
    open.isRange = true
  } else if (text.takes('\\')) {
    readEscaped(text, open)
  } else {
    readByte(text, open)
  }
}

function readByte(text: PatternText, open: OpenClass): void {
  const code = text.peek().charCodeAt(0)
  text.at++
  addByte(text, open, code)
}

/** A byte: alone, or the end of a range. */
function addByte(text: PatternText, open: OpenClass, code: number): void {
  const { from, isRange } = open
  if (!isRange || from === null) {
    open.sets.push(single(code))
    open.from = code
    return
  }
  if (from > code) text.fail('range out of order in character class', text.at - 1)
  open.sets.push(setWhere((other) => other >= from && other <= code))
  open.from = null
  open.isRange = false
}

function readEscaped(text: PatternText, open: OpenClass): void {
  if (text.takes('E')) return
  if (text.takes('Q')) {
    text.quoted = true
    return
  }
  const start = text.at
  const read = readEscape(text, true)
  if (read.kind === 'byte') {
    addByte(text, open, read.code)
    return
  }
  if (open.isRange) text.fail(INVALID_RANGE, start + 1)
  if (read.kind === 'set') addSet(text, open, read.set)
}

/** Several bytes at once: they neither begin nor end a range. PCRE 8 takes a `-` behind them for itself. */
function addSet(text: PatternText, open: OpenClass, set: ByteSet): void {
  open.sets.push(set)
  open.from = null
  const isLast = text.at >= text.source.length - 1
  if (text.pcre2 && !isLast && text.peek() === '-' && text.peek(1) !== ']') text.fail(INVALID_RANGE)
}

function readPosix(text: PatternText, open: OpenClass): void {
  const end = posixEnd(text, text.at + 1) ?? text.at
  if (open.isRange) text.fail(INVALID_RANGE, text.at + 1)
  if (text.peek(1) !== ':') text.fail('POSIX collating elements are not supported')
  const [, caret = '', name = ''] = /^\[:(\^?)([\s\S]*)/.exec(text.source.slice(text.at, end)) ?? []
  const named = Object.hasOwn(POSIX, name) ? POSIX[name] : undefined
  if (named === undefined) text.fail('unknown POSIX class name', text.at + '[:'.length + caret.length)
  text.at = end + ':]'.length
  const hasCase = name === 'upper' || name === 'lower'
  const set = text.options.caseless && hasCase ? caseless(named) : named
  addSet(text, open, caret === '' ? set : complement(set))
}

/** Where the `:`, `.` or `=` stands that ends a POSIX class begun by one at `at`; null where none begins (check_posix_syntax). */
function posixEnd({ source }: PatternText, at: number): number | null {
  const sign = source.charAt(at)
  if (!/^[:.=]/.test(sign)) return null
  for (let here = at + 1; here + 1 < source.length; here++) {
    const [char = '', next = ''] = source.slice(here, here + 2)
    if (char === '\\' && (next === ']' || next === '\\')) here++
    else if ((char === '[' && next === sign) || char === ']') return null
    else if (char === sign && next === ']') return here
  }
  return null
}
