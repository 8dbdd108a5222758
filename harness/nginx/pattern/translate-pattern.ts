import { BacktrackMeter } from './backtracking.ts'
import { escaped, escapeProblem, hexEscape } from './pattern-escape.ts'
import { PatternProblem } from './pattern-problem.ts'
import { translateClass } from './translate-class.ts'

/** A PCRE pattern as JavaScript source. */
export type Translation =
  | {
      readonly kind: 'ok'
      readonly source: string
      readonly flags: string
      readonly names: readonly string[]
      readonly groups: number
      /** See {@link BacktrackMeter.degree}. */
      readonly degree: number
    }
  | { readonly kind: 'invalid'; readonly because: string }
  | { readonly kind: 'unsupported'; readonly because: string }

/** What a backslash and a letter mean outside a class, where JavaScript would read it differently or in other words. */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\\x07',
  e: '\\x1b',
  A: '^',
  Z: '(?=\\n?$)',
  z: '$',
  s: '[\\t-\\r ]',
  S: '[^\\t-\\r ]',
  d: '[0-9]',
  D: '[^0-9]',
  w: '\\w',
  W: '\\W',
  b: '\\b',
  B: '\\B',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  f: '\\f',
}

/** What the last piece of a pattern is to a quantifier behind it. */
type Atom = 'none' | 'one' | 'group' | 'assertion'

/** Characters that mean one thing wherever they stand outside a class. */
const PIECES: Readonly<Record<string, { readonly source: string; readonly atom: Atom }>> = {
  '|': { source: '|', atom: 'none' },
  '^': { source: '^', atom: 'assertion' },
  $: { source: '(?=\\n?$)', atom: 'assertion' },
  '.': { source: '[^\\n]', atom: 'one' },
  '/': { source: '\\/', atom: 'one' },
  '}': { source: '\\}', atom: 'one' },
  ']': { source: '\\]', atom: 'one' },
}

/** Translates a pattern that nginx would hand to PCRE (no options but caseless). */
export function translatePattern(pattern: string, caseless: boolean): Translation {
  try {
    return new Translator(pattern, caseless).run()
  } catch (error) {
    if (error instanceof PatternProblem) return { kind: error.kind, because: error.message }
    throw error
  }
}

/** PCRE's limits: bytes of a name, and what a quantifier may count to (pcre2limits(3)). */
const MAX_NAME = 32
const MAX_COUNT = 65_535

/** PCRE writes a repeated group out as often as it repeats, and takes 64 KiB in all; a character may become several bytes. */
const MAX_SIZE = 16_384

interface Group {
  /** The size of the pattern before it. */
  readonly sizeBefore: number
  readonly capturesBefore: number
  readonly lookbehind: boolean
}

class Translator {
  readonly #pattern: string
  readonly #names: string[] = []
  readonly #open: Group[] = []
  readonly #meter = new BacktrackMeter()
  #caseless: boolean
  #at = 0
  #out = ''
  #groups = 0
  /** Whether the last piece can be repeated, and how many captures it holds inside a group. */
  #atom: Atom = 'none'
  #innerCaptures = 0
  /** Characters of the pattern so far, those of a repeated group as often as it is repeated; and those in the last group. */
  #size = 0
  #groupSize = 0

  constructor(pattern: string, caseless: boolean) {
    this.#pattern = pattern
    this.#caseless = caseless
  }

