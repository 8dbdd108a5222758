import { isIPv6 } from 'node:net'

/** What follows `http://` in `proxy_pass`, and what stands in an upstream's `server`. */
export interface UpstreamUrl {
  readonly host: string
  /** The port as written; null where none is. */
  readonly port: string | null
  /** From the first `/` or `?` on; empty where there is none. */
  readonly uri: string
  /** The literal address, brackets of IPv6 taken off, or `unix:` with the path of a socket; null where the host is a name. */
  readonly address: string | null
}

/** What stands in the place of the port of a unix domain socket. */
export const NO_PORT = 0

/** Bytes of a path with the zero at its end (sun_path of Linux). */
const LONGEST_SOCKET_PATH = 108

/**
 * Reads a host with an optional port and URI (ngx_parse_url). Gives nginx's words where it is wrong.
 * @param takesUri whether a colon behind the path of a unix domain socket begins a URI
 */
export function parseUpstreamUrl(text: string, takesUri = true): UpstreamUrl | { readonly error: string } {
  if (text.startsWith('unix:')) return parseUnixUrl(text.slice('unix:'.length), takesUri)
  const uriAt = text.search(/[/?]/)
  const authority = uriAt === -1 ? text : text.slice(0, uriAt)
  const uri = uriAt === -1 ? '' : text.slice(uriAt)
  if (authority.startsWith('[')) return fromLiteral(authority, uri)
  const colon = authority.indexOf(':')
  const host = colon === -1 ? authority : authority.slice(0, colon)
  const port = colon === -1 ? null : authority.slice(colon + 1)
  if (port !== null && !isPort(port)) return { error: 'invalid port' }
  if (host === '') return { error: 'no host' }
  return { host, port, uri, address: inetAddress(host) }
}

/** ngx_parse_unix_domain_url */
function parseUnixUrl(text: string, takesUri: boolean): UpstreamUrl | { readonly error: string } {
  const colon = takesUri ? text.indexOf(':') : -1
  const path = colon === -1 ? text : text.slice(0, colon)
  if (path === '') return { error: 'no path in the unix domain socket' }
  if (path.length >= LONGEST_SOCKET_PATH) return { error: 'too long path in the unix domain socket' }
  return { host: path, port: null, uri: colon === -1 ? '' : text.slice(colon + 1), address: `unix:${path}` }
}

/** Whether an address is that of a unix domain socket. */
export function isUnixAddress(address: string | null): boolean {
  return address?.startsWith('unix:') === true
}

function fromLiteral(authority: string, uri: string): UpstreamUrl | { readonly error: string } {
  const [, address = '', port] = /^\[([^\]]*)\](?::(.*))?$/.exec(authority) ?? []
  if (!isIPv6(address)) return { error: 'invalid host' }
  if (port !== undefined && !isPort(port)) return { error: 'invalid port' }
  return { host: `[${address}]`, port: port ?? null, uri, address }
}

/** An IPv4 address as nginx reads it (ngx_inet_addr): four numbers, zeros before them and all. */
function inetAddress(host: string): string | null {
  const parts = host.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d*$/.test(part) && Number(part) <= 255)) return null
  return parts.map(Number).join('.')
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535
}
