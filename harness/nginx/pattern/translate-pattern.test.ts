import { expect, test } from 'vitest'
import { compileRegex } from './regex.ts'

test.each([
  ['\\.php$', '/a.php', true],
  ['\\.php$', '/a.php\n', true],
  ['\\.php$', '/a.php\n\n', false],
  ['^/a.b$', '/a\nb', false],
  ['^/a.b$', '/a\rb', true],
  ['[[:digit:]]x', '/5x', true],
  ['[]a]', ']', true],
  ['(?i)ABC', 'xabc', true],
  ['\\s', '\xa0', false],
  ['(?P<n>a)', 'a', true],
])('%j on %j: %s', (pattern, subject, matches) => {
  const result = compileRegex(pattern, false)
  expect(result.kind === 'ok' && result.regex.compiled.test(subject)).toBe(matches)
})

test.each(['a++', '(?>a)', '(?R)', '\\1', '\\K', '(a|(b))+', '(?x)a', '(?(1)a)', '(*UTF8)a', '\\p{L}'])(
  '%s may mean something else in JavaScript: it is refused',
  (pattern) => {
    expect(compileRegex(pattern, false).kind).toBe('unsupported')
  },
)

test('bytes over 127 are not matched without case', () => {
  expect(compileRegex('\xe4', true).kind).toBe('unsupported')
  expect(compileRegex('\xe4', false).kind).toBe('ok')
})

test.each(['(', ')', '[a', '*a', 'a\\'])('%s is no pattern', (pattern) => {
  expect(compileRegex(pattern, false).kind).toBe('invalid')
})
