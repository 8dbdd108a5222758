import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { AccessEntry } from './access-entry.ts'
import { logText } from './log-line.ts'
import { TestGateway } from './testing/test-gateway.ts'

const ROUTES = '- {path: /v1/a/*, target: BACKEND, rewrite: /a/$1}'

const ENTRY: AccessEntry = {
  requestId: '1',
  method: 'GET',
  target: '/',
  status: 404,
  route: null,
  carriedBy: null,
  sends: null,
  upstream: null,
  outcome: null,
  decidedBy: { kind: 'no-route', place: null },
  publicBy: null,
  headerChanges: { request: [], answer: [] },
  detail: '',
  elapsedMs: 0,
}

/** A server on 127.0.0.1 for whose connections a test speaks. */
class RawBackend implements AsyncDisposable {
  readonly received: string[] = []
  readonly sockets: Socket[] = []
  readonly server: Server
  port = 0

  private constructor(answer: (socket: Socket) => void) {
    this.server = createServer((socket) => {
      this.sockets.push(socket)
      socket.on('error', () => undefined)
      socket.on('data', (chunk) => {
        this.received.push(chunk.toString('latin1'))
        answer(socket)
      })
    })
  }

  static async start(answer: string | ((socket: Socket) => void)): Promise<RawBackend> {
    const backend = new RawBackend(
      typeof answer === 'string' ? (socket) => socket.write(Buffer.from(answer, 'latin1')) : answer,
    )
    backend.server.listen(0, '127.0.0.1')
    await once(backend.server, 'listening')
    const address = backend.server.address()
    backend.port = typeof address === 'object' && address !== null ? address.port : 0
    return backend
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n${headers}\r\n`

test('headers called as members of an object arrive as what they are, both ways', async () => {
  const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'at', 'length', 'map']
  const lines = names.map((name) => `${name}: a value of ${name}\r\n`).join('')
  await using backend = await RawBackend.start(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${lines}\r\n`)
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  const answer = await gateway.raw(get('/v1/a/x', lines))
  for (const text of [answer, backend.received.join('')]) {
    for (const name of names) {
      const found = text.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
      expect(found.map((line) => line.slice(line.indexOf(':') + 2))).toEqual([`a value of ${name}`])
    }
  }
})

test('a query of 16 KiB that is nothing but secret names is logged without secrets, and at once', () => {
  for (const shape of ['?key', '&token', '?key=', 'key&', '=', '?', 'signaturecode']) {
    const target = `/x?${shape.repeat(16_000 / shape.length)}&api_key=hidden&page=2`
    const line = JSON.parse(logText({ ...ENTRY, target }))
    expect(line.target).not.toContain('hidden')
    expect(line.target).toContain('&api_key=***&page=2')
  }
})

test.each([
  ['/x?a=1&access_token=t&b=2', '/x?a=1&access_token=***&b=2'],
  ['/x?PASSWORD=p=q', '/x?PASSWORD=***'],
  ['/x?key', '/x?key'],
  ['/x?=key', '/x?=key'],
  ['http://user:secret@host/x?y', 'http://***@host/x?y'],
  ['/x://user@host/y', '/x://user@host/y'],
])('%s is logged as %s', (target, logged) => {
  expect(JSON.parse(logText({ ...ENTRY, target })).target).toBe(logged)
})

