/** Which bytes a piece of a pattern takes: 1 at the code of each. */
export type ByteSet = Uint8Array

const SINGLE: readonly ByteSet[] = Array.from({ length: 256 }, (_, code) => setWhere((other) => other === code))

/** The set of one byte. */
export function single(code: number): ByteSet {
  return SINGLE[code] ?? EMPTY
}

/** The bytes for which something holds. */
export function setWhere(takes: (code: number) => boolean): ByteSet {
  return Uint8Array.from({ length: 256 }, (_, code) => (takes(code) ? 1 : 0))
}

export function union(sets: readonly ByteSet[]): ByteSet {
  return setWhere((code) => sets.some((set) => set[code] === 1))
}

export function complement(set: ByteSet): ByteSet {
  return setWhere((code) => set[code] !== 1)
}

export function disjoint(a: ByteSet, b: ByteSet): boolean {
  return !a.some((takes, code) => takes === 1 && b[code] === 1)
}

/** A set without case. PCRE's own tables know the letters of ASCII only: bytes over 127 have no case. */
export function caseless(set: ByteSet): ByteSet {
  return setWhere((code) => set[code] === 1 || set[otherCase(code)] === 1)
}

/** The same letter in the other case; any other byte as it is. */
export function otherCase(code: number): number {
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a)
  return isLetter ? code ^ 0x20 : code
}

function matching(pattern: RegExp): ByteSet {
  return setWhere((code) => pattern.test(String.fromCharCode(code)))
}

const EMPTY = setWhere(() => false)
export const EVERY_BYTE = setWhere(() => true)
export const NOT_NEWLINE = complement(single(0x0a))
export const WORD = matching(/\w/)
const DIGIT = matching(/[0-9]/)
const SPACE = matching(/[\t-\r ]/)
const HORIZONTAL = matching(/[\t \xa0]/)
export const VERTICAL = matching(/[\n-\r\x85]/)

/** The letters that stand for several bytes behind a backslash, in a class and outside (pcre2pattern(3), "Generic character types"). */
export const TYPES: Readonly<Record<string, ByteSet>> = {
  d: DIGIT,
  D: complement(DIGIT),
  s: SPACE,
  S: complement(SPACE),
  w: WORD,
  W: complement(WORD),
  h: HORIZONTAL,
  H: complement(HORIZONTAL),
  v: VERTICAL,
  V: complement(VERTICAL),
}

/** The POSIX classes in the C locale, by the name between `[:` and `:]`. */
export const POSIX: Readonly<Record<string, ByteSet>> = {
  alpha: matching(/[a-zA-Z]/),
  lower: matching(/[a-z]/),
  upper: matching(/[A-Z]/),
  alnum: matching(/[a-zA-Z0-9]/),
  ascii: setWhere((code) => code < 128),
  blank: matching(/[\t ]/),
  cntrl: setWhere((code) => code < 32 || code === 127),
  digit: DIGIT,
  graph: matching(/[!-~]/),
  print: matching(/[ -~]/),
  punct: matching(/[!-/:-@[-`{-~]/),
  space: SPACE,
  word: WORD,
  xdigit: matching(/[0-9a-fA-F]/),
}

/** The general categories of Unicode, as `\p` and `\P` name them. */
const CATEGORIES =
  /^(?:C|Cc|Cf|Cn|Co|Cs|L|Ll|Lm|Lo|Lt|Lu|M|Mc|Me|Mn|N|Nd|Nl|No|P|Pc|Pd|Pe|Pf|Pi|Po|Ps|S|Sc|Sk|Sm|So|Z|Zl|Zp|Zs)$/

/** The bytes whose character in Latin-1 has a property of Unicode; null where the property is none of the categories. */
export function property(name: string): ByteSet | null {
  if (name === 'Any') return EVERY_BYTE
  if (name === 'L&') return union(['Lu', 'Ll', 'Lt'].map((one) => matching(new RegExp(`\\p{${one}}`, 'u'))))
  return CATEGORIES.test(name) ? matching(new RegExp(`\\p{${name}}`, 'u')) : null
}
