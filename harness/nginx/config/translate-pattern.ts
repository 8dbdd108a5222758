import { BacktrackMeter } from './backtracking.ts'

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

/** The same inside a class. */
const CLASS_ESCAPES: Readonly<Record<string, string>> = {
  a: '\\x07',
  e: '\\x1b',
  b: '\\x08',
  s: ' \\t-\\r',
  d: '0-9',
  D: '\\D',
  w: '\\w',
  W: '\\W',
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

class Stop extends Error {
  readonly kind: 'invalid' | 'unsupported'
  constructor(kind: 'invalid' | 'unsupported', because: string) {
    super(because)
    this.kind = kind
  }
}

/** Translates a pattern that nginx would hand to PCRE (no options but caseless). */
export function translatePattern(pattern: string, caseless: boolean): Translation {
  try {
    return new Translator(pattern, caseless).run()
  } catch (error) {
    if (error instanceof Stop) return { kind: error.kind, because: error.message }
    throw error
  }
}

interface Group {
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
    this.#atom = atom
    this.#innerCaptures = 0
  }

  #openGroup(): void {
    const rest = this.#pattern.slice(this.#at)
    const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest)
    if (named !== null) {
      const name = named[1] ?? named[2] ?? ''
      if (this.#names.includes(name))
        this.#fail('two named subpatterns have the same name (PCRE2_DUPNAMES not set)', this.#at)
      this.#names.push(name)
      this.#begin(`(?<${name}>`, named[0].length, true)
      return
    }
    const comment = /^\(\?#[^)]*\)/.exec(rest)
    const silent = /^\(\?(?:[:=!]|<[=!])/.exec(rest)
    if (comment !== null) this.#at += comment[0].length
    else if (silent !== null) this.#begin(silent[0], silent[0].length, false)
    else if (/^\([?*]/.test(rest)) this.#refuse(`"${rest.slice(0, 4)}" is not translated`)
    else this.#begin('(', 1, true)
  }

  #begin(source: string, length: number, captures: boolean): void {
    if (captures) this.#groups++
    this.#open.push({ capturesBefore: this.#groups, lookbehind: /^\(\?<[=!]/.test(source) })
    this.#meter.open()
    this.#emit(source, length, 'none')
  }

  #closeGroup(): void {
    const group = this.#open.pop()
    if (group === undefined) this.#fail('unmatched closing parenthesis', this.#at)
    this.#meter.close()
    this.#emit(')', 1, 'group')
    this.#innerCaptures = this.#groups - (group?.capturesBefore ?? 0)
  }

  #quantifier(source: string): void {
    if (this.#atom === 'none') this.#fail('quantifier does not follow a repeatable item', this.#at + source.length)
    if (this.#atom === 'assertion') this.#refuse('it repeats an assertion')
    if (this.#innerCaptures > 0 && source !== '?') this.#refuse('it repeats a group that captures inside')
    if (this.#open.some(({ lookbehind }) => lookbehind)) this.#refuse('it repeats inside a lookbehind')
    const [min, max] = boundsOf(source)
    if (this.#meter.quantify(min, max)) this.#refuse('it may try the same text in too many ways')
    this.#emit(source, source.length, 'none')
    const next = this.#pattern.charAt(this.#at)
    if (next === '+') this.#refuse('it has a possessive quantifier')
    if (next === '?') this.#emit('?', 1, 'none')
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
    } else if (known === undefined) this.#refuse(`"\\${char}" is not translated`)
    else this.#emit(known, 2, /[AZzbB]/.test(char) ? 'assertion' : 'one')
  }

  #class(): void {
    const start = this.#at
    let source = '['
    this.#at++
    if (this.#pattern[this.#at] === '^') {
      source += '^'
      this.#at++
    }
    for (let first = true; ; first = false) {
      const char = this.#pattern.charAt(this.#at)
      if (char === '') this.#fail('missing terminating ] for character class', this.#pattern.length)
      if (char === ']' && !first) break
      source += this.#classPiece(char)
    }
    const end = this.#at + 1
    this.#at = start
    this.#emit(`${source}]`, end - start, 'one')
  }

  #classPiece(char: string): string {
    const rest = this.#pattern.slice(this.#at)
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest)
    if (posix !== null) return this.#posix(posix)
    if (/^\[[.=]/.test(rest)) this.#refuse('it has a collating element')
    if (char !== '\\') {
      this.#at++
      return char === '-' ? '-' : escaped(char)
    }
    const hex = hexEscape(rest.slice(1))
    if (hex !== null) {
      this.#refuseHighByte(hex.source)
      this.#at += hex.length + 1
      return hex.source
    }
    const letter = rest.charAt(1)
    this.#at += 2
    if (!/[A-Za-z0-9]/.test(letter)) return escaped(letter)
    const known = CLASS_ESCAPES[letter]
    if (known === undefined) this.#refuse(`"\\${letter}" in a class is not translated`)
    return known ?? ''
  }

  #posix([whole, negated, name = '']: RegExpExecArray): string {
    const known = POSIX[name]
    if (known === undefined) this.#fail('unknown POSIX class name', this.#at)
    if (negated !== '') this.#refuse('it has a negated POSIX class')
    this.#at += whole.length
    if (/^-[^\]]/.test(this.#pattern.slice(this.#at))) this.#refuse('it has a range that begins with a POSIX class')
    return known ?? ''
  }

  #refuseHighByte(source: string): void {
    if (this.#caseless && /^\\x[89a-f]/i.test(source)) this.#refuse('it ignores the case of bytes over 127')
  }

  #fail(message: string, offset: number): never {
    throw new Stop('invalid', `pcre2_compile() failed: ${message} in "${this.#pattern}"${at(this.#pattern, offset)}`)
  }

  #refuse(because: string): never {
    throw new Stop('unsupported', `the regular expression "${this.#pattern}" may mean something else here: ${because}`)
  }
}

/** How often a quantifier repeats at least and at most. */
function boundsOf(quantifier: string): readonly [min: number, max: number] {
  if (quantifier === '*') return [0, Number.POSITIVE_INFINITY]
  if (quantifier === '+') return [1, Number.POSITIVE_INFINITY]
  if (quantifier === '?') return [0, 1]
  const [, min = '', comma, max = ''] = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier) ?? []
  return [Number(min), comma === '' ? Number(min) : max === '' ? Number.POSITIVE_INFINITY : Number(max)]
}

/** nginx shows the rest of the pattern where PCRE stopped before its end (ngx_regex_compile). */
function at(pattern: string, offset: number): string {
  return offset >= pattern.length ? '' : ` at "${pattern.slice(offset)}"`
}

function hexEscape(rest: string): { source: string; length: number } | null {
  const hex = /^x(?:\{([0-9a-fA-F]{1,2})\}|([0-9a-fA-F]{1,2}))/.exec(rest)
  if (hex === null) return null
  return { source: `\\x${(hex[1] ?? hex[2] ?? '').padStart(2, '0')}`, length: hex[0].length }
}

function escaped(char: string): string {
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? `\\${char}` : char
}
