import type { IncomingMessage } from 'node:http'
import type { HeaderEdits } from './config/units.ts'
import type { HeaderChanges } from './header-changes.ts'
import type { Place, Setting } from './place.ts'
import type { Target } from './route-table.ts'

/**
 * Headers by name in lower case. A name that came several times keeps its values apart. No plain object: a header may be
 * called `constructor` or `__proto__`.
 */
export type HeaderMap = Map<string, string | string[]>

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

/** The headers that go on, of node:http's flat list of names and values. Notes what stops here. */
export function endToEndHeaders(
  rawHeaders: readonly string[],
  connection: string | undefined,
  changes: HeaderChanges,
): HeaderMap {
  const named = connection === undefined ? null : namedBy(connection)
  const headers: HeaderMap = new Map()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    const value = rawHeaders[at + 1] ?? ''
    if (HOP_BY_HOP.has(name) || named?.has(name)) {
      // The body is framed again on the other side: that is no change of the message.
      if (name !== 'transfer-encoding') changes.note(name, 'dropped', 'hop-by-hop')
      continue
    }
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : [...listOf(before), value])
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
  readonly requestIdHeader: Setting<string>
  /** The host that the client asked for. */
  readonly host: string
  readonly edits: HeaderEdits | null
}

/** The headers that a backend gets: the client's, what nginx and the gateway know of the way here, then the config's edits. */
export function forwardHeaders(
  request: IncomingMessage,
  { target, requestId, requestIdHeader, host, edits }: ForwardedRequest,
  changes: HeaderChanges,
): HeaderMap {
  const headers = endToEndHeaders(request.rawHeaders, request.headers.connection, changes)
  const set = (name: string, value: string, by: 'gateway' | 'requestId' = 'gateway', place: Place | null = null) => {
    if (headers.get(name) === value) return
    changes.note(name, headers.has(name) ? 'changed' : 'added', by, place)
    headers.set(name, value)
  }
  set('host', `${target.host}:${target.port}`)
  // The parser takes the chunks apart; the body is put into chunks again. Content-Length goes on as it is.
  if (request.headers['transfer-encoding'] !== undefined) headers.set('transfer-encoding', 'chunked')
  const peer = peerAddress(request)
  if (peer !== null) set('x-forwarded-for', [...listOf(headers.get('x-forwarded-for')), peer].join(', '))
  if (!headers.has('x-forwarded-proto')) set('x-forwarded-proto', 'http')
  if (!headers.has('x-forwarded-host') && host !== '') set('x-forwarded-host', host)
  set(requestIdHeader.value, requestId, 'requestId', requestIdHeader.place)
  if (edits !== null) editHeaders(headers, edits, 'requestHeaders', changes)
  return headers
}

/** The other end's address, IPv4 as IPv4; null where it has gone. */
export function peerAddress(request: IncomingMessage): string | null {
  return request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? null
}

export function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

/** Removes, then sets. A header that would change nothing is not noted. */
export function editHeaders(
  headers: HeaderMap,
  { set, remove }: HeaderEdits,
  by: 'requestHeaders' | 'responseHeaders',
  changes: HeaderChanges,
): void {
  const before = new Map(headers)
  for (const { name, place } of remove) {
    if (headers.delete(name)) changes.note(name, 'dropped', by, place)
  }
  for (const { name, value, place } of set) {
    headers.set(name, value)
    changes.note(name, before.has(name) ? 'changed' : 'added', by, place)
  }
}
