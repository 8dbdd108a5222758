import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ManualClock } from '../testing/manual-clock.ts'
import { TestBackend, TestGateway } from '../testing/test-gateway.ts'

const ROUTES = '- {path: /v1/a/*, target: BACKEND, rewrite: /a/$1}'
let backend: TestBackend

beforeAll(async () => {
  backend = await TestBackend.start((_request, response) => {
    response
      .writeHead(200, { Server: 'uvicorn', Vary: 'Accept', 'Access-Control-Allow-Origin': 'https://backend.test' })
      .end('ok')
  })
})
afterAll(() => backend[Symbol.asyncDispose]())

const start = (middleware: string, options = {}) =>
  TestGateway.start({ routes: ROUTES, middleware }, backend.port, options)

test('headers are set and removed on the way there and back, on own answers too', async () => {
  await using gateway = await start(`
requestHeaders: {set: {X-Env: demo}, remove: [X-Debug]}
responseHeaders: {set: {X-Frame-Options: DENY}, remove: [Server]}`)
  const { server } = gateway.gateway
  const answer = await request(server).get('/v1/a/x').set('X-Debug', '1').expect(200).expect('X-Frame-Options', 'DENY')
  expect(answer.headers).not.toHaveProperty('server')
  expect(backend.received.at(-1)?.headers).toMatchObject({ 'x-env': 'demo' })
  expect(backend.received.at(-1)?.headers).not.toHaveProperty('x-debug')
  await request(server).get('/nowhere').expect(404).expect('X-Frame-Options', 'DENY')
})

test('CORS: listed origins are allowed, preflights are answered here, and the gateway has the last word', async () => {
  await using gateway = await start(
    'cors: {origins: ["https://app.test"], methods: [GET, PUT], headers: [X-A], credentials: true, maxAge: 10m}',
  )
  const { server } = gateway.gateway
  const answer = await request(server).get('/v1/a/x').set('Origin', 'https://app.test').expect(200)
  expect(answer.headers).toMatchObject({
    'access-control-allow-origin': 'https://app.test',
    'access-control-allow-credentials': 'true',
    vary: 'Origin, Accept',
  })
  const count = backend.received.length
  const preflight = await request(server)
    .options('/v1/a/x')
    .set('Origin', 'https://app.test')
    .set('Access-Control-Request-Method', 'PUT')
    .expect(204)
  expect(preflight.headers).toMatchObject({
    'access-control-allow-origin': 'https://app.test',
    'access-control-allow-methods': 'GET,PUT',
    'access-control-allow-headers': 'x-a',
    'access-control-max-age': '600',
  })
  expect(backend.received).toHaveLength(count)
  const refused = await request(server).get('/nowhere').set('Origin', 'https://evil.test').expect(404)
  expect(refused.headers).not.toHaveProperty('access-control-allow-origin')
  await request(server)
    .get('/nowhere')
    .set('Origin', 'https://app.test')
    .expect(404)
    .expect('Access-Control-Allow-Origin', 'https://app.test')
})

test('a rate limit lets so many through per window, and says when there will be more', async () => {
  const clock = new ManualClock()
  await using gateway = await start('rateLimit: {requests: 2, per: 1m}', { clock })
  const ask = (address: string) =>
    request(gateway.gateway.server).get('/v1/a/x').set('X-Forwarded-For', `198.51.100.1, ${address}`)
  await ask('203.0.113.1').expect(200).expect('X-RateLimit-Limit', '2').expect('X-RateLimit-Remaining', '1')
  await ask('203.0.113.1').expect(200).expect('X-RateLimit-Remaining', '0')
  clock.pass(20_000)
  await ask('203.0.113.1')
    .expect(429, { detail: 'Too Many Requests' })
    .expect('Retry-After', '40')
    .expect('X-RateLimit-Remaining', '0')
  expect(gateway.entries.at(-1)).toMatchObject({ status: 429, outcome: null, detail: 'more than 2 requests in 60 s' })
  await ask('203.0.113.2').expect(200)
  await request(gateway.gateway.server).get('/health').expect(200)
  clock.pass(40_000)
  await ask('203.0.113.1').expect(200).expect('X-RateLimit-Remaining', '1')
})

test('a rate limit may count by a header', async () => {
  await using gateway = await start('rateLimit: {requests: 1, per: 1m, by: "header:X-Tenant"}')
  const ask = (tenant: string) => request(gateway.gateway.server).get('/v1/a/x').set('X-Tenant', tenant)
  await ask('a').expect(200)
  await ask('b').expect(200)
  await ask('a').expect(429)
})

test('a body over the limit is 413, whether it says so or not', async () => {
  await using gateway = await start('bodyLimit: 1kb')
  const post = (headers: string, body: string) =>
    gateway.raw(`POST /v1/a/x HTTP/1.1\r\nHost: h\r\n${headers}\r\nConnection: close\r\n\r\n${body}`)
  const chunked = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`
  const count = backend.received.length
  expect(await post('Content-Length: 1024', 'x'.repeat(1024))).toMatch(/^HTTP\/1\.1 200 /)
  expect(await post('Transfer-Encoding: chunked', chunked(1024))).toMatch(/^HTTP\/1\.1 200 /)
  expect(await post('Content-Length: 2048', 'x'.repeat(2048))).toMatch(
    /^HTTP\/1\.1 413 [\s\S]*\{"detail":"Content Too Large"\}$/,
  )
  expect(gateway.entries.at(-1)).toMatchObject({
    status: 413,
    outcome: null,
    detail: 'body of 2048 bytes is over the limit of 1024',
  })
  expect(await post('Transfer-Encoding: chunked', chunked(1025))).toMatch(
    /^HTTP\/1\.1 413 [\s\S]*\{"detail":"Content Too Large"\}$/,
  )
  expect(gateway.entries.at(-1)).toMatchObject({
    status: 413,
    detail: 'a body of unknown length is over the limit of 1024 bytes',
  })
  expect(backend.received).toHaveLength(count + 2)
})

test('after a 413 the connection is good for the next request', async () => {
  await using gateway = await start('bodyLimit: 1kb')
  const big = 'x'.repeat(300_000)
  const answer = await gateway.raw(
    `POST /v1/a/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${big.length.toString(16)}\r\n${big}\r\n0\r\n\r\nGET /v1/a/y HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`,
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
})

test('the request id has the header that the config names', async () => {
  await using gateway = await start('requestId: {header: X-Correlation-ID}')
  await request(gateway.gateway.server)
    .get('/v1/a/x')
    .set('X-Correlation-ID', 'c-1')
    .expect(200)
    .expect('X-Correlation-ID', 'c-1')
  expect(backend.received.at(-1)?.headers).toMatchObject({ 'x-correlation-id': 'c-1' })
})
