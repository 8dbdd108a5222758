import { type ByteSet, complement, EVERY_BYTE, NOT_NEWLINE, property, TYPES } from './byte-set.ts'
import type { Place } from './pattern-node.ts'
import type { GroupReference, PatternText } from './pattern-text.ts'

/** What a backslash and what follows it mean. */
export type Escape =
  | { readonly kind: 'byte'; readonly code: number }
  | { readonly kind: 'set'; readonly set: ByteSet }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'reference'; readonly to: GroupReference }
  /** `\g<1>`: a group once more. */
  | { readonly kind: 'call'; readonly to: GroupReference }
  /** `\R`: the end of a line. */
  | { readonly kind: 'newline' }
  /** `\K`: the match begins here. */
  | { readonly kind: 'keep' }

const CONTROLS: Readonly<Record<string, number>> = { a: 7, e: 27, f: 12, n: 10, r: 13, t: 9 }

const PLACES: Readonly<Record<string, Place>> = {
  A: 'start',
  // nginx begins each match at the start of the text.
  G: 'start',
  Z: 'last-line-end',
  z: 'end',
  b: 'word-edge',
  B: 'no-word-edge',
}

const MAX_NAME = 32
const MAX_GROUP = 65_535

/** Reads an escape; the reader stands behind its backslash (check_escape in pcre2_compile.c). */
export function readEscape(text: PatternText, inClass: boolean): Escape {
  const start = text.at
  if (text.isAtEnd) text.fail('\\ at end of pattern')
  const letter = text.peek()
  text.at++
  if (!/[A-Za-z0-9]/.test(letter)) return { kind: 'byte', code: letter.charCodeAt(0) }
  const control = CONTROLS[letter]
  if (control !== undefined) return { kind: 'byte', code: control }
  if (inClass && letter === 'b') return { kind: 'byte', code: 8 }
  if (/[0-7]/.test(letter) || (/[89]/.test(letter) && !inClass)) return digits(text, start, inClass)
  if (/[89]/.test(letter)) return { kind: 'byte', code: letter.charCodeAt(0) }
  if (letter === 'x') return hexadecimal(text)
  if (letter === 'o') return octal(text)
  if (letter === 'c') return controlled(text)
  if (letter === 'g' && inClass) return { kind: 'byte', code: letter.charCodeAt(0) }
  if (/[FLlUu]/.test(letter)) ofPerl(text)
  if (letter === 'N' && text.peek() === '{') notNewline(text)
  if (inClass && /[BRX]/.test(letter)) text.fail(INVALID_IN_CLASS, text.at - 1)
  const set = TYPES[letter]
  if (set !== undefined) return { kind: 'set', set }
  if (letter === 'p' || letter === 'P') return unicode(text, letter === 'P')
  if (letter === 'N' && inClass) text.fail('\\N is not supported in a class')
  if (letter === 'N') return { kind: 'set', set: NOT_NEWLINE }
  if (inClass && /[ACGKZkz]/.test(letter)) text.fail(INVALID_IN_CLASS, text.at - 1)
  const place = PLACES[letter]
  if (place !== undefined) return { kind: 'place', place }
  if (letter === 'C') return { kind: 'set', set: EVERY_BYTE }
  if (letter === 'R') return { kind: 'newline' }
  if (letter === 'K') return { kind: 'keep' }
  if (letter === 'X') text.refuse('"\\X" is not translated')
  if (letter === 'g') return numbered(text)
  if (letter === 'k') return named(text)
  return text.fail('unrecognized character follows \\', start)
}

const INVALID_IN_CLASS = 'escape sequence is invalid in character class'

function ofPerl(text: PatternText): never {
  return text.fail('PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u')
}

/** `\N{`: only a quantifier may follow. */
function notNewline(text: PatternText): void {
  if (text.startsWith('{U+')) text.fail('\\N{U+dddd} is supported only in Unicode (UTF) mode')
  if (!/^\{\d+(?:,\d*)?\}/.test(text.source.slice(text.at))) ofPerl(text)
}

/** `\1` refers to a group, `\101` is a byte: it depends on how many groups there are. */
function digits(text: PatternText, start: number, inClass: boolean): Escape {
  text.at = start
  const [decimal = ''] = inClass ? [] : (text.take(/[1-9]\d*/y) ?? [])
  const number = Number(decimal)
  if (decimal !== '' && (number < 10 || /^[89]/.test(decimal) || number <= text.groups)) {
    if (number > MAX_GROUP) text.fail('subpattern number is too big')
    return { kind: 'reference', to: { to: number, at: text.at - 1 } }
  }
  text.at = start
  const [octalDigits = ''] = text.take(/[0-7]{1,3}/y) ?? []
  const code = Number.parseInt(octalDigits, 8)
  if (code > 255) text.fail('octal value is greater than \\377 in 8-bit non-UTF-8 mode')
  return { kind: 'byte', code }
}

const TOO_LARGE = 'character code point value in \\x{} or \\o{} is too large'
const NO_DIGITS = 'digits missing in \\x{} or \\o{} or \\N{U+}'

