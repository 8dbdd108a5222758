import { expect, test } from 'vitest'
import { parsePattern } from './parse-pattern.ts'
import { compileRegex } from './regex.ts'
import { toJavaScript } from './to-javascript.ts'

function maxBytesOf(pattern: string): number | null {
  const result = parsePattern(pattern, false)
  return result.kind === 'ok' ? (toJavaScript(result.parsed)?.maxBytes ?? null) : null
}

test.each([
  ['(a|a)*c', 'aab'],
  ['(?:a+)+$', 'aab'],
  ['(?:x*)*y', 'xxz'],
  ['(?:a?){30}b', 'aac'],
  ['(?:\\w|\\d)*x', '11-'],
  ['(?:a|ab)*c', 'aba'],
  ['(?:[a-z]+-?)+$', 'aa!'],
  ['((a*)b?)+x', 'aab'],
])('%s may take exponentially long: its steps are counted, and it gives up', (pattern, text) => {
  const result = compileRegex(pattern, false)
  const regex = result.kind === 'ok' ? result.regex : null
  expect(maxBytesOf(pattern)).toBeNull()
  expect(regex?.exec(text)).toBeNull()
  expect(regex?.exec(text.charAt(0).repeat(5000) + text.charAt(2))).toBe('gave-up')
})

test.each([
  ['^/(?:[^/]+/)*end$', 1],
  ['^(?:/[^/]+)*$', 2],
  ['^(?:\\d{1,3}\\.){3}\\d{1,3}$', 0],
  ['^/api/v\\d+(/.*)?$', 2],
  ['\\.(?:jpg|png|gif)$', 0],
  ['^/([^/]+)/([^/]+)/(.*)$', 1],
  ['^/(\\w+)/?(.*)$', 2],
  ['(.*)(.*)(.*)x', 3],
  ['^/(?<first>[^/]*)/?', 1],
])('%s is of degree %i', (pattern, degree) => {
  expect(maxBytesOf(pattern)).toBe(degree < 2 ? Number.POSITIVE_INFINITY : Math.floor(1e8 ** (1 / degree)))
})
