import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { TestGateway } from './testing/test-gateway.ts'

const ROUTES = '- {path: /v1/a/*, target: BACKEND, rewrite: /a/$1}'

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
