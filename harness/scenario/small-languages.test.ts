import { expect, test } from 'vitest'
import { parseDuration } from './duration.ts'
import { parseJsonPath } from './json-path.ts'
import { compilePattern } from './pattern.ts'
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

test.each(['(a+)+', '(a*)*b', '((ab)+c)*', '(?:x{2,}y)+', '(a|b+)*', '^(\\w+\\s?)*$', '(?<n>a+)+?'])(
  'pattern %s is refused',
  (text) => {
    expect(compilePattern(text)).toHaveProperty('problem')
  },
)

test.each(['^a+b*$', '(ab)+', '(foo|bar)+', '[(a+)+]', '\\(a+\\)+', 'token=(\\w+)', '(a+)?', '(a+){2}', '(a+)b+'])(
  'pattern %s is taken',
  (text) => {
    expect(compilePattern(text)).toHaveProperty('pattern')
  },
)

test.each([
  ['GET /a//b/../c%2e?x=1#', '/a//b/../c%2e?x=1#'],
  ['OPTIONS *', '*'],
  ['GET http://flowmaster.example/a', 'http://flowmaster.example/a'],
  ['PURGE /', '/'],
  [`GET \${next}`, `\${next}`],
  [`GET /a/\${id}/b`, `/a/\${id}/b`],
])('request line %s keeps its target byte for byte', (line, target) => {
  expect(parseRequestLine(line)).toHaveProperty('target', target)
})

test('a placeholder is filled where its name is known', () => {
  expect(placeholdersIn(`\${a}-\${b-c}\${1}$\{}`)).toEqual(['a', 'b-c'])
  expect(fillText(`\${a}/\${b}`, new Map([['a', '$&']]))).toBe(`$&/\${b}`)
})
