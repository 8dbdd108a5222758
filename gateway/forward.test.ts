import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect, createServer, type Server, Socket } from 'node:net'
import { Duplex, duplexPair } from 'node:stream'
import request from 'supertest'
import { expect, test, vi } from 'vitest'
import { ManualClock } from './testing/manual-clock.ts'
import { TestBackend, TestGateway } from './testing/test-gateway.ts'

const ROUTES =
  '- {path: /v1/a/*, target: BACKEND, rewrite: /a/$1}\n- {path: /v1/slow, target: BACKEND, rewrite: /slow, timeout: 90s}'

/** A server on 127.0.0.1 that says these bytes on every connection, and closes if it should. */
async function saying(bytes: string, thenClose: boolean): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => (thenClose ? socket.end(bytes, () => socket.destroy()) : socket.write(bytes)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

async function freePort(): Promise<number> {
  const { server, port } = await saying('', true)
  server.close()
  await once(server, 'close')
  return port
}

test('nobody listens: 502, refused', async () => {
  await using gateway = await TestGateway.start({ routes: ROUTES }, await freePort())
  await request(gateway.gateway.server)
    .get('/v1/a/x')
    .expect(502, { detail: 'Bad Gateway' })
    .expect('Content-Type', 'application/json')
  expect(await gateway.logged(1)).toMatchObject([
    {
      status: 502,
      outcome: 'refused',
      sends: '/a/x',
      detail: expect.stringMatching(/^127\.0\.0\.1:\d+ refused the connection$/),
    },
  ])
})

test.each([
  ['closes at once', '', true, 'reset'],
  ['answers something that is not HTTP', 'hello\r\n\r\n', true, 'invalid'],
  ['answers with two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', true, 'invalid'],
  [
    'answers with length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    true,
    'invalid',
  ],
  ['upgrades unasked', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', false, 'reset'],
])('a backend that %s: 502', async (_what, bytes, thenClose, outcome) => {
  const { server, port } = await saying(bytes, thenClose)
  await using gateway = await TestGateway.start({ routes: ROUTES }, port)
  await request(gateway.gateway.server).get('/v1/a/x').expect(502, { detail: 'Bad Gateway' })
  expect(await gateway.logged(1)).toMatchObject([{ status: 502, outcome }])
  server.close()
})

test('a name that does not resolve: 502, unresolved', async () => {
  const agent = new Agent({
    lookup: (host, _options, done) => done(Object.assign(new Error(host), { code: 'ENOTFOUND' }), '', 4),
  })
  await using gateway = await TestGateway.start({ routes: '- {path: /v1/a, target: nowhere:1, rewrite: /a}' }, 1, {
    agent,
  })
  await request(gateway.gateway.server).get('/v1/a').expect(502)
  expect(await gateway.logged(1)).toMatchObject([
    { outcome: 'unresolved', detail: 'nowhere:1 is a name that does not resolve' },
  ])
})

/** Connections of which nothing is ever heard, as to an address that no Service has. */
class SilentAgent extends Agent {
  override createConnection(): Duplex {
    return Object.assign(new Duplex({ read() {}, write() {} }), {
      connecting: true,
      setTimeout() {},
      setKeepAlive() {},
      setNoDelay() {},
      ref() {},
      unref() {},
    })
  }
}

test('silence instead of a connection: 504 after the connect timeout', async () => {
  const clock = new ManualClock()
  await using gateway = await TestGateway.start({ routes: ROUTES, middleware: 'timeouts: {connect: 3s}' }, 1, {
    agent: new SilentAgent(),
    clock,
  })
  const answer = request(gateway.gateway.server).get('/v1/a/x').expect(504, { detail: 'Gateway Timeout' })
  const answered = answer.then((response) => response)
  await clock.armed()
  clock.pass(2_999)
  expect(gateway.entries).toEqual([])
  clock.pass(1)
  await answered
  expect(await gateway.logged(1)).toMatchObject([{ status: 504, outcome: 'connect-timeout', elapsedMs: 3_000 }])
  expect(clock.pending).toBe(0)
})

test.each([
  ['/v1/a/x', 30_000],
  ['/v1/slow', 90_000],
])('a backend that does not answer %s: 504 after %i ms', async (path, timeoutMs) => {
  const clock = new ManualClock()
  let arrived = () => {}
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve
  })
  await using backend = await TestBackend.start(() => arrived())
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port, { clock })
  const answered = request(gateway.gateway.server)
    .get(path)
    .expect(504)
    .then((response) => response)
  await arrival
  clock.pass(timeoutMs - 1)
  clock.pass(1)
  await answered
  expect(await gateway.logged(1)).toMatchObject([{ outcome: 'read-timeout', elapsedMs: timeoutMs }])
})

