import { expect, test } from 'vitest'
import { maskLog } from './mask-log.ts'

test.each([
  ['Authorization: Bearer abc', 'Authorization: Bearer ***'],
  ['http proxy header: "Cookie: sid=abc; a=b"', 'http proxy header: "Cookie: sid=***; a=***"'],
  ['password: "abc"', 'password: ***'],
  ['{"msg":"got authorization: Bearer abc","n":1}', '{"msg":"got authorization: Bearer ***","n":1}'],
  ['{"msg":"password: \\"abc\\"","n":1}', '{"msg":"password: ***","n":1}'],
  ['{"password": "abc", "n": 1}', '{"password": "***", "n": 1}'],
  ['  password: abc\n  user: me', '  password: ***\n  user: me'],
  ['    proxy_set_header X-Api-Key abc;', '    proxy_set_header X-Api-Key ***'],
  ['    proxy_set_header Host $host;', '    proxy_set_header Host $host;'],
  ['GET /x?token=abc&n=1 HTTP/1.1', 'GET /x?token=***&n=1 HTTP/1.1'],
  ['{"access_token":"abc","n":1}', '{"access_token":"***","n":1}'],
  ['10:15:00 pod api-gateway: Pulled image', '10:15:00 pod api-gateway: Pulled image'],
])('%s → %s', (text, masked) => {
  expect(maskLog(text, [])).toBe(masked)
})

test('a known value is masked wherever it stands', () => {
  expect(maskLog('got s3cret-1 twice: s3cret-1', ['s3cret-1'])).toBe('got *** twice: ***')
})

// Quadratic, each of these would take minutes.
test.each(['a', 'a: ', 'a_header ', 'set_header a ', ': ', ' '])('a long log of %j takes no time', (piece) => {
  expect(maskLog(piece.repeat(1_000_000 / piece.length), []).length).toBeGreaterThan(0)
})
