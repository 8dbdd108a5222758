import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AccessEntry } from './access-entry.ts'
import { formatPlace } from './place.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { TestBackend, TestGateway } from './testing/test-gateway.ts'

const ROUTES = `- path: /v1/a/*
  target: BACKEND
  rewrite: /a/$1
- path: /v1/admin/*
  target: BACKEND
  rewrite: /admin/$1
  scopes:
    - read
    - admin
- path: /v1/slow/*
  target: BACKEND
  rewrite: /slow/$1
  timeout: 2s
- path: /v1/gone/*
  target: 127.0.0.1:1
  rewrite: /gone/$1
`
const MIDDLEWARE = `responseHeaders:
  set:
    X-Frame-Options: DENY
  remove: [Server]
requestHeaders:
  set: {X-Env: demo}
  remove:
    - X-Debug
cors:
  origins: ["https://app.test"]
  credentials: true
  methods: [GET]
rateLimit:
  per: 1m
  requests: 20
bodyLimit: 1kb
timeouts:
  connect: 1s
  read: 3s
`
const AUTH = `publicPaths: [/v1/a/*, /v1/slow/*, /v1/gone/*]
apiKeys:
  - {name: reader, sha256: ${createHash('sha256').update('reader').digest('hex')}, scopes: [read]}
`

let backend: TestBackend
beforeAll(async () => {
  backend = await TestBackend.start((received, response) => {
    if (received.url?.startsWith('/slow') || received.url === '/a/silent') return
    response.writeHead(200, { Server: 'uvicorn', 'X-Frame-Options': 'SAMEORIGIN', Vary: 'Accept' }).end()
  })
})
afterAll(() => backend[Symbol.asyncDispose]())

const start = (options = {}, middleware = MIDDLEWARE) =>
  TestGateway.start({ routes: ROUTES, middleware, auth: AUTH }, backend.port, options)

/** `kind at file:line:column`, as a reader of the log would say it. */
function decided({ decidedBy }: AccessEntry): string | null {
  return decidedBy && [decidedBy.kind, decidedBy.place && formatPlace(decidedBy.place)].filter(Boolean).join(' ')
}

