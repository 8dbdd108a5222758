import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { flowmaster, get } from '../environments/fixtures/flowmaster.ts'
import { simulated } from '../environments/simulated/simulated.ts'
import { maskHeaders, maskText, secretsOf } from './mask.ts'
import { maskSource } from './mask-source.ts'

test.each([
  ['Authorization', 'Bearer abc.def', 'Bearer ***'],
  ['authorization', 'abc', '***'],
  ['Proxy-Authorization', 'Basic dXNlcg==', 'Basic ***'],
  ['X-API-Key', 'abc', '***'],
  ['Cookie', 'a=1; b=2', 'a=***; b=***'],
  ['Set-Cookie', 'sid=abc; Path=/; HttpOnly', 'sid=***; Path=/; HttpOnly'],
  ['Set-Cookie', 'sid=a=b; Domain=a.example; SameSite=Lax; Secure', 'sid=***; Domain=a.example; SameSite=Lax; Secure'],
  ['Set-Cookie', 'path=abc; theme=dark; Max-Age=0;', 'path=***; theme=***; Max-Age=0;'],
  ['Accept', 'text/html', 'text/html'],
])('%s: %s → %s', (name, value, masked) => {
  expect(maskHeaders([[name, value]])).toEqual([[name, masked]])
})

test('a cookie whose value is its name, or empty, is masked too', () => {
  expect(maskHeaders([['Cookie', 'aa=aa; b=; c']])).toEqual([['Cookie', 'aa=***; b=***; ***']])
})

test('a secret of a trace is taken out wherever else it stands', async () => {
  const chain = flowmaster((site) =>
    site.replace('proxy_http', 'add_header Set-Cookie "sid=ghijkl; Path=/"; proxy_http'),
  )
  await using world = await simulated.start(chain, { seed: 1 })
  const headers = [['Authorization', 'Bearer abcdef']] as const
  const trace = await world.request({ ...get('/api/v1/processes'), headers })
  expect(maskText('you sent abcdef, take ghijkl; Bearer abcdef', secretsOf(trace))).toBe('you sent ***, take ***; ***')
})

test.each([
  ['headers: {authorization: Bearer abc, accept: x}', 'headers: {authorization: ****** ***, accept: x}'],
  [
    'headers: {"X-API-Key": "a, b", cookie: [a=1, b=2], z: y}',
    'headers: {"X-API-Key": "*, *", cookie: [a=*, b=*], z: y}',
  ],
  ['  authorization: Digest a=1, b=2', '  authorization: ****** ***, ***'],
  ['Set-Cookie: {contains: sid}', 'Set-Cookie: {contains: ***}'],
  ['Set-Cookie: {some: {contains: "sid=1; Path=/"}}', 'Set-Cookie: {some: {contains: "sid=*; Path=/"}}'],
  ['Set-Cookie: {matches: "Path=/x; HttpOnly$"}', 'Set-Cookie: {matches: "Path=/x; HttpOnly$"}'],
  ['headers: {authorization:\n  Bearer abc,\n  accept: x}', 'headers: {authorization:\n  ****** ***,\n  accept: x}'],
  ['cookie:\n  - a=1\n  - "b=2; c=3"\naccept: x', 'cookie:\n  - a=*\n  - "b=*; c=*"\naccept: x'],
  ['x-api-key: |\n  abc\n  def\naccept: x', 'x-api-key: *\n  ***\n  ***\naccept: x'],
  ['key: &key abc\nheaders: {x-api-key: *key, accept: x}', 'key: &key ***\nheaders: {x-api-key: *key, accept: x}'],
  ['# Cookie: sid=abc; a=b', '# Cookie: sid=***; a=*'],
  [`body: '{"authorization": "Bearer abc", "n": 1}'`, `body: '{"authorization": "****** ***", "n": 1}'`],
  ['text: |\n  set: {X-API-Key: abc}\n  n: 1', 'text: |\n  set: {X-API-Key: ***}\n  n: 1'],
  ['accept: x', 'accept: x'],
])('%s is quoted as %s', (line, quoted) => {
  expect(maskSource(new Source('a.yaml', `a: 1\n${line}\nb: 2\n`)).text).toBe(`a: 1\n${quoted}\nb: 2\n`)
})

test('a long file is masked in no time', () => {
  const headers = Array.from({ length: 20_000 }, (_, index) => `{set-cookie: 'sid=${index}; Path=/x'}`).join(', ')
  const comment = `# ${'{authorization: "cookie:[x-api-key: '.repeat(20_000)}`
  const masked = maskSource(new Source('a.yaml', `a: [${headers}]\n${comment}\n`)).text
  expect(masked).toMatch(/^a: \[\{set-cookie: 'sid=\*; Path=\/x'\}, /)
  expect(masked).not.toMatch(/sid=\d/)
})
