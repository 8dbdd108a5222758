import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBackend, TestGateway } from './testing/test-gateway.ts'

let backend: TestBackend
let gateway: TestGateway

beforeAll(async () => {
  backend = await TestBackend.start()
  gateway = await TestGateway.start({ routes: '- {path: /v1/a/*, target: BACKEND, rewrite: /a/$1}' }, backend.port)
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

const ask = (line: string, headers = 'Host: h') => gateway.raw(`${line}\r\n${headers}\r\nConnection: close\r\n\r\n`)

test.each([
  '..;',
  '..;x=1/b',
  'a/.;/b',
  '..%3b',
  '%2e%2e%253B/b',
  '%%32%65%%32%65/b',
  '%25%32%65%25%32%65',
  '%c0%ae%c0%ae/b',
  '%c0%ae./b',
  '%e0%80%ae%e0%80%ae',
  '%f0%80%80%ae.',
  '%f8%80%80%80%ae.',
  '%25c0%25ae./b',
  'a%c0%af..',
  'a%c1%9c..%c1%9cb',
  '%c0%a52e%c0%a52e',
  'a%c0%80b',
  'a%2500b',
])('the path /v1/a/%s is refused, however it hides what it means', async (path) => {
  const count = backend.received.length
  expect(await ask(`GET /v1/a/${path} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 400 /)
  expect(backend.received).toHaveLength(count)
})

test.each([
  '...;x',
  'a..;b',
  ';..',
  '%c0%c0',
  'caf%e9',
  '%c3%a4',
  '%e2%82%ac..',
  '%c1%81',
  '%ae%ae',
  '%252541',
  'a;v=1/b',
])('the path /v1/a/%s means nothing else and goes on byte for byte', async (path) => {
  expect(await ask(`GET /v1/a/${path} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 200 /)
  expect(backend.received.at(-1)?.target).toBe(`/a/${path}`)
})

test.each([
  'h@evil',
  'user:secret@h',
  'a b',
  'h/../x',
  'h,evil',
  'h\tx',
  'h?x',
  'h#x',
  'h\\x',
  'h:80:80',
  'h:x',
  '[::1',
  '[::1]x',
  '[evil]',
  '<h>',
  'h\xe4',
])('the host %j is a bad request', async (host) => {
  const count = backend.received.length
  expect(await ask('GET /v1/a/x HTTP/1.1', `Host: ${host}`)).toMatch(/^HTTP\/1\.1 400 /)
  expect(await ask(`GET http://${host.replaceAll(/[\s/?#]/g, '@')}/v1/a/x HTTP/1.1`)).toMatch(/^HTTP\/1\.1 400 /)
  expect(backend.received).toHaveLength(count)
})

test.each(['', 'h', 'h.', 'h_x', 'h:9000', 'h:', '10.0.0.1:80', '[::1]:80', 'xn--4ca.test', 'h%41'])(
  'the host %j is a host',
  async (host) => {
    expect(await ask('GET /v1/a/x HTTP/1.1', `Host: ${host}`)).toMatch(/^HTTP\/1\.1 200 /)
  },
)

test('an absolute target without a host is a bad request', async () => {
  expect(await ask('GET http:///v1/a/x HTTP/1.1')).toMatch(/^HTTP\/1\.1 400 /)
})

test.each([
  ['TRACE /v1/a/x HTTP/1.1', 405],
  ['GET /v1/a/x HTTP/2.0', 505],
  ['GET /v1/a/x HTTP/0.9', 400],
  ['GET /v1/a/x', 400],
])('%s is answered %i, and no backend sees it', async (line, status) => {
  const count = backend.received.length
  const answer = await ask(line, 'Host: h\r\nCookie: session=1')
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  if (status === 405) expect(answer).toMatch(/\r\nallow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n/i)
  expect(gateway.entries.at(-1)).toMatchObject({ status, decidedBy: { kind: 'bad-request' } })
  expect(backend.received).toHaveLength(count)
})

test('a connection that sends without waiting for answers is not read further than it is served', async () => {
  const count = 20_000
  let [seen, most] = [0, 0]
  const served = gateway.entries.length
  const note = () => {
    most = Math.max(most, ++seen - (gateway.entries.length - served))
  }
  gateway.gateway.server.on('request', note)
  const get = (headers = '') => `GET /health HTTP/1.1\r\nHost: h\r\n${headers}\r\n`
  const answers = await gateway.raw(get().repeat(count - 1) + get('Connection: close\r\n'))
  gateway.gateway.server.off('request', note)
  expect(answers.match(/HTTP\/1\.1 200 /g)).toHaveLength(count)
  // What one read may bring, 64 KiB, is parsed at once.
  expect(most).toBeLessThan(2 * Math.ceil(65_536 / get().length))
})
