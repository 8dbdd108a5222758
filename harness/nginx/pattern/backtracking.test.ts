import { expect, test } from 'vitest'
import { compileRegex } from './regex.ts'

test.each([
  '(a|a)*c',
  '(?:a+)+$',
  '(?:x*)*y',
  '(?:a?){30}b',
  '(?:\\w|\\d)*x',
  '(?:a|ab)*c',
  '(?:[a-z]+-?)+$',
  '((a*)b?)+',
])('%s may take exponentially long and is refused', (pattern) => {
  expect(compileRegex(pattern, false).kind).toBe('unsupported')
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
  const result = compileRegex(pattern, false)
  const maxBytes = result.kind === 'ok' ? result.regex.maxBytes : null
  expect(maxBytes).toBe(degree < 2 ? Number.POSITIVE_INFINITY : Math.floor(1e8 ** (1 / degree)))
})
