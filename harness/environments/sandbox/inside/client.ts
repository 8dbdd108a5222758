import { connect, isIPv6, type Socket } from 'node:net'
import type { Endpoint } from './endpoint.ts'

/** A fresh connection from the node itself; null where it is refused or the signal comes first. */
export function connectTo({ address, port, isApart }: Endpoint, signal: AbortSignal): Promise<Socket | null> {
  // A loopback address leads nowhere else.
  const from = isApart ? {} : { localAddress: isIPv6(address) ? '::1' : '127.0.0.1' }
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, ...from })
    signal.addEventListener('abort', () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('connect', () => resolve(socket))
    socket.once('close', () => resolve(null))
  })
}
