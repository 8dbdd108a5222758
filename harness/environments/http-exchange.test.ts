import { once } from 'node:events'
import { expect, test } from 'vitest'
import type { RequestMessage } from '../chain/message.ts'
import { exchangeOver, type Tunnel } from './http-exchange.ts'
import { MemorySocket } from './simulated/memory-socket.ts'

const GET: RequestMessage = {
  method: 'GET',
  target: '/a//b',
  httpVersion: '1.1',
  headers: [['Host', 'x']],
  body: '',
}

test.each([
  [
    'an answer cut off in the middle of its body',
    'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc',
    { kind: 'reset' },
  ],
  ['nothing', '', { kind: 'reset' }],
  ['another protocol', 'SSH-2.0-OpenSSH\r\n', { kind: 'invalid', hasStatusLine: false }],
  ['an impossible length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', { kind: 'invalid', hasStatusLine: true }],
  ['an answer', 'HTTP/1.1 204 No Content\r\n\r\n', { kind: 'answered', response: { status: 204 } }],
])('%s', async (_name, bytes, outcome) => {
  const [client, server] = connect()
  server.once('data', () => server.end(bytes))
  expect(await exchangeOver(client, GET)).toMatchObject(outcome)
  expect(client.destroyed).toBe(true)
})

test('a connection that has ended before anything is sent', async () => {
  const [client] = connect()
  client.destroy()
  await once(client, 'close')
  expect(await exchangeOver(client, GET)).toEqual({ kind: 'reset' })
})

test('a request goes out byte for byte, and an answer to CONNECT is read like any other', async () => {
  const [client, server] = connect()
  let got = ''
  server.once('data', (chunk: Buffer) => {
    got = chunk.toString('latin1')
    server.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')
  })
  const outcome = await exchangeOver(client, { ...GET, method: 'CONNECT', httpVersion: '1.0' })
  expect(got).toBe('CONNECT /a//b HTTP/1.0\r\nHost: x\r\n\r\n')
  expect(outcome).toMatchObject({ kind: 'answered', response: { body: 'hi' } })
})

const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n'

test('what follows a 101 at once is the tunnel’s', async () => {
  const [client, server] = connect()
  server.once('data', () => server.end(`${SWITCH}first words`))
  const tunnel = await new Promise<Tunnel>((resolve) => exchangeOver(client, GET, resolve))
  const chunks: string[] = []
  for await (const chunk of tunnel.socket) chunks.push(String(chunk))
  expect(chunks.join('')).toBe('first words')
})

test('a 101 that nobody takes over ends the connection', async () => {
  const [client, server] = connect()
  server.once('data', () => server.write(SWITCH))
  expect(await exchangeOver(client, GET)).toMatchObject({ kind: 'answered', response: { status: 101 } })
  expect(client.destroyed).toBe(true)
})

function connect(): [MemorySocket, MemorySocket] {
  return MemorySocket.connect('10.42.0.1', '10.42.0.2', () => undefined)
}
