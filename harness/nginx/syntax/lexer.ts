import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Source } from '../../diagnostics/source.ts'
import type { Span } from '../../diagnostics/span.ts'
import { endOfLuaBlock, holdsLua } from './lua-block.ts'
import type { Word } from './syntax.ts'

/** What nginx reads in one go: the words up to a `;` or a `{`, the `}` of a block, or the end of the file. */
export type Statement =
  | ({ readonly kind: 'simple' } & Words)
  | ({ readonly kind: 'block-start' } & Words)
  | { readonly kind: 'block-end'; readonly span: Span }
  | { readonly kind: 'end' }

/** The words of a statement: its name, then its arguments. */
export interface Words {
  readonly name: Word
  readonly args: readonly Word[]
}

/** Reads the next statement; after `end` it keeps giving `end`. */
export type Lexer = () => Statement

/** nginx reads through a buffer of this many bytes, which no word and no comment may fill (NGX_CONF_BUFFER). */
const BUFFER_BYTES = 4096

/** Behind so many problems a file is not read on: nobody reads more, and they may be as many as its characters. */
export const MAX_PROBLEMS = 100

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const DOUBLE_QUOTE = 34
const SHARP = 35
const DOLLAR = 36
const SINGLE_QUOTE = 39
const CLOSE_PARENTHESIS = 41
const SEMICOLON = 59
const BACKSLASH = 92
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/**
 * Cuts a configuration text into statements exactly as `ngx_conf_read_token` of nginx 1.22 does. A problem goes into
 * `diagnostics` in nginx's words, and reading goes on behind it, so that one run shows them all.
 */
