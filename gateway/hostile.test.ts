import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import type { AccessEntry } from './access-log.ts'
import { logLine } from './log-line.ts'
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
    const line = logLine({ ...ENTRY, target })
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
  expect(logLine({ ...ENTRY, target }).target).toBe(logged)
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
