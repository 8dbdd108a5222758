import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { MemorySocket } from './memory-socket.ts'

describe('a connection in memory', () => {
  test('an answer given at once, from within the reading of a corked write, is not lost', async () => {
    const [client, server] = connect()
    server.on('data', () => server.write('pong'))
    client.once('data', () => client.write('last words'))
    const heard: string[] = []
    server.on('data', (chunk) => heard.push(String(chunk)))
    client.cork()
    client.write('pi')
    client.write('ng')
    client.uncork()
    while (!heard.includes('last words')) await once(server, 'data')
    expect(heard).toEqual(['ping', 'last words'])
  })

  test('a slow reader holds the writer back', async () => {
    const [client, server] = connect()
    for (let n = 0; n < 4; n++) client.write(Buffer.alloc(64 * 1024))
    await once(server, 'readable')
    await new Promise(setImmediate)
    expect(client.writableLength).toBeGreaterThan(0)
    server.resume()
    await once(client, 'drain')
    expect(client.writableLength).toBe(0)
  })

  test('ending one side lets the other read to the end; destroying it closes both', async () => {
    const [client, server] = connect()
    client.end('bye')
    const chunks: string[] = []
    for await (const chunk of server) chunks.push(String(chunk))
    expect(chunks).toEqual(['bye'])

    const [other, peer] = connect()
    const closed = once(peer, 'close')
    other.destroy()
    await closed
    expect(peer.destroyed).toBe(true)
  })
})

function connect(): [MemorySocket, MemorySocket] {
  return MemorySocket.connect('10.42.0.1', '10.42.0.2', () => undefined)
}