export function createLexer(source: Source, diagnostics: Diagnostic[]): Lexer {
  const text = source.content
  let position = 0

  function report(code: string, message: string, offset: number, hint?: string): void {
    if (diagnostics.length >= MAX_PROBLEMS) {
      position = text.length
      return
    }
    const span = source.contentSpanAt(offset, 1)
    diagnostics.push({ code, severity: 'error', message, span, source, ...(hint === undefined ? {} : { hint }) })
  }

  function unexpected(offset: number, hint?: string): void {
    const character = String.fromCodePoint(text.codePointAt(offset) ?? 0)
    report('E_NGINX_UNEXPECTED', `unexpected "${character}"`, offset, hint)
  }

  /** Moves to the next character that is neither blank nor part of a comment. */
  function skipBlanks(): void {
    while (position < text.length) {
      const code = text.charCodeAt(position)
      if (code === SHARP) skipComment()
      else if (isBlank(code)) position++
      else return
    }
  }

  function skipComment(): void {
    const start = position
    const end = text.indexOf('\n', start)
    position = end === -1 ? text.length : end
    checkLength(start, position, null)
  }

  /** A quoted word: up to the same quote, a backslash shielding the character behind it. */
  function readQuoted(quote: number): Word | null {
    const start = position
    position++
    while (position < text.length && text.charCodeAt(position) !== quote) {
      position += text.charCodeAt(position) === BACKSLASH ? 2 : 1
    }
    const closed = position < text.length
    position++
    checkLength(start + 1, isBlank(text.charCodeAt(position)) ? position + 1 : position, text[start] ?? null)
    if (!closed) return null
    return word(start, start + 1, position - 1)
  }

  /** A bare word: up to a blank, `;` or `{`; the brace of `${name}` belongs to the word. */
  function readBare(): Word | null {
    const start = position
    let afterDollar = false
    while (position < text.length) {
      const code = text.charCodeAt(position)
      if (isBlank(code) || code === SEMICOLON || (code === OPEN_BRACE && !afterDollar)) {
        checkLength(start, isBlank(code) ? position + 1 : position, null)
        return word(start, start, position)
      }
      afterDollar = code === DOLLAR || (code === OPEN_BRACE && afterDollar)
      position += code === BACKSLASH ? 2 : 1
    }
    checkLength(start, position, null)
    return null
  }

  /** The word whose raw text, quotes left out, is [from, to); `start` is where its span begins. */
  function word(start: number, from: number, to: number): Word {
    const quoted = start !== from
    return {
      text: resolveEscapes(text.slice(from, to)),
      quoted,
      span: source.contentSpanAt(start, quoted ? to + 1 - start : to - start),
    }
  }

  /** nginx gives up where [start, end) fills its buffer and more of the file follows. `quote` is the word's, null for a bare one. */
  function checkLength(start: number, end: number, quote: string | null): void {
    const read = Math.min(end, text.length - 1)
    if ((read - start) * 3 < BUFFER_BYTES || Buffer.byteLength(text.slice(start, read)) < BUFFER_BYTES) return
    const message =
      quote === null
        ? `too long parameter "${text.slice(start, start + 10)}..." started`
        : `too long parameter, probably missing terminating "${quote}" character`
    report('E_NGINX_TOO_LONG', message, start, `nginx takes at most ${BUFFER_BYTES - 1} bytes here.`)
  }

  /** Behind a closing quote nginx wants a blank, `;`, `{` or the `)` of an `if`. */
  function checkAfterQuote(): void {
    if (position >= text.length) return
    const code = text.charCodeAt(position)
    if (isBlank(code) || code === SEMICOLON || code === OPEN_BRACE || code === CLOSE_PARENTHESIS) return
    unexpected(position, 'A quoted parameter must be followed by a space or ";".')
  }

  /** The module of Lua reads its blocks itself: what stands in one is none of nginx's words. */
  function luaBlock(name: Word, args: readonly Word[]): Statement {
    const end = endOfLuaBlock(text, position)
    if (end === null) return endOfFile(name, null)
    position = end
    return { kind: 'simple', name, args }
  }

  /** `open` is where a word starts that never ends; null where the end came between words. */
  function endOfFile(name: Word | null, open: number | null): Statement {
    position = text.length
    if (name !== null || open !== null) {
      const hint = endHint(source, name, open)
      report('E_NGINX_END_OF_FILE', 'unexpected end of file, expecting ";" or "}"', lastOffset(text), hint)
    }
    return { kind: 'end' }
  }

  return function next(): Statement {
    let name: Word | null = null
    const args: Word[] = []
    for (;;) {
      skipBlanks()
      const start = position
      if (start >= text.length) return endOfFile(name, null)
      const code = text.charCodeAt(start)

      if (code === SEMICOLON || code === OPEN_BRACE) {
        position++
        if (name !== null && code === OPEN_BRACE && holdsLua(name.text)) return luaBlock(name, args)
        if (name !== null) return { kind: code === SEMICOLON ? 'simple' : 'block-start', name, args }
        unexpected(start)
        if (code === OPEN_BRACE) return { kind: 'block-start', name: word(start, start, start + 1), args }
        continue
      }
      if (code === CLOSE_BRACE) {
        if (name !== null) {
          unexpected(start, `Is a ";" missing behind "${(args.at(-1) ?? name).text}"?`)
          return { kind: 'simple', name, args }
        }
        position++
        return { kind: 'block-end', span: source.contentSpanAt(start, 1) }
      }

      const quoted = code === DOUBLE_QUOTE || code === SINGLE_QUOTE
      const read = quoted ? readQuoted(code) : readBare()
      if (read === null) return endOfFile(name, start)
      if (name === null) name = read
      else args.push(read)
      if (quoted) checkAfterQuote()
    }
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === LF || code === CR
}

/** `\"`, `\'`, `\\`, `\t`, `\r` and `\n` are resolved; any other backslash stays, as regular expressions need it. */
function resolveEscapes(raw: string): string {
  if (!raw.includes('\\')) return raw
  return raw.replace(/\\(["'\\trn])/g, (_, character: string) => ESCAPES[character] ?? character)
}

const ESCAPES: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n' }

/** Where the text ends as people see it: its last character that is not a line break. */
function lastOffset(text: string): number {
  let at = text.length - 1
  while (at > 0 && (text.charCodeAt(at) === LF || text.charCodeAt(at) === CR)) at--
  return Math.max(0, at)
}

function endHint(source: Source, name: Word | null, open: number | null): string {
  const quote = open === null ? undefined : source.content[open]
  if (open !== null && (quote === '"' || quote === "'")) {
    return `The ${quote} opened on line ${source.contentSpanAt(open, 1).line} is never closed.`
  }
  return name === null ? 'Is a ";" missing?' : `Is a ";" missing behind "${name.text}" on line ${name.span.line}?`
}
