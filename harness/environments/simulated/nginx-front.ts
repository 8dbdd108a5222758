import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { headersFromRaw } from '../../chain/message.ts'
import type { Exchange } from '../../chain/trace.ts'
import { responseBytes } from '../response-bytes.ts'
import { MemorySocket } from './memory-socket.ts'
import { joinTunnel, type NginxHop } from './nginx-hop.ts'

/**
 * The client's end of a connection to nginx on which a WebSocket may be opened: the model decides on the opening request,
 * and where the answer is 101 the connection is joined to the upstream's.
 */
export function acceptWebSocket(
  nginx: NginxHop,
  requestId: string,
  onExchange: (exchange: Exchange) => void,
): MemorySocket | null {
  if (!nginx.listening) return null
  const [client, accepted] = MemorySocket.connect('127.0.0.1', '127.0.0.1', () => undefined)
  for (const end of [client, accepted]) end.on('error', () => undefined)
  const front = createServer()
  front.on('upgrade', async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { exchange, tunnel } = await nginx.handle(
      {
        method: request.method ?? '',
        target: request.url ?? '',
        httpVersion: '1.1',
        headers: headersFromRaw(request.rawHeaders),
        body: Buffer.alloc(0),
      },
      requestId,
    )
    onExchange(exchange)
    if (exchange.answered === null) return socket.destroy()
    socket.write(responseBytes(exchange.answered))
    if (tunnel === null) return socket.end()
    if (head.length > 0) tunnel.socket.write(head)
    joinTunnel(socket, tunnel.socket)
  })
  front.emit('connection', accepted)
  return client
}
