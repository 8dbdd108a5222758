import { describe, expect, test } from 'vitest'
import { describeTier } from '../../vitest/describe-tier.ts'
import { judge } from '../conformance/nginx-judge.ts'
import { compileRegex } from './regex.ts'

/** Patterns that PCRE refuses, as people come to write them. */
const WRONG: Readonly<Record<string, readonly string[]>> = {
  'a range that begins or ends with several characters': [
    '[\\w-.]',
    '[\\w-z]',
    '[\\d-x]',
    '[a-\\d]',
    '[[:alpha:]-z]',
    '[a-[:digit:]]',
    '[\\d-[:alpha:]]',
  ],
  'a range from high to low': ['[z-a]', '[9-0]', '[\\x41-\\x20]', '[.-%]', '[a-\\x20]', '[_-\\.]'],
  'classes that are none': ['[[:foo:]]', '[[.a.]]', '[[=a=]]', '[', '[a', '[^', '[]', '[a-', '[[:alpha:]'],
  'counts beyond the limit': ['a{65536}', 'x{1,70000}', 'a{70000,}', 'a{99999999999}', '[ab]{0,65536}', 'a{5,1}'],
  'a quantifier with nothing to repeat': [
    'a|*b',
    '+',
    '?',
    '|+',
    '(*)',
    '(+a)',
    'a**',
    'a{2}{3}',
    'a???',
    '^*',
    '$+',
    '\\b*',
    '{2}',
  ],
  'escapes that mean nothing': ['\\q', '\\y', '\\u0041', '\\L', '[\\q]', '[\\u]', '[\\B]', '[\\A]', '[\\N]', '\\i'],
  'names of groups': [
    '(?<>x)',
    '(?<1a>x)',
    '(?<a-b>x)',
    '(?<a',
    '(?P<a b>x)',
    "(?'a>x)",
    '(?<a>x)(?<a>y)',
    `(?<${'n'.repeat(33)}>x)`,
  ],
  'groups without an end or a beginning': ['(', 'a)', '((a)', '(?:a', '(?#c', '(?=', '(?z)a', '(?az)b'],
}

/** Patterns that look as if they were wrong, and are not. */
const RIGHT = [
  '[\\w-]',
  '[\\w\\-.]',
  '[-.\\w]',
  '[a-z-9]',
  '[+--]',
  '[[:alpha:]-]',
  '[%-\\.]',
  '[]a]',
  '[^]a]',
  '[[a]',
  '[\\x41-Z]',
  '[\\t-\\r]',
  'a{65535}',
  'a{1,65535}',
  'a{,3}',
  'a{',
  'a{x}',
  '(a{1000}){10}',
  '(?#c)a',
  `(?<${'n'.repeat(32)}>x)`,
  'x]',
  '|',
  '',
  '\\-\\_\\/',
]

await describeTier('nginx', 'patterns, judged by the real nginx', () => {
  describe.each(Object.entries(WRONG))('%s', (_, patterns) => {
    test.each(patterns)('%s', (pattern) => {
      const result = compileRegex(pattern, false)
      expect(result.kind === 'invalid' ? result.because : result.kind).toBe(complaintOf(pattern))
    })
  })

  test.each(RIGHT)('%s is right', (pattern) => {
    expect({ nginx: complaintOf(pattern), model: compileRegex(pattern, false).kind }).toEqual({
      nginx: null,
      model: 'ok',
    })
  })

  test('a group repeated so often that PCRE runs out of space is left to the real nginx', () => {
    expect(complaintOf('(abcdefgh){65535}')).toContain('too large')
    expect(compileRegex('(abcdefgh){65535}', false).kind).toBe('unsupported')
    expect(complaintOf('((abcd){200}){200}')).toContain('too large')
    expect(compileRegex('((abcd){200}){200}', false).kind).toBe('unsupported')
  })
})

/** What `nginx -t` says of a pattern; null where it takes it. */
function complaintOf(pattern: string): string | null {
  const quoted = `"~${pattern.replaceAll('"', '\\"')}"`
  return judge(`map $uri $x { ${quoted} 1; }`)?.message ?? null
}