test.each([
  ['GET', '/health', {}, 200, 'health'],
  ['GET', '/v1/a/x', {}, 200, null],
  ['GET', '/v1/%2e%2e/x', {}, 400, 'bad-request'],
  ['GET', '/nowhere', {}, 404, 'no-route'],
  ['GET', '/v1/admin/x', {}, 401, 'authentication auth.yaml:1:1'],
  ['GET', '/v1/admin/x', { 'X-API-Key': 'wrong' }, 401, 'authentication auth.yaml:2:1'],
  ['GET', '/v1/admin/x', { 'X-API-Key': 'reader' }, 403, 'scopes routes.yaml:9:7'],
  ['POST', '/v1/a/x', { 'Content-Length': '2000' }, 413, 'body-limit middleware.yaml:16:1'],
  ['GET', '/v1/gone/x', {}, 502, 'target routes.yaml:15:3'],
  [
    'OPTIONS',
    '/v1/a/x',
    { Origin: 'https://app.test', 'Access-Control-Request-Method': 'GET' },
    204,
    'preflight middleware.yaml:9:1',
  ],
] as const)('%s %s %j is answered %i, decided by %s', async (method, target, headers, status, by) => {
  await using gateway = await start()
  const head = Object.entries({ Host: 'h', Connection: 'close', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const body = method === 'POST' ? 'x'.repeat(2000) : ''
  await gateway.raw(`${method} ${target} HTTP/1.1\r\n${head.join('\r\n')}\r\n\r\n${body}`)
  const [entry] = await gateway.logged(1)
  expect(entry?.status).toBe(status)
  expect(entry && decided(entry)).toBe(by)
})

test('a rate limit is named by its number of requests', async () => {
  await using gateway = await start({}, MIDDLEWARE.replace('requests: 20', 'requests: 1'))
  await request(gateway.gateway.server).get('/v1/a/x')
  await request(gateway.gateway.server).get('/v1/a/x').expect(429)
  expect(gateway.entries.map(decided)).toEqual([null, 'rate-limit middleware.yaml:15:3'])
})

test.each([
  ['/v1/slow/x', MIDDLEWARE, 'read-timeout routes.yaml:13:3'],
  ['/v1/a/silent', MIDDLEWARE, 'read-timeout middleware.yaml:19:3'],
  ['/v1/a/silent', 'bodyLimit: 1kb', 'read-timeout'],
])('%s that takes too long is decided by the timeout in force: %#', async (target, middleware, by) => {
  const clock = new ManualClock()
  await using gateway = await start({ clock }, middleware)
  const answer = request(gateway.gateway.server).get(target).expect(504)
  answer.end(() => undefined)
  const count = backend.received.length
  while (backend.received.length === count) await new Promise<void>((resolve) => setImmediate(resolve))
  clock.pass(30_000)
  const [entry] = await gateway.logged(1)
  expect(entry && decided(entry)).toBe(by)
})

test('a connection that is not accepted in time is decided by timeouts.connect', async () => {
  const clock = new ManualClock()
  // A name that is being looked up is a connection that is not there yet.
  const lookup = () => undefined
  await using gateway = await TestGateway.start(
    { routes: ROUTES.replace('127.0.0.1:1', 'nobody.test:1'), middleware: MIDDLEWARE, auth: AUTH },
    backend.port,
    { clock, agent: new (await import('node:http')).Agent({ lookup }) },
  )
  request(gateway.gateway.server)
    .get('/v1/gone/x')
    .end(() => undefined)
  await clock.armed()
  clock.pass(1_000)
  const [entry] = await gateway.logged(1)
  expect(entry && [entry.status, decided(entry)]).toEqual([504, 'connect-timeout middleware.yaml:18:3'])
})

test('an answer that is not HTTP is decided by the target that gave it', async () => {
  const server = createServer((socket) => socket.end('nonsense\r\n\r\n'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await using gateway = await TestGateway.start({ routes: ROUTES, auth: AUTH }, port)
  await request(gateway.gateway.server).get('/v1/a/x').expect(502)
  expect(gateway.entries.map(decided)).toEqual(['target routes.yaml:2:3'])
  server.close()
})

test('every header that the gateway adds, changes or drops says by which line', async () => {
  await using gateway = await start()
  await request(gateway.gateway.server)
    .get('/v1/a/x')
    .set('Origin', 'https://app.test')
    .set('X-Debug', '1')
    .set('X-Forwarded-For', '203.0.113.9')
    .expect(200)
  const [entry] = await gateway.logged(1)
  const told = (changes: AccessEntry['headerChanges']['answer'] = []) =>
    changes.map(({ name, change, by, place }) => `${change} ${name} by ${by}${place ? ` ${formatPlace(place)}` : ''}`)
  expect(told(entry?.headerChanges.answer).toSorted()).toEqual([
    'added access-control-allow-credentials by cors middleware.yaml:11:3',
    'added access-control-allow-origin by cors middleware.yaml:10:3',
    'added x-ratelimit-limit by rateLimit middleware.yaml:15:3',
    'added x-ratelimit-remaining by rateLimit middleware.yaml:15:3',
    'added x-ratelimit-reset by rateLimit middleware.yaml:15:3',
    'added x-request-id by requestId',
    'changed vary by cors middleware.yaml:10:3',
    'changed x-frame-options by responseHeaders middleware.yaml:3:5',
    'dropped connection by hop-by-hop',
    'dropped keep-alive by hop-by-hop',
    'dropped server by responseHeaders middleware.yaml:4:12',
  ])
  expect(told(entry?.headerChanges.request).toSorted()).toEqual([
    'added x-env by requestHeaders middleware.yaml:6:9',
    'added x-forwarded-host by gateway',
    'added x-forwarded-proto by gateway',
    'added x-request-id by requestId',
    'changed host by gateway',
    'changed x-forwarded-for by gateway',
    'dropped connection by hop-by-hop',
    'dropped x-debug by requestHeaders middleware.yaml:8:7',
  ])
})

test('a route says where each of its keys is written', async () => {
  await using gateway = await start()
  const lines = gateway.config.table.routes.map(({ route: { place, places } }) => ({
    path: place.line,
    target: places.target.line,
    rewrite: places.rewrite.line,
    timeout: places.timeout?.line ?? null,
    scopes: places.scopes.map(({ line }) => line),
  }))
  expect(lines.slice(1, 3)).toEqual([
    { path: 4, target: 5, rewrite: 6, timeout: null, scopes: [8, 9] },
    { path: 10, target: 11, rewrite: 12, timeout: 13, scopes: [] },
  ])
})
