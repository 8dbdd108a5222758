import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Source } from '../../diagnostics/source.ts'
import { loadSiteFile } from '../load-site-file.ts'
import { MAX_DEPTH, parseSite } from './parser.ts'
import type { Directive } from './syntax.ts'

/** A directive as nested lists: name, arguments, and the block where there is one. */
type Plain = readonly [words: readonly string[], block: readonly Plain[] | null]

function plain(directives: readonly Directive[]): Plain[] {
  return directives.map(({ name, args, block }) => [
    [name, ...args].map(({ text }) => text),
    block === null ? null : plain(block),
  ])
}

function parse(text: string) {
  const { directives, diagnostics } = parseSite(new Source('site', text))
  return {
    directives: plain(directives),
    problems: diagnostics.map(({ message, span }) => `${span.line}:${span.column} ${message}`),
  }
}

describe('a block of Lua', () => {
  test.for([
    ['ngx.say("}") '],
    ["local t = {a = {'\\'}'}} "],
    ['-- it is } not\n'],
    ['--[==[ } ]] } ]==] '],
    ['x = [[ } ]] .. [=[ ]] } ]=] '],
    [''],
  ])('%j is left to Lua', ([lua]) => {
    expect(parse(`a; content_by_lua_block {${lua}} b;`)).toEqual({
      directives: [
        [['a'], null],
        [['content_by_lua_block'], null],
        [['b'], null],
      ],
      problems: [],
    })
  })

  test.for(['{', '"}', '[[ }', '--[[ } '])('%j is never closed', (lua) => {
    expect(parse(`a_by_lua_block {${lua}`).problems).toHaveLength(1)
  })
})

describe('words', () => {
  test.for([
    ['a b\tc\r\n d;', ['a', 'b', 'c', 'd']],
    [`a "b c" 'd;e{f}#g';`, ['a', 'b c', 'd;e{f}#g']],
    [String.raw`a "\"\'\\\t\r\n\d\." 'it\'s' b\;c\ d;`, ['a', '"\'\\\t\r\n\\d\\.', "it's", 'b\\;c\\ d']],
    ['a b#c d}e; # f;', ['a', 'b#c', 'd}e']],
    [`a \${b}c{`, ['a', `\${b}c`]],
    [`a \${b;`, ['a', `\${b`]],
    ['a "";', ['a', '']],
    ['if ($a = "b") {', ['if', '($a', '=', 'b', ')']],
  ] as const)('%j', ([text, words]) => {
    expect(parse(text.endsWith('{') ? `${text}}` : text)).toEqual({
      directives: [[words, text.endsWith('{') ? [] : null]],
      problems: [],
    })
  })

  test('spans cover the word as written, quotes included; a directive ends with its first line', () => {
    const source = new Source('site', '\n  return 200\n  "a \\" b";')
    const [directive] = parseSite(source).directives
    expect(directive?.args[1]?.span).toEqual({ file: 'site', line: 3, column: 3, length: 8 })
    expect(directive?.span).toEqual({ file: 'site', line: 2, column: 3, length: 10 })
  })
})

