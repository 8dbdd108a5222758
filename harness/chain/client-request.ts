import type { Bytes, Header, HttpVersion } from './message.ts'

/** What a client sends. `via` is where it enters: nginx, the gateway, or a Service by its name (the runbook's port-forward). */
export interface ClientRequest {
  readonly via: string
  /** Where it connects to, where it enters at nginx. */
  readonly listener: Listener
  /** The address that nginx sees it come from; null for that of the host itself. */
  readonly from: string | null
  readonly method: string
  readonly target: string
  readonly httpVersion: HttpVersion
  /** Sent as they are; `Host` is added where it is missing, `X-Request-ID` too, and `Content-Length` where there is a body. */
  readonly headers: readonly Header[]
  readonly body: Bytes
}

/** An address and port of the host of nginx. */
export interface Listener {
  /** An IP address: `127.0.0.1`, `::1`. */
  readonly address: string
  readonly port: number
  /** What the client asks for in its TLS handshake; null where it speaks no TLS. */
  readonly tls: TlsHello | null
  /** Whom a header of the PROXY protocol names, which is sent before everything else; null where none is sent. */
  readonly proxied: string | null
}

/** A TLS handshake's beginning. `serverName` is the host that it names (SNI, RFC 6066 section 3); null where that is an address. */
export interface TlsHello {
  readonly serverName: string | null
}

/** Where a request enters that says nothing else. */
export const PORT_80: Listener = { address: '127.0.0.1', port: 80, tls: null, proxied: null }

/** The port that such a header has for the client. */
export const PROXIED_PORT = 56_324

/** Whom a header of the PROXY protocol names: the client, and where it connected to. */
export interface ProxiedEnds {
  readonly client: { readonly address: string; readonly port: number }
  readonly server: { readonly address: string; readonly port: number }
}

/** What the header says that a client sends; null where it sends none. */
export function proxiedEnds({ address, port, proxied }: Omit<Listener, 'tls'>): ProxiedEnds | null {
  if (proxied === null) return null
  return { client: { address: proxied, port: PROXIED_PORT }, server: { address, port } }
}

/** The header of the PROXY protocol, version 1 (haproxy.org, proxy-protocol.txt section 2.1); empty where none is sent. */
export function proxyHeader({ address, port, proxied }: Listener): string {
  if (proxied === null) return ''
  const family = proxied.includes(':') ? 'TCP6' : 'TCP4'
  return `PROXY ${family} ${proxied} ${address} ${PROXIED_PORT} ${port}\r\n`
}

/** A listener as nginx writes it: `127.0.0.1:80`, `[::1]:80`. */
export function listenerText({ address, port }: Pick<Listener, 'address' | 'port'>): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
