import type { Span } from '../../../diagnostics/span.ts'

/** One place that a `listen` takes connections at. */
export interface Listen {
  /** Null for any IPv4 address; `::` for any IPv6 address. */
  readonly address: string | null
  readonly port: number
  readonly isDefault: boolean
  readonly tls: boolean
  readonly http2: boolean
  readonly proxyProtocol: boolean
  /** Whether an IPv6 socket takes IPv4 too (`ipv6only=off`). */
  readonly takesIPv4: boolean
  /** Whether it sets options of the socket, which may be done once for a place. */
  readonly setsOptions: boolean
  readonly span: Span
}

/** A place as nginx writes it: `0.0.0.0:80`, `[::]:80`. */
export function shown({ address, port }: { address: string | null; port: number }): string {
  const host = address ?? '0.0.0.0'
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
