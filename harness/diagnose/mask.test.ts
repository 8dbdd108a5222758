import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { flow } from '../runner/fixtures/flow.ts'
import { maskHeaders, maskSource, maskText, secretsOf } from './mask.ts'

test.each([
  ['Authorization', 'Bearer abc.def', 'Bearer ***'],
  ['authorization', 'abc', '***'],
  ['Proxy-Authorization', 'Basic dXNlcg==', 'Basic ***'],
  ['X-API-Key', 'abc', '***'],
  ['Cookie', 'a=1; b=2', 'a=***; b=***'],
  ['Set-Cookie', 'sid=abc; Path=/; HttpOnly', 'sid=***; Path=/; HttpOnly'],
  ['Accept', 'text/html', 'text/html'],
])('%s: %s → %s', (name, value, masked) => {
  expect(maskHeaders([[name, value]])).toEqual([[name, masked]])
})

test('a cookie whose value is its name, or empty, is masked too', () => {
  expect(maskHeaders([['Cookie', 'aa=aa; b=; c']])).toEqual([['Cookie', 'aa=***; b=***; ***']])
})

test('a secret of a trace is taken out wherever else it stands', () => {
  const trace = flow({
    headers: [['Authorization', 'Bearer abcdef']],
    answerHeaders: [['Set-Cookie', 'sid=ghijkl; Path=/']],
  })
  expect(maskText('you sent abcdef, take ghijkl; Bearer abcdef', secretsOf(trace))).toBe('you sent ***, take ***; ***')
})

test.each([
  ['headers: {authorization: Bearer abc, accept: x}', 'headers: {authorization: ****** ***, accept: x}'],
  [
    'headers: {"X-API-Key": "a, b", cookie: [a=1, b=2], z: y}',
    'headers: {"X-API-Key": "*, *", cookie: [***, ***], z: y}',
  ],
  ['  authorization: Digest a=1, b=2', '  authorization: ****** ***, ***'],
  ['Set-Cookie: {contains: sid}', 'Set-Cookie: {********* ***}'],
  ['accept: x', 'accept: x'],
])('%s is quoted as %s', (line, quoted) => {
  expect(maskSource(new Source('a.yaml', `a: 1\n${line}\nb: 2\n`)).text).toBe(`a: 1\n${quoted}\nb: 2\n`)
})

test('a long file is masked in no time', () => {
  const long = `{${'authorization: '.repeat(50_000)}`
  expect(maskSource(new Source('a.yaml', long)).text).toHaveLength(long.length)
})
