import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { configOf, TestBackend, TestGateway } from './testing/test-gateway.ts'

const ROUTES = `
- {path: /v1/process-design/*, target: BACKEND, rewrite: /api/v1/processes/$1}
- {path: /v1/execution/*, target: BACKEND, rewrite: /api/v1/execution/$1}
- {path: /v1/scheduling/*, target: BACKEND, rewrite: /api/v1/schedules/$1}
`
let backend: TestBackend
let gateway: TestGateway

beforeAll(async () => {
  backend = await TestBackend.start()
  gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  await backend[Symbol.asyncDispose]()
})

test('the request flow of the knowledge page: /api/v1/processes arrives as /api/v1/processes', async () => {
  await request(gateway.gateway.server)
    .get('/api/v1/processes')
    .set('X-Request-ID', 'flow-1')
    .expect(200, '/api/v1/processes')
    .expect('X-Request-ID', 'flow-1')
  expect(await gateway.logged(1)).toEqual([
    {
      requestId: 'flow-1',
      method: 'GET',
      target: '/api/v1/processes',
      status: 200,
      route: { path: '/v1/process-design/*', place: expect.objectContaining({ file: 'routes.yaml', line: 2 }) },
      carriedBy: 'rewritten form',
      sends: '/api/v1/processes',
      upstream: { host: '127.0.0.1', port: backend.port },
      outcome: 'answered',
      decidedBy: null,
      publicBy: null,
      headerChanges: {
        request: [
          { name: 'connection', change: 'dropped', by: 'hop-by-hop', place: null },
          { name: 'host', change: 'changed', by: 'gateway', place: null },
          { name: 'x-forwarded-for', change: 'added', by: 'gateway', place: null },
          { name: 'x-forwarded-proto', change: 'added', by: 'gateway', place: null },
          { name: 'x-forwarded-host', change: 'added', by: 'gateway', place: null },
        ],
        answer: expect.arrayContaining([
          { name: 'x-request-id', change: 'added', by: 'requestId', place: null },
          { name: 'keep-alive', change: 'dropped', by: 'hop-by-hop', place: null },
        ]),
      },
      detail: '/api/v1/processes has the form /api/v1/processes/$1 already and goes through unchanged',
      elapsedMs: expect.any(Number),
    },
  ])
})

test.each([
  ['/api/v1/scheduling/x?a=1&a=%20+&b', '/api/v1/schedules/x?a=1&a=%20+&b'],
  ['/v1/scheduling?next=//x/../y', '/api/v1/schedules?next=//x/../y'],
  ['/v1/execution//a///b', '/api/v1/execution//a///b'],
  ['/v1/execution/http:/x', '/api/v1/execution/http:/x'],
  ['/v1/execution/a%2fB%2F%20%7E~{}|^"<>`', '/api/v1/execution/a%2fB%2F%20%7E~{}|^"<>`'],
  ['/v1/execution/%zz%', '/api/v1/execution/%zz%'],
  ['/v1/execution/...', '/api/v1/execution/...'],
  ['http://elsewhere.test:1/v1/execution/x?y', '/api/v1/execution/x?y'],
])('%s reaches the backend as %s, byte for byte', async (target, sent) => {
  const answer = await gateway.raw(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 200 /)
  expect(backend.received.at(-1)?.target).toBe(sent)
})

