import { connect, isIPv6, type Socket } from 'node:net'
import { type Endpoint, socketPath } from './endpoint.ts'

/** A fresh connection, from the node itself where `from` is null; null where it is refused or the signal comes first. */
export function connectTo(
  { address, port, isApart }: Endpoint,
  from: string | null,
  signal: AbortSignal,
): Promise<Socket | null> {
  const path = socketPath({ address })
  // A loopback address leads nowhere else.
  const local = isApart ? {} : { localAddress: from ?? (isIPv6(address) ? '::1' : '127.0.0.1') }
  return new Promise((resolve) => {
    const socket = path === null ? connect({ host: address, port, ...local }) : connect({ path })
    signal.addEventListener('abort', () => socket.destroy())
    socket.on('error', () => undefined)
    socket.once('connect', () => resolve(socket))
    socket.once('close', () => resolve(null))
  })
}
