import { expect, test } from 'vitest'
import { DEFAULT_VERSION, rulesOf } from '../../versions.ts'
import { normaliseUri } from './normalise-uri.ts'
import { readTarget } from './read-target.ts'

const RULES = rulesOf(DEFAULT_VERSION)

test.each([
  ['/a/./b//c', '/a/b/c', ''],
  ['/a/b/../c?x=/../y', '/a/c', 'x=/../y'],
  ['/%2e%2e%2fa'.replace('/%2e', '/z/%2e'), '/a', ''],
  ['/a%3Fb?c', '/a?b', 'c'],
  ['/a#b?c', '/a', ''],
  ['/a?b#c', '/a', 'b'],
  ['http://host?x', '/', 'x'],
  ['http://host', '/', ''],
])('%s is %s with arguments "%s"', (target, uri, args) => {
  const read = readTarget('GET', target, RULES)
  expect(read && normaliseUri(read, true)).toMatchObject({ uri, args })
})

test.each(['/..', '/a/../..', '/%2e%2e', '/%', '/%4', '/%zz', '/%00'])('%s is a bad request', (target) => {
  const read = readTarget('GET', target, RULES)
  expect(read && normaliseUri(read, true)).toBeNull()
})

test.each(['a', '*', '', '/a b', '/a\tb', '/a\x7f', 'http:/x', 'http://h_x/'])('"%s" is no target', (target) => {
  expect(readTarget('GET', target, RULES)).toBeNull()
})

test('slashes stay where merge_slashes is off', () => {
  const read = readTarget('GET', '/a//b/../c', RULES)
  expect(read && normaliseUri(read, false)).toMatchObject({ uri: '/a//c' })
})