test.each([
  '/v1/execution/../x',
  '/v1/execution/%2e%2E/x',
  '/v1/execution/.%2e',
  '/v1/execution/a%2f..%2fb',
  '/v1/execution/..\\x',
  '/v1/execution/%252e%252e/x',
  '/v1/execution/a%5c..',
  '/v1/execution/./x',
  '/v1/execution/%00',
  '/v1/execution/a#b',
  '/v1/execution/\xc3\xa4',
  '/v1/execution/a\tb',
  'http://elsewhere.test/v1/execution/../x',
  'v1',
  '*',
])('%s is a bad request', async (target) => {
  const count = backend.received.length
  const answer = await gateway.raw(`GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(/^HTTP\/1\.1 400 /)
  expect(answer).toMatch(/\{"detail":"Bad Request"\}$/)
  expect(backend.received).toHaveLength(count)
})

test("a path without a route is 404 in FastAPI's shape, and HEAD gets no body", async () => {
  await request(gateway.gateway.server)
    .get('/v1/processes')
    .expect(404, { detail: 'Not Found' })
    .expect('Content-Type', 'application/json')
  expect(gateway.entries.at(-1)).toMatchObject({
    status: 404,
    route: null,
    outcome: null,
    detail: 'no route matches /v1/processes',
  })
  const answer = await gateway.raw('HEAD /nowhere HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 404 /)
  expect(answer.endsWith('\r\n\r\n')).toBe(true)
})

test.each(['/health', '/api/health'])('%s tells the number of routes and the config hash', async (path) => {
  const { configHash } = gateway.gateway
  await request(gateway.gateway.server).get(path).expect(200, { status: 'ok', routes: 3, configHash })
  expect(configOf({ routes: ROUTES }, backend.port).hash).toBe(configHash)
  expect(configOf({ routes: `${ROUTES}# changed` }, backend.port).hash).not.toBe(configHash)
})

test('hop-by-hop headers stop here, whichever header names them, and what nginx says goes on', async () => {
  await gateway.raw(
    [
      'GET /v1/execution/x HTTP/1.1',
      'Host: flowmaster',
      'Connection: close, X-Mine, Content-Length, Host',
      'X-Mine: 1',
      'Keep-Alive: 1',
      'TE: trailers',
      'Upgrade: websocket',
      'Proxy-Authorization: Basic x',
      'X-Forwarded-For: 203.0.113.9',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: outside',
      'X-Two: a',
      'X-Two: b',
      'Authorization: Bearer t',
      '',
      '',
    ].join('\r\n'),
  )
  const { headers, rawHeaders } = backend.received.at(-1) ?? { headers: {}, rawHeaders: [] }
  expect(Object.keys(headers).sort()).toEqual([
    'authorization',
    'connection',
    'host',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-request-id',
    'x-two',
  ])
  expect(headers).toMatchObject({
    connection: 'keep-alive',
    host: `127.0.0.1:${backend.port}`,
    'x-forwarded-for': '203.0.113.9, 127.0.0.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'outside',
  })
  expect(rawHeaders.filter((text) => text === 'a' || text === 'b')).toEqual(['a', 'b'])
})

test('missing X-Forwarded headers and request ids are added, and unfit ids replaced', async () => {
  await gateway.raw(
    `GET /v1/execution/x HTTP/1.1\r\nHost: flowmaster\r\nX-Request-ID: ${'x'.repeat(200)}\r\nConnection: close\r\n\r\n`,
  )
  expect(backend.received.at(-1)?.headers).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'flowmaster',
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'GET'])('a chunked body of %s stays one request', async (method) => {
  const count = backend.received.length
  const body = 'GET /smuggled HTTP/1.1\r\n\r\n'
  await gateway.raw(
    `${method} /v1/execution/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  )
  expect(backend.received.slice(count)).toEqual([
    expect.objectContaining({ method, target: '/api/v1/execution/x', body }),
  ])
})

test('bodies with a length keep it, and a request without a body gets none', async () => {
  await request(gateway.gateway.server).post('/v1/execution/x').send({ a: 1 }).expect(200)
  expect(backend.received.at(-1)).toMatchObject({ body: '{"a":1}', headers: { 'content-length': '7' } })
  await gateway.raw('DELETE /v1/execution/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
  expect(backend.received.at(-1)?.headers).not.toHaveProperty('transfer-encoding')
  expect(backend.received.at(-1)?.body).toBe('')
})

test.each([
  [
    'Content-Length and Transfer-Encoding',
    'POST /v1/execution/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['two lengths', 'POST /v1/execution/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde'],
  ['a folded header', 'GET /v1/execution/x HTTP/1.1\r\nHost: h\r\nX-A: b\r\n c\r\n\r\n'],
  [
    'a space before the colon',
    'GET /v1/execution/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'a bad chunk size',
    'POST /v1/execution/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n',
  ],
  ['a bare newline', 'GET /v1/execution/x HTTP/1.1\nHost: h\n\n'],
  ['a space in the target', 'GET /v1/execution/x y HTTP/1.1\r\nHost: h\r\n\r\n'],
  ['a NUL in a header', 'GET /v1/execution/x HTTP/1.1\r\nHost: h\r\nX-A: a\0b\r\n\r\n'],
  ['no Host', 'GET /v1/execution/x HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ['two Hosts', 'GET /v1/execution/x HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
  ['chunks in HTTP/1.0', 'POST /v1/execution/x HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  [
    'two Authorizations',
    'GET /v1/execution/x HTTP/1.1\r\nHost: a\r\nAuthorization: a\r\nAuthorization: b\r\nConnection: close\r\n\r\n',
  ],
  ['CONNECT', 'CONNECT elsewhere.test:443 HTTP/1.1\r\nHost: h\r\n\r\n'],
])('%s is a bad request, never passes, and is logged', async (_what, bytes) => {
  const [count, logged] = [backend.received.length, gateway.entries.length]
  const answer = await gateway.raw(bytes)
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  expect(answer).toMatch(/\{"detail":"Bad Request"\}$/)
  expect(backend.received).toHaveLength(count)
  await gateway.logged(logged + 1)
  expect(gateway.entries.slice(logged)).toEqual([expect.objectContaining({ status: 400 })])
})

test('an unknown transfer coding is 501', async () => {
  const answer = await gateway.raw(
    'POST /v1/execution/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 501 /)
})

test('headers that are too long are 431', async () => {
  expect(await gateway.raw(`GET /v1/execution/x HTTP/1.1\r\nHost: h\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  )
})

test('a connection carries one request after another, pipelined ones in order', async () => {
  const answer = await gateway.raw(
    'GET /v1/execution/1 HTTP/1.1\r\nHost: h\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: h\r\n\r\nGET /v1/execution/2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n',
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200'])
})

test('a client that expects 100-continue is asked for its body only when it is wanted', async () => {
  const ask = (path: string) =>
    gateway.raw(
      `POST ${path} HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`,
    )
  expect(await ask('/v1/execution/x')).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /)
  expect(backend.received.at(-1)).toMatchObject({ body: 'hi' })
  expect(backend.received.at(-1)?.headers).not.toHaveProperty('expect')
  expect(await ask('/nowhere')).toMatch(/^HTTP\/1\.1 404 /)
})

test('HTTP/1.0 knows no 100-continue, and no other expectation is met', async () => {
  const ask = (version: string, expectation: string) =>
    gateway.raw(
      `POST /v1/execution/x HTTP/${version}\r\nHost: h\r\nExpect: ${expectation}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi`,
    )
  expect(await ask('1.0', '100-continue')).toMatch(/^HTTP\/1\.1 200 /)
  expect(await ask('1.1', 'magic')).toMatch(/^HTTP\/1\.1 417 [\s\S]*\{"detail":"Expectation Failed"\}$/)
})