function hexadecimal(text: PatternText): Escape {
  if (!text.takes('{')) {
    const [hex = ''] = text.take(/[0-9a-fA-F]{0,2}/y) ?? []
    return { kind: 'byte', code: hex === '' ? 0 : Number.parseInt(hex, 16) }
  }
  return braced(text, /[0-9a-fA-F]*/y, 16, 'non-hex character in \\x{} (closing brace missing?)')
}

function octal(text: PatternText): Escape {
  if (!text.takes('{')) text.fail('missing opening brace after \\o')
  return braced(text, /[0-7]*/y, 8, 'non-octal character in \\o{} (closing brace missing?)')
}

function braced(text: PatternText, digit: RegExp, base: number, complaint: string): Escape {
  if (text.isAtEnd || text.peek() === '}') text.fail(NO_DIGITS)
  const [written = ''] = text.take(digit) ?? []
  const code = written === '' ? 0 : Number.parseInt(written, base)
  if (code > 255) text.fail(TOO_LARGE)
  if (!text.takes('}')) text.fail(complaint)
  return { kind: 'byte', code }
}

function controlled(text: PatternText): Escape {
  if (text.isAtEnd) text.fail('\\c at end of pattern')
  const char = text.peek().toUpperCase()
  if (!/^[ -~]$/.test(char)) text.fail('\\c must be followed by a printable ASCII character')
  text.at++
  return { kind: 'byte', code: char.charCodeAt(0) ^ 0x40 }
}

/** `\p{Lu}`, `\pL`: outside of UTF mode a byte has the properties of its character in Latin-1. */
function unicode(text: PatternText, negated: boolean): Escape {
  const match = text.take(/(?:\{(\^?)([^}]*)\}|([A-Za-z]))/y)
  if (match === null) text.refuse('it may name a property of Unicode wrongly')
  const [written, caret = '', braces, letter = ''] = match
  const name = (braces ?? letter).replace(/[\s_-]/g, '')
  const known = property(`${name.charAt(0).toUpperCase()}${name.slice(1).toLowerCase()}`)
  if (known === null) text.refuse(`"\\p${written}" is not translated`)
  // Later versions of PCRE2 ignore the case of these, as everything else does.
  if (text.options.caseless && /^(?:lu|ll|lt)$/i.test(name))
    text.refuse(`"\\p${written}" without case is not translated`)
  return { kind: 'set', set: (caret !== '') !== negated ? complement(known) : known }
}

const BAD_G = '\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number'

/** `\g1`, `\g{-1}`, `\g{name}`: they refer to a group; `\g<1>` calls one. */
function numbered(text: PatternText): Escape {
  if (/^[<']/.test(text.peek())) return called(text, text.peek() === '<' ? '>' : "'")
  const isBraced = text.startsWith('{')
  const match = /^\{?([+-]?)(\d+)/.exec(text.source.slice(text.at))
  if (match === null && isBraced) return named(text)
  if (match === null) text.fail(BAD_G)
  const start = text.at
  text.at += match[0].length
  const group = groupNumber(text, match[1] ?? '', match[2] ?? '', isBraced ? start : text.at)
  if (isBraced && !text.takes('}')) text.fail(BAD_G, start)
  if (group <= 0) text.fail(NO_GROUP)
  return { kind: 'reference', to: { to: group, at: text.at - 1 } }
}

function called(text: PatternText, close: string): Escape {
  const start = text.at
  text.at++
  const number = text.take(/([+-]?)(\d+)/y)
  if (number === null) {
    const at = text.at
    return { kind: 'call', to: { to: readName(text, close), at } }
  }
  const group = groupNumber(text, number[1] ?? '', number[2] ?? '', start)
  if (!text.takes(close)) text.fail(BAD_G, start)
  return { kind: 'call', to: { to: group, at: text.at - 1 } }
}

export const NO_GROUP = 'reference to non-existent subpattern'

/** A number of a group, perhaps counted from here (read_number). @param at where PCRE stops if it is wrong */
export function groupNumber(text: PatternText, sign: string, written: string, at = text.at): number {
  const number = Number(written)
  if (number > MAX_GROUP) text.fail('subpattern number is too big', at)
  if (sign === '') return number
  if (number === 0) text.fail('a relative value of zero is not allowed', at)
  if (sign === '+') return text.groups + number
  if (number > text.groups) text.fail(NO_GROUP, at)
  return text.groups - number + 1
}

function named(text: PatternText): Escape {
  const close = { '{': '}', '<': '>', "'": "'" }[text.peek()]
  if (close === undefined) text.fail('\\k is not followed by a braced, angle-bracketed, or quoted name')
  text.at++
  const at = text.at
  return { kind: 'reference', to: { to: readName(text, close), at } }
}

/** Reads the name of a group and what ends it (read_name). */
export function readName(text: PatternText, close: string): string {
  const at = text.at
  const [name = ''] = text.take(/\w*/y) ?? []
  if (/^\d/.test(name)) text.fail('subpattern name must start with a non-digit', at)
  if (name.length > MAX_NAME) {
    text.fail(`subpattern name is too long (maximum ${MAX_NAME} code units)`)
  }
  if (name === '') text.fail('subpattern name expected', at)
  if (!text.takes(close)) text.fail('syntax error in subpattern name (missing terminator?)')
  return name
}
