import { connect, type Socket } from 'node:net'
import type { Endpoint } from './endpoints.ts'

/** From where clients speak: the node itself. */
const CLIENT_ADDRESS = '127.0.0.1'

/** Where nginx listens, as seen from the node. */
export const NGINX: Endpoint = { address: '127.0.0.1', port: 80 }

/** A fresh connection; null where it is refused or the signal comes first. */
export function connectTo({ address, port }: Endpoint, signal: AbortSignal): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, localAddress: CLIENT_ADDRESS })
    signal.addEventListener('abort', () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('connect', () => resolve(socket))
    socket.once('close', () => resolve(null))
  })
}
