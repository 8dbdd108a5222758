import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { headersFromRaw } from '../../chain/message.ts'
import type { Exchange } from '../../trace/trace.ts'
import { responseBytes } from '../response-bytes.ts'
import { MemorySocket } from './memory-socket.ts'
import { type Entry, joinTunnel, type NginxHop } from './nginx-hop.ts'

/** A connection to nginx on which a WebSocket may be opened. */
export interface WebSocketFront {
  /** The client's end. */
  readonly socket: MemorySocket
  /** What nginx did with the opening request; null where none came. It rejects where `NginxHop.handle` does. */
  readonly exchange: Promise<Exchange | null>
}

/**
 * Takes a connection at nginx: the model decides on the opening request, and where the answer is 101 the connection is
 * joined to the upstream's. Null where nothing listens.
 * @param gone the client has given up
 */
export function acceptWebSocket(
  nginx: NginxHop,
  requestId: string,
  entry: Entry,
  gone: AbortSignal,
): WebSocketFront | null {
  if (!nginx.takes({ ...entry, httpVersion: '1.1' })) return null
  const [client, accepted] = MemorySocket.connect('127.0.0.1', '127.0.0.1', () => undefined)
  for (const end of [client, accepted]) end.on('error', () => undefined)
  const exchange = new Promise<Exchange | null>((resolve) => {
    const front = createServer()
    front.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      resolve(
        serve(nginx, requestId, entry, gone, request, socket).catch((error: unknown) => {
          socket.destroy()
          throw error
        }),
      )
    })
    accepted.once('close', () => resolve(null))
    front.emit('connection', accepted)
  })
  // It is looked at when the client is through, which may be later.
  exchange.catch(() => undefined)
  return { socket: client, exchange }
}

async function serve(
  nginx: NginxHop,
  requestId: string,
  entry: Entry,
  gone: AbortSignal,
  request: IncomingMessage,
  socket: Duplex,
): Promise<Exchange> {
  const { exchange, tunnel } = await nginx.handle(
    {
      method: request.method ?? '',
      target: request.url ?? '',
      httpVersion: '1.1',
      headers: headersFromRaw(request.rawHeaders),
      body: '',
    },
    requestId,
    entry,
    gone,
  )
  if (exchange.answered === null) {
    socket.destroy()
    return exchange
  }
  socket.write(responseBytes(exchange.answered))
  if (tunnel === null) {
    socket.end()
    return exchange
  }
  joinTunnel(socket, tunnel.socket)
  return exchange
}
