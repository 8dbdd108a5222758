import { expect, test } from 'vitest'
import { parsePattern } from './parse-pattern.ts'
import { runProgram } from './pattern-matcher.ts'
import { compileProgram } from './pattern-program.ts'
import { compileRegex } from './regex.ts'
import { toJavaScript } from './to-javascript.ts'

function groupsOf(pattern: string, text: string, caseless = false, pcre2 = true) {
  const result = compileRegex(pattern, caseless, pcre2)
  if (result.kind !== 'ok') return result.kind
  const match = result.regex.exec(text)
  return match === null || match === 'gave-up' ? match : [...match].map((group) => group ?? '')
}

test.each([
  ['\\.php$', '/a.php', ['.php']],
  ['\\.php$', '/a.php\n', ['.php']],
  ['\\.php$', '/a.php\n\n', null],
  ['^/a.b$', '/a\nb', null],
  ['^/a.b$', '/a\rb', ['/a\rb']],
  ['[[:digit:]]x', '/5x', ['5x']],
  ['[]a]', ']', [']']],
  ['(?i)ABC', 'xabc', ['abc']],
  ['a(?i)b|c', 'C', ['C']],
  ['\\s', '\xa0', null],
  ['\\h', '\xa0', ['\xa0']],
  ['(?P<n>a)(?P=n)', 'aa', ['aa', 'a']],
  ['a++a', 'aaa', null],
  ['(?>a|ab)c', 'abc', null],
  ['(?|(a)|(b))', 'b', ['b', 'b']],
  ['(a)?(?(1)b|c)', 'c', ['c', '']],
  ['(a|(b))+', 'ba', ['ba', 'a', 'b']],
  ['(a*)*', 'b', ['', '']],
  ['\\Qa.b\\E+', 'a.bb', ['a.bb']],
  ['(?x) a  b #c', 'ab', ['ab']],
  ['(?m)^b$', 'a\nb\n', ['b']],
  ['(?U)a+', 'aa', ['a']],
  ['a\\Kb', 'ab', ['ab']],
  ['^(\\((?:[^()]|(?1))*\\))$', '(a(b)c)', ['(a(b)c)', '(a(b)c)']],
  ['^(?:a(?R)?b|x)$', 'ab', ['ab']],
  ['(?(DEFINE)(?<octet>25[0-5]|[01]?\\d?\\d))^(?&octet)\\.(?&octet)$', '10.250', ['10.250', '']],
  ['(a|b\\g<1>)c', 'bac', ['bac', 'ba']],
  ['(?<=a|bc)d', 'bcd', ['d']],
])('%j on %j: %j', (pattern, text, groups) => {
  expect(groupsOf(pattern, text)).toEqual(groups)
})

test('only letters of ASCII have a case', () => {
  expect(groupsOf('\xe4', '\xc4', true)).toBeNull()
  expect(groupsOf('[\xe0-\xff]', '\xc4', true)).toBeNull()
  expect(groupsOf('\\x61', 'A', true)).toEqual(['A'])
  expect(groupsOf('(a)\\1', 'aA', true)).toEqual(['aA', 'a'])
})

test.each([
  ['(?C)a', 'it calls the program that uses it ("(?C")'],
  ['(?J)a', 'it lets several groups have one name ("(?J")'],
  ['(*UTF)a', '"(*UTF)" is not translated'],
  ['a(*COMMIT)b', '"(*COMMIT" is not translated'],
  ['\\X', '"\\X" is not translated'],
  ['(?<=a+)b', 'it looks back by a length that differs: PCRE2 takes that since 10.43'],
])('%s is refused by name', (pattern, because) => {
  const result = compileRegex(pattern, false)
  expect(result).toEqual({
    kind: 'unsupported',
    because: `the model does not know what the regular expression "${pattern}" means: ${because}`,
  })
})

test.each(['(', ')', '[a', '*a', 'a\\'])('%s is no pattern', (pattern) => {
  expect(compileRegex(pattern, false).kind).toBe('invalid')
})

test('PCRE 8, before nginx 1.21.5, takes a hyphen behind several characters for itself', () => {
  expect(compileRegex('^[\\w-.]+$', false).kind).toBe('invalid')
  expect(groupsOf('^[\\w-.]+$', 'a-b.c', false, false)).toEqual(['a-b.c'])
  expect(compileRegex('(a)(?1)', false, false).kind).toBe('unsupported')
  expect(compileRegex('(', false, false)).toMatchObject({ because: expect.stringContaining('pcre_compile() failed') })
})

test.each([
  ['^/api/v(\\d+)/(.*)$', ['/api/v1/x/y', '/api/v/x', '/API/v1/x']],
  ['\\.(?:jpe?g|png)(\\?.*)?$', ['/a.jpg', '/a.jpeg?x', '/a.gif']],
  ['^(?!/admin)(.*?)/([^/]+)$', ['/a/b/c', '/admin/x', '']],
  ['(?<!x)y|\\bz', ['xy', 'y', 'az', 'z']],
])('what JavaScript finds by %s is what the matcher finds', (pattern, texts) => {
  const result = parsePattern(pattern, true)
  const native = result.kind === 'ok' ? toJavaScript(result.parsed) : null
  const found = texts.map((text) => native?.compiled.exec(text)?.map(String))
  const program = result.kind === 'ok' ? compileProgram(result.parsed) : null
  const walked = texts.map((text) => {
    const match = program === null ? null : runProgram(program, text)
    return match === null || match === 'gave-up' ? undefined : match.map(String)
  })
  expect(native).not.toBeNull()
  expect(walked).toEqual(found)
})
