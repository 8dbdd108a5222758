import type { IncomingMessage } from 'node:http'
import { isIPv6, SocketAddress } from 'node:net'
import { peerAddress } from '../forward-headers.ts'

/**
 * The address that a request is counted by: the last one of X-Forwarded-For is the one that nginx saw, those before it are
 * the client's to make up. An IPv6 address in the one spelling of RFC 5952, so that other spellings are the same client.
 */
export function clientAddress(request: IncomingMessage): string {
  const forwarded = request.headers['x-forwarded-for']
  const last = typeof forwarded === 'string' ? forwarded.split(',').at(-1)?.trim() : undefined
  return canonical(last || (peerAddress(request) ?? 'unknown'))
}

function canonical(address: string): string {
  const bare = address.replace(/^\[|\]$/g, '')
  if (!isIPv6(bare)) return address
  return new SocketAddress({ family: 'ipv6', address: bare }).address.replace(/^::ffff:(?=\d+\.)/, '')
}