describe('problems', () => {
  test.for([
    ['server {\n  listen 80;\n', ['2:12 unexpected end of file, expecting "}"']],
    ['server {\n  listen 80\n}\n', ['3:1 unexpected "}"']],
    ['server { listen 80; }\n}', ['2:1 unexpected "}"']],
    ['a "b"c;', ['1:6 unexpected "c"']],
    ['a "b;\nc;', ['2:2 unexpected end of file, expecting ";" or "}"']],
    [`a ${'b'.repeat(5000)};`, ['1:3 too long parameter "bbbbbbbbbb..." started']],
    [
      'a; ;\n{ b; }\nc d } e',
      [
        '1:4 unexpected ";"',
        '2:1 unexpected "{"',
        '3:5 unexpected "}"',
        '3:5 unexpected "}"',
        '3:7 unexpected end of file, expecting ";" or "}"',
      ],
    ],
  ] as const)('%j', ([text, problems]) => {
    expect(parse(text).problems).toEqual(problems)
  })

  test('the block or the quote that is never closed is named', () => {
    const hints = (text: string) => parseSite(new Source('site', text)).diagnostics.map(({ hint }) => hint)
    expect(hints('server {\n location / {\n')).toEqual(['The block of "location" opened on line 2 is never closed.'])
    expect(hints('server_name "a;\n}')).toEqual(['The " opened on line 1 is never closed.'])
    expect(hints('server { listen 80\n}')).toEqual(['Is a ";" missing behind "80"?'])
  })

  test.for(['}', ';', '{', ' a}', '"a"a;', 'bad;'])('reading ends behind so many problems: %s', (piece) => {
    const { diagnostics } = loadSiteFile(new Source('site', piece.repeat(200_000)), new Map())
    expect(diagnostics.length).toBeGreaterThan(0)
    expect(diagnostics.length).toBeLessThan(300)
  })

  test('a depth that no file needs is refused, and the deepest allowed is read', () => {
    const nested = (depth: number) => 'a {'.repeat(depth) + '}'.repeat(depth)
    expect(parse(nested(MAX_DEPTH)).problems).toEqual([])
    expect(parse(nested(100_000)).problems).toEqual([`1:${3 * MAX_DEPTH + 1} blocks nest deeper than ${MAX_DEPTH}`])
  })
})

const word = fc.oneof(
  fc.stringMatching(/^[a-z0-9_/.:$~^=-]{1,12}$/),
  fc.string({ minLength: 0, maxLength: 12, unit: 'grapheme' }),
)
const tree = fc.letrec<{ block: Plain[]; directive: Plain }>((tie) => ({
  block: fc.array(tie('directive'), { maxLength: 4 }),
  directive: fc.tuple(
    fc.array(word, { minLength: 1, maxLength: 4 }),
    fc.oneof({ maxDepth: 4 }, fc.constant(null), tie('block')),
  ),
}))

/** Writes a word so that nginx reads it back: quoted where it must be. */
function printWord(text: string): string {
  if (/^[a-z0-9_/.:~^=-]+$/.test(text)) return text
  return `"${text.replace(/\\(?=["'\\trn]|$)|"/g, '\\$&')}"`
}

function print([words, block]: Plain): string {
  const head = words.map(printWord).join(' ')
  return block === null ? `${head};\n` : `${head} {\n${block.map(print).join('')}}\n`
}

test('what is printed is read back', () => {
  fc.assert(
    fc.property(tree.block, (block) => {
      const text = block.map(print).join('')
      expect(parse(text)).toEqual({ directives: block, problems: [] })
    }),
  )
})

const soup = fc.array(
  fc.oneof(
    fc.constantFrom(
      'server',
      'location',
      '/',
      'if',
      '($a',
      'include',
      'map',
      '$uri',
      'proxy_pass',
      'http://10.0.0.1',
      'gzip',
      'on',
      'é',
    ),
    fc.constantFrom(' ', '\n', '\r\n', ';', '{', '}', '"', "'", '\\', '#', '$', '${', '\0', '\uFEFF', '*', '[', ')'),
    fc.string({ maxLength: 4 }),
  ),
  { maxLength: 60 },
)

test('any text gives a site or problems with a place inside of it, and never throws', () => {
  fc.assert(
    fc.property(soup, soup, (pieces, included) => {
      const sources = [new Source('site', pieces.join('')), new Source('http://10.0.0.1', included.join(''))] as const
      const { site, diagnostics } = loadSiteFile(sources[0], new Map([['http://10.0.0.1', sources[1]]]))
      expect(site === null).toBe(diagnostics.some(({ severity }) => severity === 'error'))
      for (const { span, source } of diagnostics) {
        expect(span.column).toBeGreaterThan(0)
        expect(span.column).toBeLessThanOrEqual((source?.lineText(span.line) ?? '').length + 2)
      }
    }),
  )
})