test('an answer that breaks off is cut for the client too', async () => {
  const { server, port } = await saying('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', true)
  await using gateway = await TestGateway.start({ routes: ROUTES }, port)
  const answer = await gateway.raw('GET /v1/a/x HTTP/1.1\r\nHost: h\r\n\r\n')
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nhalf$/)
  expect(await gateway.logged(1)).toMatchObject([{ status: 200, outcome: 'reset' }])
  server.close()
})

test('an answer that falls silent in the middle is cut after the read timeout', async () => {
  const clock = new ManualClock()
  const { server, port } = await saying('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', false)
  await using gateway = await TestGateway.start({ routes: ROUTES }, port, { clock })
  const client = connect(gateway.port, '127.0.0.1')
  client.write('GET /v1/a/x HTTP/1.1\r\nHost: h\r\n\r\n')
  await once(client, 'data')
  clock.pass(30_000)
  await once(client, 'close')
  expect(await gateway.logged(1)).toMatchObject([{ status: 200, outcome: 'read-timeout' }])
  server.close()
})

test('a client that leaves takes its request to the backend along: 499', async () => {
  let left = () => {}
  const gone = new Promise<void>((resolve) => {
    left = resolve
  })
  let client = new Socket()
  await using backend = await TestBackend.start((incoming) => {
    incoming.socket.once('close', left)
    client.destroy()
  })
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  client = connect(gateway.port, '127.0.0.1')
  client.write('GET /v1/a/x HTTP/1.1\r\nHost: h\r\n\r\n')
  await gone
  expect(await gateway.logged(1)).toMatchObject([
    { status: 499, outcome: null, detail: 'the client left before its answer was complete' },
  ])
})

