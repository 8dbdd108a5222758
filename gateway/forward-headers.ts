import type { IncomingMessage } from 'node:http'
import type { HeaderEdits } from './config/units.ts'
import type { Target } from './route-table.ts'

/** Headers by name in lower case. A name that came several times keeps its values apart. */
export type HeaderMap = Record<string, string | string[]>

/**
 * What concerns one connection and stops at the gateway (RFC 9110 section 7.6.1; Trailer and the two Proxy- fields as in
 * RFC 2616 section 13.5.1). `Expect` was met here already.
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What `Connection` cannot declare its own: without them the message would be framed or addressed differently. */
const NEVER_NAMED: ReadonlySet<string> = new Set(['content-length', 'host'])

/** The headers that go on, of node:http's flat list of names and values. */
export function endToEndHeaders(rawHeaders: readonly string[], connection: string | undefined): HeaderMap {
  const named = connection === undefined ? null : namedBy(connection)
  const headers: HeaderMap = {}
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    if (HOP_BY_HOP.has(name) || named?.has(name)) continue
    const before = headers[name]
    headers[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value]
  }
  return headers
}

function namedBy(connection: string): ReadonlySet<string> {
  const names = connection
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  return new Set(names.filter((name) => !NEVER_NAMED.has(name)))
}

/** What the gateway adds to a request that it sends on. */
export interface ForwardedRequest {
  readonly target: Target
  readonly requestId: string
  readonly requestIdHeader: string
  /** The host that the client asked for. */
  readonly host: string
  readonly edits: HeaderEdits | null
}

/** The headers that a backend gets: the client's, what nginx and the gateway know of the way here, then the config's edits. */
export function forwardHeaders(
  request: IncomingMessage,
  { target, requestId, requestIdHeader, host, edits }: ForwardedRequest,
): HeaderMap {
  const headers = endToEndHeaders(request.rawHeaders, request.headers.connection)
  headers.host = `${target.host}:${target.port}`
  // The parser takes the chunks apart; the body is put into chunks again. Content-Length goes on as it is.
  if (request.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked'
  const peer = peerAddress(request)
  if (peer !== null) headers['x-forwarded-for'] = [...listOf(headers['x-forwarded-for']), peer].join(', ')
  headers['x-forwarded-proto'] ??= 'http'
  if (host !== '') headers['x-forwarded-host'] ??= host
  headers[requestIdHeader] = requestId
  if (edits !== null) editHeaders(headers, edits)
  return headers
}

/** The other end's address, IPv4 as IPv4; null where it has gone. */
export function peerAddress(request: IncomingMessage): string | null {
  return request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null
}

export function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

/** Removes, then sets. */
export function editHeaders(headers: HeaderMap, { set, remove }: HeaderEdits): void {
  for (const name of remove) delete headers[name]
  Object.assign(headers, set)
}