  run(): Translation {
    this.#leadingOptions()
    if (this.#caseless && /[^\0-\x7f]/.test(this.#pattern)) this.#refuse('it ignores the case of bytes over 127')
    while (this.#at < this.#pattern.length) this.#piece()
    if (this.#open.length > 0) this.#fail('missing closing parenthesis', this.#at)
    return {
      kind: 'ok',
      source: this.#out,
      flags: this.#caseless ? 'i' : '',
      names: this.#names,
      groups: this.#groups,
      degree: this.#meter.degree,
    }
  }

  #leadingOptions(): void {
    const options = /^\(\?i\)/.exec(this.#pattern)
    if (options === null) return
    this.#caseless = true
    this.#at = options[0].length
  }

  #piece(): void {
    const char = this.#pattern.charAt(this.#at)
    const plain = PIECES[char]
    if (char === '|') this.#meter.alternate()
    if (plain !== undefined) this.#emit(plain.source, 1, plain.atom)
    else if (char === '(') this.#openGroup()
    else if (char === ')') this.#closeGroup()
    else if (char === '[') this.#class()
    else if (char === '\\') this.#escape()
    else if (char === '{') this.#brace()
    else if (/[*+?]/.test(char)) this.#quantifier(char)
    else this.#emit(char, 1, 'one')
  }

  #emit(source: string, length: number, atom: Atom): void {
    if (atom === 'one') this.#meter.atom(source)
    this.#out += source
    this.#at += length
    this.#size += length
    this.#atom = atom
    this.#innerCaptures = 0
  }

  #openGroup(): void {
    const rest = this.#pattern.slice(this.#at)
    if (/^\(\?(?:P?<(?![=!])|')/.test(rest)) this.#openNamed(rest)
    else if (rest.startsWith('(?#')) this.#comment(rest)
    else if (/^\(\?(?:[:=!]|<[=!])/.test(rest)) {
      const source = rest.slice(0, rest[2] === '<' ? 4 : 3)
      this.#begin(source, source.length, false)
    } else if (/^\((?:\?|\*[A-Za-z:])/.test(rest)) this.#otherGroup(rest)
    else this.#begin('(', 1, true)
  }

  #openNamed(rest: string): void {
    const [opening = ''] = /^\(\?P?[<']/.exec(rest) ?? []
    const named = /^(\w*)([>']?)/.exec(rest.slice(opening.length))
    const [, name = '', close = ''] = named ?? []
    const at = this.#at + opening.length
    if (name === '') this.#fail('subpattern name expected', at)
    if (/^\d/.test(name)) this.#fail('subpattern name must start with a non-digit', at)
    if (name.length > MAX_NAME) {
      this.#fail(`subpattern name is too long (maximum ${MAX_NAME} code units)`, at + name.length)
    }
    if (close !== (opening.endsWith("'") ? "'" : '>')) {
      this.#fail('syntax error in subpattern name (missing terminator?)', at + name.length)
    }
    if (this.#names.includes(name)) {
      this.#fail('two named subpatterns have the same name (PCRE2_DUPNAMES not set)', at + name.length + 1)
    }
    this.#names.push(name)
    this.#begin(`(?<${name}>`, opening.length + name.length + 1, true)
  }

  #comment(rest: string): void {
    const end = rest.indexOf(')')
    if (end === -1) this.#fail('missing ) after (?# comment', this.#pattern.length)
    this.#at += end + 1
  }

  /** Options in the middle, recursion, conditions, verbs: PCRE knows them, and the model does not. */
  #otherGroup(rest: string): never {
    const letter = /^\(\?[imsxnJU^-]*([a-zA-Z])/.exec(rest)
    const at = letter === null ? -1 : letter[0].length - 1
    if (letter?.[1] !== undefined && /[^imsxnJUPRC]/.test(letter[1])) {
      this.#fail('unrecognized character after (? or (?-', this.#at + at)
    }
    if (rest === '(?') this.#fail('missing closing parenthesis', this.#pattern.length)
    return this.#refuse(`"${rest.slice(0, 4)}" is not translated`)
  }

  #begin(source: string, length: number, captures: boolean): void {
    if (captures) this.#groups++
    this.#open.push({ sizeBefore: this.#size, capturesBefore: this.#groups, lookbehind: /^\(\?<[=!]/.test(source) })
    this.#meter.open()
    this.#emit(source, length, 'none')
  }

  #closeGroup(): void {
    const group = this.#open.pop()
    if (group === undefined) this.#fail('unmatched closing parenthesis', this.#at)
    this.#meter.close()
    this.#emit(')', 1, 'group')
    this.#innerCaptures = this.#groups - (group?.capturesBefore ?? 0)
    this.#groupSize = this.#size - (group?.sizeBefore ?? 0)
  }

  #quantifier(source: string): void {
    const end = this.#at + source.length
    const [min, max] = this.#bounds(source)
    if (this.#atom === 'none' || this.#atom === 'assertion') {
      this.#fail('quantifier does not follow a repeatable item', end - 1)
    }
    if (this.#innerCaptures > 0 && source !== '?') this.#refuse('it repeats a group that captures inside')
    if (this.#open.some(({ lookbehind }) => lookbehind)) this.#refuse('it repeats inside a lookbehind')
    if (this.#atom === 'group') this.#size += this.#groupSize * ((Number.isFinite(max) ? max : min) - 1)
    if (this.#size > MAX_SIZE) this.#refuse('it repeats a group so often that PCRE may find it too large')
    if (this.#meter.quantify(min, max)) this.#refuse('it may try the same text in too many ways')
    this.#emit(source, source.length, 'none')
    const next = this.#pattern.charAt(this.#at)
    if (next === '+') this.#refuse('it has a possessive quantifier')
    if (next === '?') this.#emit('?', 1, 'none')
  }

  /** How often a quantifier repeats at least and at most. */
  #bounds(quantifier: string): readonly [min: number, max: number] {
    if (quantifier === '*') return [0, Number.POSITIVE_INFINITY]
    if (quantifier === '+') return [1, Number.POSITIVE_INFINITY]
    if (quantifier === '?') return [0, 1]
    const [, min = '', comma, max = ''] = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier) ?? []
    this.#checkCount(min, this.#at + 1)
    this.#checkCount(max, this.#at + 1 + min.length + 1)
    if (comma === '') return [Number(min), Number(min)]
    if (max === '') return [Number(min), Number.POSITIVE_INFINITY]
    if (Number(max) < Number(min)) {
      this.#fail('numbers out of order in {} quantifier', this.#at + quantifier.length - 1)
    }
    return [Number(min), Number(max)]
  }

  /** PCRE stops at the digit that makes a count too big. */
  #checkCount(digits: string, at: number): void {
    for (let length = 1; length <= digits.length; length++) {
      if (Number(digits.slice(0, length)) > MAX_COUNT) this.#fail('number too big in {} quantifier', at + length)
    }
  }

  #brace(): void {
    const quantifier = /^\{\d+(?:,\d*)?\}/.exec(this.#pattern.slice(this.#at))
    if (quantifier !== null) this.#quantifier(quantifier[0])
    else this.#emit('\\{', 1, 'one')
  }

  #escape(): void {
    const rest = this.#pattern.slice(this.#at + 1)
    if (rest === '') this.#fail('\\ at end of pattern', this.#at + 1)
    const hex = hexEscape(rest)
    const char = rest.charAt(0)
    const known = /[A-Za-z0-9]/.test(char) ? ESCAPES[char] : escaped(char)
    if (hex !== null) {
      this.#refuseHighByte(hex.source)
      this.#emit(hex.source, hex.length + 1, 'one')
    } else if (known === undefined) throw escapeProblem(this.#pattern, this.#at, false)
    else this.#emit(known, 2, /[AZzbB]/.test(char) ? 'assertion' : 'one')
  }

  #class(): void {
    const { source, end } = translateClass(this.#pattern, this.#at)
    for (const [byte] of source.matchAll(/\\x[0-9a-f]{2}/gi)) this.#refuseHighByte(byte)
    this.#emit(source, end - this.#at, 'one')
  }

  #refuseHighByte(source: string): void {
    if (this.#caseless && /^\\x[89a-f]/i.test(source)) this.#refuse('it ignores the case of bytes over 127')
  }

  #fail(message: string, offset: number): never {
    throw PatternProblem.invalid(this.#pattern, message, offset)
  }

  #refuse(because: string): never {
    throw PatternProblem.unsupported(this.#pattern, because)
  }
}
