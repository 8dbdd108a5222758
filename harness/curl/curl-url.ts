import { isIP } from 'node:net'
import type { Bytes } from '../chain/message.ts'
import { CurlError } from './curl-error.ts'

/** A URL in its parts, the target as it goes out. */
export interface CurlUrl {
  readonly scheme: 'http' | 'https'
  /** `name:password`, percent-decoded; null where it has none. */
  readonly userinfo: Bytes | null
  /** An IPv6 address stands in brackets. */
  readonly host: string
  readonly port: number
  /** The host as its header has it: with the port where it is not the scheme's own. */
  readonly authority: string
  /** Path and query. */
  readonly target: Bytes
}

const PORTS = { http: 80, https: 443 } as const

/**
 * A URL as curl reads it: `http://` where it names no scheme, no fragment, `..` of its path resolved.
 * @param isAsIs whether the path stays as it stands (--path-as-is)
 * @throws {CurlError}
 */
export function splitUrl(url: Bytes, isAsIs: boolean): CurlUrl {
  const [, scheme = 'http', userinfo, host = '', port, rest = ''] =
    /^(?:([a-zA-Z][a-zA-Z\d+.-]*):\/\/)?(?:([^@/?#]*)@)?(\[[^\]]*\]|[^/?#:@[\]]+)(?::(\d{1,5}))?([/?#][\s\S]*)?$/.exec(
      url,
    ) ?? []
  const known = scheme.toLowerCase()
  if (host === '') throw new CurlError(`"${url}" is no URL with a host`, 'Write it as http://flowmaster.example/path.')
  if (known !== 'http' && known !== 'https')
    throw new CurlError(`"${url}" is no URL of HTTP`, 'Requests of HTTP and HTTPS are sent here.')
  if (/[\0-\x20\x7f]/.test(rest))
    throw new CurlError(`"${url}" has a space or a control character in it`, 'Write a space as %20.')
  const own = PORTS[known]
  const number = port === undefined ? own : Number(port)
  const [withoutFragment = ''] = rest.split('#', 1)
  const query = withoutFragment.indexOf('?')
  const [path, end] =
    query === -1 ? [withoutFragment, ''] : [withoutFragment.slice(0, query), withoutFragment.slice(query)]
  return {
    scheme: known,
    userinfo: userinfo === undefined ? null : decoded(userinfo),
    host,
    port: number,
    authority: number === own ? host : `${host}:${number}`,
    target: encoded((isAsIs ? path : withoutDots(path)) || '/') + end,
  }
}

/** With more in its query. */
export function withQuery(url: CurlUrl, query: Bytes): CurlUrl {
  if (query === '') return url
  const separator = !url.target.includes('?') ? '?' : url.target.endsWith('?') ? '' : '&'
  return { ...url, target: url.target + separator + query }
}

/**
 * The URL that says where such a line connects to, as a step has it.
 * @param resolves values of --resolve: `HOST:PORT:ADDRESS`
 * @param connects values of --connect-to: `HOST:PORT:HOST:PORT`
 * @throws {CurlError} a step cannot say it
 */
export function connectedUrl(url: CurlUrl, resolves: readonly string[], connects: readonly string[]): string {
  const { scheme, host, port, target } = url
  const connect = connects.map(connectedTo).find((to) => isFor(to, url))
  const to = { host: connect?.toHost || host, port: connect?.toPort || port }
  const resolved = resolves
    .map(resolvedTo)
    .find((one) => one.host.toLowerCase() === to.host.toLowerCase() && one.port === to.port)
  const address = resolved?.address ?? to.host
  const isMoved = address !== host || to.port !== port
  if (!isMoved) return `${scheme}://${url.authority}${target}`
  const isHere = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(address)
  // The name that the handshake names is that of the URL.
  if (scheme === 'https' && isIP(host.replace(/^\[|\]$/g, '')) === 0) {
    if (!isHere && address !== host && isIP(address.replace(/^\[|\]$/g, '')) !== 0)
      throw new CurlError(
        `it connects to ${address} and asks for ${host} there by TLS, which a URL cannot say`,
        'Leave --resolve or --connect-to out where nginx listens on every address.',
      )
    return `${scheme}://${host}:${to.port}${target}`
  }
  return `${scheme}://${address}:${to.port}${target}`
}

interface Connect {
  readonly host: string
  readonly port: number | null
  readonly toHost: string
  readonly toPort: number | null
}

function connectedTo(written: string): Connect {
  const [, host = '', port = '', toHost = '', toPort = ''] =
    /^(\[[^\]]*\]|[^:[\]]*):(\d{0,5}):(\[[^\]]*\]|[^:[\]]*):(\d{0,5})$/.exec(written) ?? []
  if (!written.includes(':') || (host + port + toHost + toPort === '' && written !== ':::'))
    throw new CurlError(`--connect-to "${written}" is not HOST:PORT:HOST:PORT`, 'Copy the whole line.')
  const number = (text: string): number | null => (text === '' ? null : Number(text))
  return { host, port: number(port), toHost, toPort: number(toPort) }
}

function isFor(to: Connect, { host, port }: CurlUrl): boolean {
  return (to.host === '' || to.host.toLowerCase() === host.toLowerCase()) && (to.port === null || to.port === port)
}

function resolvedTo(written: string): { readonly host: string; readonly port: number; readonly address: string } {
  const [, host = '', port = '', address = ''] = /^\+?(\[[^\]]*\]|[^:[\]]+):(\d{1,5}):(.+)$/.exec(written) ?? []
  const [first = ''] = address.split(',', 1)
  const literal = first.replace(/^\[|\]$/g, '')
  if (isIP(literal) === 0)
    throw new CurlError(`--resolve "${written}" is not HOST:PORT:ADDRESS`, 'Copy the whole line.')
  return { host, port: Number(port), address: isIP(literal) === 6 ? `[${literal}]` : literal }
}

/** `.` and `..` resolved (RFC 3986 section 5.2.4). */
function withoutDots(path: Bytes): Bytes {
  const kept: string[] = []
  const segments = path.split('/').slice(1)
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1
    if (segment === '..') kept.pop()
    if (segment !== '.' && segment !== '..') kept.push(segment)
    else if (isLast) kept.push('')
  }
  return path === '' ? '' : `/${kept.join('/')}`
}

/** Bytes beyond ASCII, as curl sends them in a path; those of a query go out as they are. */
function encoded(text: Bytes): Bytes {
  return text.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}

function decoded(text: Bytes): Bytes {
  return text.replace(/%([\da-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
