import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'
import { parseJsonPath } from './json-path.ts'
import { compilePattern, PatternBudgetError } from './pattern.ts'
import { fillText, placeholdersIn } from './placeholders.ts'
import { parseRequestLine } from './request-line.ts'

test.each([
  ['500ms', 500],
  ['5s', 5000],
  ['1.5s', 1500],
  ['1m', 60_000],
  ['1440m', 86_400_000],
  ['1441m', null],
  ['5', null],
  ['5 s', null],
  ['-1s', null],
  ['1h', null],
  ['', null],
])('duration %j is %j ms', (text, durationMs) => {
  expect(parseDuration(text)).toBe(durationMs)
})

test.each([
  ['$', []],
  ['$.a', ['a']],
  ['$.items[0].id', ['items', 0, 'id']],
  [`$['odd name']["b"]`, ['odd name', 'b']],
  ['$[2]', [2]],
  ['items', null],
  ['$.', null],
  ['$..a', null],
  ['$.a[*]', null],
  ['$.a b', null],
  ['$[-1]', null],
])('JSON path %s is %j', (text, steps) => {
  expect(parseJsonPath(text)).toEqual(steps)
})

test.each([
  ['(?<!a', 'invalid named capture'],
  ['(', 'missing closing )'],
  ['a{2,1}', 'invalid repeat count'],
  ['a'.repeat(1001), 'at most 1000 characters'],
])('pattern %s is refused: %s', (text, because) => {
  expect(compilePattern(text)).toHaveProperty('problem', expect.stringContaining(because))
})

test.each([
  ['^a+b*$', 'aab', 'aab'],
  ['[(a+)+]', '+', '+'],
  ['\\(a+\\)', 'f(aa)', '(aa)'],
  ['^/a\\/b$', '/a/b', '/a/b'],
  ['(?i)ABC', 'xabc', 'abc'],
  ['caf\\x{e9}', 'café', 'café'],
  ['(?s)a.b', 'a\nb', 'a\nb'],
  ['b$', 'b\n', null],
  ['^(?!a)\\w+', 'bc', 'bc'],
  ['^(?!a)\\w+', 'ac', null],
  ['(a|b)\\1', 'abba', 'bb'],
  ['caf\\u00e9', 'café', 'café'],
])('pattern %s in %j finds %j', (text, subject, found) => {
  const result = compilePattern(text)
  if ('problem' in result) throw new Error(result.problem)
  expect(result.pattern.exec(subject)?.[0] ?? null).toBe(found)
  expect(result.pattern.test(subject)).toBe(found !== null)
  expect(result.pattern.source).toBe(text)
})

test('of the groups of a pattern each is what it matched, or undefined', () => {
  const result = compilePattern('(?<key>\\w+)=(?:(\\d+)|(\\w+))')
  if ('problem' in result) throw new Error(result.problem)
  expect([...(result.pattern.exec('a b=c') ?? [])]).toEqual(['b=c', 'b', undefined, 'c'])
})

/** Each can split a text of `a` in exponentially many ways, or in ever more of a power. */
test.each([
  '^(a|a)*$',
  '^(a|aa)+$',
  '^(a+)+$',
  '^(a*)*$',
  '^(a|b|ab|a+)*$',
  '^(.*a){20}$',
  '^(?:a?){50}a{50}$',
  '^(\\w+\\s?)*$',
  '^((a+)(a+))+$',
  '^a*a*a*a*a*a*$',
])('pattern %s comes to an end', (text) => {
  const result = compilePattern(text)
  if ('problem' in result) throw new Error(result.problem)
  expect(result.pattern.test(`${'a'.repeat(20_000)}!`)).toBe(false)
})

test('a pattern that only JavaScript knows is stopped', () => {
  const result = compilePattern('^(?=a)(a|a)*$')
  if ('problem' in result) throw new Error(result.problem)
  expect(result.pattern.test('a'.repeat(20))).toBe(true)
  expect(() => result.pattern.exec(`${'a'.repeat(50)}!`)).toThrow(PatternBudgetError)
})

test.each([
  ['GET /a//b/../c%2e?x=1#', '/a//b/../c%2e?x=1#'],
  ['OPTIONS *', '*'],
  ['GET http://flowmaster.example/a', 'http://flowmaster.example/a'],
  ['PURGE /', '/'],
  [`GET \${next}`, `\${next}`],
  [`GET /a/\${id}/b`, `/a/\${id}/b`],
])('request line %s keeps its target byte for byte', (line, target) => {
  expect(parseRequestLine(line)).toHaveProperty('url', target)
})

test('a placeholder is filled where its name is known', () => {
  expect(placeholdersIn(`\${a}-\${b-c}\${1}$\{}`)).toEqual(['a', 'b-c'])
  expect(fillText(`\${a}/\${b}`, new Map([['a', '$&']]))).toBe(`$&/\${b}`)
})