test.each([
  ['a control byte in its reason', 'HTTP/1.1 200 O\x01K\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 200 OK\r\n/],
  ['a NUL in its reason', 'HTTP/1.1 200 O\0K\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 (200 OK|502)/],
  ['DEL in its reason', 'HTTP/1.1 200 \x7f\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 200 OK\r\n/],
  ['status 000', 'HTTP/1.1 000 No\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 /],
  ['status 099', 'HTTP/1.1 099 No\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 502 (?![\s\S]*x-a)/i],
  ['DEL in a header', 'HTTP/1.1 200 OK\r\nX-A: \x7f\r\nContent-Length: 2\r\n\r\nok', /^HTTP\/1\.1 (200|502) /],
])('a backend that answers with %s ends nothing, and the next request is served', async (_what, bytes, expected) => {
  await using backend = await RawBackend.start(bytes)
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  expect(await gateway.raw(get('/v1/a/x'))).toMatch(expected)
  expect(await gateway.raw(get('/health'))).toMatch(/^HTTP\/1\.1 200 /)
})

test.each([
  ['GET', '204 No Content', 'Transfer-Encoding: chunked', '0\r\n\r\n', 204],
  ['GET', '204 No Content', 'X: y', 'a body', 204],
  ['GET', '304 Not Modified', 'Content-Length: 6', 'a body', 304],
  ['HEAD', '200 OK', 'Content-Length: 6', 'a body', 200],
])(
  '%s answered by %s with %s and stray bytes goes on as %#, and the connection is closed',
  async (method, line, header, stray, status) => {
    await using backend = await RawBackend.start(`HTTP/1.1 ${line}\r\n${header}\r\n\r\n${stray}`)
    await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
    const answer = await gateway.raw(get('/v1/a/x').replace('GET', method))
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer.endsWith('\r\n\r\n')).toBe(true)
    expect(await gateway.logged(1)).toMatchObject([{ status, outcome: 'answered' }])
    expect(await gateway.raw(get('/v1/a/y'))).toMatch(new RegExp(`^HTTP/1\\.1 (200|${status}) `))
    expect(backend.sockets).toHaveLength(2)
  },
)

test('what a backend says unasked is not the answer to the next request', async () => {
  await using backend = await RawBackend.start((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood')
  })
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  expect(await gateway.raw(get('/v1/a/x'))).toMatch(/good$/)
  const [socket] = backend.sockets
  socket?.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
  if (socket?.destroyed === false) await once(socket, 'close')
  expect(await gateway.raw(get('/v1/a/y'))).toMatch(/good$/)
  expect(backend.sockets).toHaveLength(2)
})

test('what follows HTTP/1.0 with chunks on the same connection is not served', async () => {
  await using backend = await RawBackend.start(OK)
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  const smuggled = 'GET /v1/a/smuggled HTTP/1.1\r\nHost: h\r\n\r\n'
  const answer = await gateway.raw(
    `POST /v1/a/x HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  )
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 400'])
  expect(backend.received).toEqual([])
})

test('all spellings of an IPv6 address share one rate window', async () => {
  await using backend = await RawBackend.start(OK)
  await using gateway = await TestGateway.start(
    { routes: ROUTES, middleware: 'rateLimit: {requests: 4, per: 1h}' },
    backend.port,
  )
  const spellings = ['2001:db8::1', '2001:DB8::1', '2001:db8:0::1', '2001:0db8:0:0:0:0:0:1', '[2001:db8::1]']
  const statuses: (number | undefined)[] = []
  for (const address of spellings) {
    await gateway.raw(get('/v1/a/x', `X-Forwarded-For: ${address}\r\n`))
    statuses.push(gateway.entries.at(-1)?.status)
  }
  expect(statuses).toEqual([200, 200, 200, 200, 429])
})

test('keys cannot be guessed faster than the rate limit allows, and who has one is not kept out by others', async () => {
  await using backend = await RawBackend.start(OK)
  const auth = `apiKeys: [{name: a, sha256: ${createHash('sha256').update('right').digest('hex')}}]`
  await using gateway = await TestGateway.start(
    { routes: ROUTES, auth, middleware: 'rateLimit: {requests: 2, per: 1h, by: api-key}' },
    backend.port,
  )
  const ask = async (key: string, from: string) => {
    await gateway.raw(get('/v1/a/x', `X-API-Key: ${key}\r\nX-Forwarded-For: ${from}\r\n`))
    return gateway.entries.at(-1)?.status
  }
  expect([await ask('a', '192.0.2.1'), await ask('b', '192.0.2.1')]).toEqual([401, 401])
  expect([await ask('c', '192.0.2.1'), await ask('right', '192.0.2.1')]).toEqual([429, 429])
  expect(gateway.entries.at(-1)?.detail).toBe('more than 2 requests that were not authenticated in 3600 s')
  expect(await ask('right', '192.0.2.2')).toBe(200)
})

test('20,000 requests sent at once on one connection do not keep another client waiting', async () => {
  await using gateway = await TestGateway.start({ routes: ROUTES })
  const flood = connect(gateway.port, '127.0.0.1')
  flood.on('error', () => undefined)
  flood.write('GET /health HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(20_000))
  await gateway.logged(1)
  await gateway.raw(get('/health'))
  // It came after all of them, and was served among the first.
  expect(gateway.entries.length).toBeLessThan(2_000)
  flood.destroy()
})

test('requests sent at once on one connection are answered in order', async () => {
  await using backend = await RawBackend.start(OK)
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  const targets = ['/v1/a/1', '/health', '/nowhere', '/v1/a/2']
  const head = (target: string) => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`
  const answer = await gateway.raw(`${targets.map(head).join('')}${get('/v1/a/3')}`)
  expect(answer.match(/(?<=HTTP\/1\.1 )\d+/g)).toEqual(['200', '200', '404', '200', '200'])
  expect(gateway.entries.map(({ target }) => target)).toEqual([...targets, '/v1/a/3'])
})

test('a client that stops reading is let go, with the connection to its backend', async () => {
  const big = Buffer.alloc(64 * 1024 * 1024)
  await using backend = await RawBackend.start((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${big.length}\r\n\r\n`)
    socket.write(big)
  })
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  expect(gateway.gateway.server.timeout).toBe(60_000)
  gateway.gateway.server.timeout = 200
  const client = connect(gateway.port, '127.0.0.1').pause()
  client.on('error', () => undefined)
  client.write(get('/v1/a/x'))
  expect(await gateway.logged(1)).toMatchObject([
    {
      status: 499,
      decidedBy: { kind: 'client-left' },
      detail: 'the client took nothing of its answer for 60 s',
    },
  ])
  const [socket] = backend.sockets
  if (socket?.closed === false) await once(socket, 'close')
  client.destroy()
})

test.each([
  ['of known length', 'Content-Length: 9'],
  ['in chunks', 'Transfer-Encoding: chunked'],
])(
  'a client that stops in the middle of a body %s is let go, with the connection to its backend',
  async (_, framing) => {
    await using backend = await RawBackend.start(() => undefined)
    await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
    gateway.gateway.server.timeout = 200
    const answer = await gateway.raw(`POST /v1/a/x HTTP/1.1\r\nHost: h\r\n${framing}\r\n\r\n4\r\nabcd`)
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(gateway.entries).toMatchObject([
      { status: 408, decidedBy: { kind: 'bad-request' }, detail: 'the client sent nothing of its body for 60 s' },
    ])
    const [socket] = backend.sockets
    if (socket?.closed === false) await once(socket, 'close')
  },
)

test('a client that waits for its backend is not stuck', async () => {
  let backendSocket: Socket | undefined
  await using backend = await RawBackend.start((socket) => {
    backendSocket = socket
  })
  await using gateway = await TestGateway.start({ routes: ROUTES }, backend.port)
  const { server } = gateway.gateway
  server.timeout = 20
  const timedOut = once(server, 'timeout')
  const answer = gateway.raw(get('/v1/a/x'))
  await timedOut
  backendSocket?.write(OK)
  expect(await answer).toMatch(/^HTTP\/1\.1 200 /)
})
