import { type Bytes, bytesFromText } from '../chain/message.ts'
import { CurlError } from './curl-error.ts'

/** What separates words. A byte of a UTF-8 character may look like white space of Unicode. */
const BLANK = /^[ \t\r\n]$/

/** What stands behind a backslash in `$'…'` for one byte (bash, ANSI-C quoting). */
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Codes in `$'…'`: octal, hexadecimal bytes, and characters of Unicode, which stand there as UTF-8. */
const CODE = /(?:([0-7]{1,3})|x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|U([\da-fA-F]{1,8}))/y

/** Characters by which a shell does more than to pass words on. */
const OPERATORS: Readonly<Record<string, string>> = {
  '|': 'a pipe',
  '&': 'the operator &',
  ';': 'the operator ;',
  '<': 'a redirection',
  '>': 'a redirection',
  '(': 'a subshell',
  ')': 'a subshell',
}

/**
 * The words of a command line as bash splits it. Nothing is run and nothing is expanded.
 * @param line as it was pasted: it may go over several lines, each but the last with a backslash at its end
 * @returns each word as bytes
 * @throws {CurlError} a quote is not closed, or a shell would do more than to pass words on: a variable, a pipe
 */
export function shellWords(line: string): Bytes[] {
  return new WordReader(bytesFromText(line.trim())).words()
}

class WordReader {
  readonly #text: Bytes
  #at = 0

  constructor(text: Bytes) {
    this.#text = text
  }

  words(): Bytes[] {
    const words: Bytes[] = []
    for (;;) {
      this.#skipBlank()
      if (this.#at >= this.#text.length) return words
      words.push(this.#word())
    }
  }

  /** White space, continued lines, comments. */
  #skipBlank(): void {
    for (;;) {
      const next = this.#next()
      if (BLANK.test(next)) this.#at++
      else if (next === '\\' && this.#lineEndsBehind()) this.#skipLineEnd()
      else if (next === '#') this.#at = this.#endOfLine()
      else return
    }
  }

  #word(): Bytes {
    let word = ''
    for (;;) {
      const next = this.#next()
      if (next === '' || BLANK.test(next)) return word
      if (next === '\\' && this.#lineEndsBehind()) {
        this.#skipLineEnd()
        continue
      }
      const operator = OPERATORS[next]
      if (operator !== undefined) refuse(`it has ${operator} in it ("${next}")`, 'Give the curl line alone.')
      word += this.#part(next)
    }
  }

  #part(next: string): Bytes {
    this.#at++
    if (next === "'") return this.#until("'")
    if (next === '"') return this.#doubleQuoted()
    if (next === '\\') return this.#take()
    if (next === '`') return refuse('it runs another command (`)', 'Write what that prints in its place.')
    if (next !== '$') return next
    if (this.#next() === "'") {
      this.#at++
      return this.#ansiQuoted()
    }
    return this.#dollar()
  }

  #doubleQuoted(): Bytes {
    let text = ''
    for (;;) {
      const next = this.#take()
      if (next === '"') return text
      if (next === '') return unclosed('"')
      if (next === '`') return refuse('it runs another command (`)', 'Write what that prints in its place.')
      if (next === '$') text += this.#dollar()
      else if (next !== '\\') text += next
      else if (this.#next() === '\n') this.#at++
      else text += /["\\$`]/.test(this.#next()) ? this.#take() : next
    }
  }

  /** A dollar sign that stands for itself; what begins with one and is expanded is refused. */
  #dollar(): Bytes {
    if (this.#next() === '(') return refuse('it runs another command ("$(")', 'Write what that prints in its place.')
    const [name] = /^\{?(?:[A-Za-z_]\w{0,99}|[\d@*#?$!-])\}?/.exec(this.#text.slice(this.#at, this.#at + 110)) ?? []
    if (name === undefined) return '$'
    return refuse(`it has the shell variable "$${name}" in it`, 'Write its value in its place.')
  }

  #ansiQuoted(): Bytes {
    let text = ''
    for (;;) {
      const next = this.#take()
      if (next === "'") return text
      if (next === '') return unclosed("$'")
      text += next === '\\' ? this.#escape() : next
    }
  }

  #escape(): Bytes {
    CODE.lastIndex = this.#at
    const [code, octal, hex, short, long] = CODE.exec(this.#text) ?? []
    if (code === undefined) {
      const escaped = this.#take()
      return ESCAPES[escaped] ?? (/["'?\\]/.test(escaped) ? escaped : `\\${escaped}`)
    }
    this.#at += code.length
    const number =
      octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8) & 255
    if (number === 0) return refuse('a word of it has a NUL byte, which no shell can pass on', 'Leave it out.')
    if (octal !== undefined || hex !== undefined) return String.fromCharCode(number)
    return number > 0x10ffff
      ? refuse(`"\\${code}" is no character of Unicode`, 'Write another one.')
      : bytesFromText(String.fromCodePoint(number))
  }

  #until(quote: string): Bytes {
    const end = this.#text.indexOf(quote, this.#at)
    if (end === -1) return unclosed(quote)
    const text = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return text
  }

  #next(): string {
    return this.#text.charAt(this.#at)
  }

  #take(): string {
    return this.#text.charAt(this.#at++)
  }

  #lineEndsBehind(): boolean {
    return /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))
  }

  #skipLineEnd(): void {
    this.#at = this.#text.indexOf('\n', this.#at) + 1
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at)
    return end === -1 ? this.#text.length : end
  }
}

function unclosed(quote: string): never {
  refuse(`the quote ${quote} is not closed`, 'Copy the whole line.')
}

function refuse(fact: string, remedy: string): never {
  throw new CurlError(fact, remedy)
}