test('what a backend answers arrives: status and headers, but not its reason phrase nor those of its connection', async () => {
  const { server, port } = await saying(
    'HTTP/1.1 201 Made\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Mine: 1\r\nConnection: close, X-Mine\r\nKeep-Alive: timeout=9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    true,
  )
  await using gateway = await TestGateway.start({ routes: ROUTES }, port)
  const answer = await gateway.raw('GET /v1/a/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
  const [head = '', ...body] = answer.split('\r\n\r\n')
  const lines = head.split('\r\n').map((line) => line.toLowerCase())
  expect(lines[0]).toBe('http/1.1 201 created')
  expect(lines.filter((line) => line.startsWith('set-cookie'))).toEqual(['set-cookie: a=1', 'set-cookie: b=2'])
  expect(lines.filter((line) => /^(x-mine|keep-alive|connection):/.test(line))).toEqual(['connection: close'])
  expect(body.join('|')).toBe('2\r\nhi\r\n0|')
  server.close()
})

test('an HTTP/1.0 client gets a body without chunks', async () => {
  const { server, port } = await saying(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    true,
  )
  await using gateway = await TestGateway.start({ routes: ROUTES }, port)
  const answer = await gateway.raw('GET /v1/a/x HTTP/1.0\r\n\r\n')
  expect(answer).not.toMatch(/transfer-encoding/i)
  expect(answer).toMatch(/\r\n\r\nhi$/)
  server.close()
})

test('connections to a backend are kept and used again', async () => {
  await using backend = await TestBackend.start()
  let connections = 0
  backend.server.on('connection', () => connections++)
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  for (const path of ['/v1/a/1', '/v1/a/2', '/v1/a/3']) await request(gateway.gateway.server).get(path).expect(200)
  expect(connections).toBe(1)
})

test('connections in memory are served without listening', async () => {
  await using backend = await TestBackend.start()
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  const [client, server] = duplexPair()
  gateway.gateway.server.emit('connection', server)
  client.write('GET /v1/a/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
  let answer = ''
  for await (const chunk of client) answer += String(chunk)
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*\r\n\r\n\/a\/x$/)
})

test.each([
  [
    'HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n',
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-length: 10\r\n[\s\S]*\r\n\r\n$/i,
  ],
  [
    'GET',
    'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
    /^HTTP\/1\.1 304 Not Modified\r\n[\s\S]*etag: "a"\r\n[\s\S]*\r\n\r\n$/i,
  ],
  ['GET', 'HTTP/1.1 204 No Content\r\n\r\n', /^HTTP\/1\.1 204 No Content\r\n[\s\S]*\r\n\r\n$/],
])('%s: an answer without a body stays without one (%j)', async (method, bytes, expected) => {
  const { server, port } = await saying(bytes, true)
  await using gateway = await TestGateway.start({ routes: ROUTES }, port)
  const answer = await gateway.raw(`${method} /v1/a/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)
  expect(answer).toMatch(expected)
  expect(answer).not.toMatch(/transfer-encoding/i)
  server.close()
})

test('a client that takes its time with a body is not the backend being silent', async () => {
  const clock = new ManualClock()
  await using backend = await TestBackend.start()
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port, { clock })
  const arrived = once(backend.server, 'request')
  const client = connect(gateway.port, '127.0.0.1')
  client.write('POST /v1/a/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nsl')
  await arrived
  clock.pass(45_000)
  clock.pass(45_000)
  client.write('ow')
  expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /)
  expect(backend.received).toMatchObject([{ body: 'slow' }])
  client.destroy()
})

test('a client that takes its time to read is not the backend being silent', async () => {
  const clock = new ManualClock()
  const body = 'x'.repeat(4_000_000)
  const { server, port } = await saying(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`, true)
  await using gateway = await TestGateway.start({ routes: ROUTES }, port, { clock })
  const [client, connection] = duplexPair()
  gateway.gateway.server.emit('connection', connection)
  client.write('GET /v1/a/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
  await vi.waitUntil(() => connection.writableNeedDrain)
  clock.pass(45_000)
  clock.pass(45_000)
  let answer = ''
  for await (const chunk of client) answer += String(chunk)
  expect(answer.split('\r\n\r\n')[1]?.length).toBe(body.length)
  expect(await gateway.logged(1)).toMatchObject([{ status: 200, outcome: 'answered' }])
  server.close()
})

test('Connection cannot name what frames or addresses a message', async () => {
  await using backend = await TestBackend.start()
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  const lines = ['POST /v1/a/x HTTP/1.1', 'Host: h', 'Connection: close, Content-Length, Host, X-Mine', 'X-Mine: 1']
  await gateway.raw([...lines, 'Content-Length: 4', '', 'body'].join('\r\n'))
  const [received] = backend.received
  expect(received).toMatchObject({
    body: 'body',
    headers: { 'content-length': '4', host: `127.0.0.1:${backend.port}` },
  })
  expect(received?.headers).not.toHaveProperty('x-mine')
})

test('an answer that comes before the body is complete arrives whole', async () => {
  const { server, port } = await saying('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', true)
  await using gateway = await TestGateway.start({ routes: ROUTES }, port)
  const client = connect(gateway.port, '127.0.0.1')
  client.write('POST /v1/a/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nsl')
  expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1\.1 403 [\s\S]*no$/)
  expect(await gateway.logged(1)).toMatchObject([{ status: 403, outcome: 'answered' }])
  client.destroy()
  server.close()
})
