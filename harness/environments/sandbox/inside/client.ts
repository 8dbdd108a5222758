import { connect, isIPv6, type Socket } from 'node:net'
import type { Endpoint } from './endpoints.ts'

/** A fresh connection from the node itself; null where it is refused or the signal comes first. */
export function connectTo({ address, port }: Endpoint, signal: AbortSignal): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, localAddress: isIPv6(address) ? '::1' : '127.0.0.1' })
    signal.addEventListener('abort', () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('connect', () => resolve(socket))
    socket.once('close', () => resolve(null))
  })
}
