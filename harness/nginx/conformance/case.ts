import { gunzipSync } from 'node:zlib'
import type { TlsHello } from '../../chain/client-request.ts'
import {
  bufferOf,
  bytesFrom,
  type CgiRequest,
  type Header,
  type Headers,
  type HttpVersion,
  type RequestMessage,
  type ResponseMessage,
} from '../../chain/message.ts'
import { withOneBoundary } from '../../chain/multipart-ranges.ts'
import type { ServiceTls } from '../../chain/service.ts'
import { withoutCounts } from '../../chain/stub-status.ts'
import { chunks, readHead, requestBytes } from './http-bytes.ts'

/**
 * A configuration and requests to it, to be run on the real nginx and on the model. In `site`, `$LISTEN` is the address and port
 * that requests come in at; `$A`, `$B`, `$C` are upstreams that answer; `$DEAD` refuses connections. The words are put in by
 * {@link placed}.
 */
export interface ConformanceCase {
  readonly name: string
  readonly site: string
  readonly requests: readonly CaseRequest[]
  /** Files by their paths under the folder that `$FILES` stands for (`server.pem` and `server.key` too where the site speaks TLS), all of them last changed at {@link FILES_CHANGED_MS}. */
  readonly files?: Readonly<Record<string, string>>
  /** Unix domain sockets at which upstreams listen, by their paths under the folder that `$FILES` stands for. */
  readonly sockets?: readonly string[]
  /** Upstreams that speak TLS, by their names: `$TLS(NAME)` stands for the address, `$FILES/ca.pem` for who signs their certificates. */
  readonly tls?: Readonly<Record<string, ServiceTls>>
}

/** When the files of a case were last changed. */
export const FILES_CHANGED_MS = Date.UTC(2024, 1, 29, 12, 30, 45)

/** One request: a target, or a whole one. `upstream` says how upstreams answer, try by try; then they answer {@link OK}. */
export interface CaseRequest {
  readonly method?: string
  readonly target: string
  /** HTTP/2 needs a `hello`; names of headers are small then, and Host comes first. */
  readonly httpVersion?: HttpVersion
  /** Without them, one Host header. */
  readonly headers?: readonly Header[]
  readonly body?: string
  /** Bytes behind the head as they are, in place of a body: it is framed by nobody. */
  readonly sends?: string
  readonly upstream?: readonly CaseAnswer[]
  /** What it names in its TLS handshake; left out where it speaks plain HTTP. */
  readonly hello?: TlsHello
  /** Whom a header of the PROXY protocol names, which is sent first. */
  readonly proxied?: string
}

/**
 * How an upstream behaves: with bytes, by closing the connection at once, or by silence. What FastCGI asks for goes out in its records,
 * unless it is HTTP. To a request by HTTP/2 the bytes are taken for an answer of HTTP/1.1, and go out as one of HTTP/2, with trailers.
 */
export type CaseAnswer = { readonly bytes: string; readonly trailers?: Headers } | 'close' | 'silence'

/** The ports that stand for the words of a site. */
export interface Places {
  readonly listen: number
  readonly a: number
  readonly b: number
  readonly c: number
  readonly dead: number
  readonly files: string
  /** Ports of those that speak TLS. */
  readonly tls?: ReadonlyMap<string, number>
}

/** The ports of the upstreams. */
export type Upstreams = Omit<Places, 'listen' | 'files' | 'tls'>

/** A site with the ports put in. */
export function placed(site: string, places: Places): string {
  return site
    .replaceAll('$FILES', places.files)
    .replaceAll(/\$TLS\((\w+)\)/g, (_, name: string) => `127.0.0.1:${places.tls?.get(name)}`)
    .replaceAll('$LISTEN', `127.0.0.1:${places.listen}`)
    .replaceAll('$PORT', String(places.listen))
    .replaceAll('$A', `127.0.0.1:${places.a}`)
    .replaceAll('$B', `127.0.0.1:${places.b}`)
    .replaceAll('$C', `127.0.0.1:${places.c}`)
    .replaceAll('$DEAD', `127.0.0.1:${places.dead}`)
}

/** What an upstream answers where a case says nothing else. */
export const OK: CaseAnswer = answer(200, [['Content-Type', 'text/plain']], 'ok')

/** An answer with a length, written out. */
export function answer(status: number, headers: readonly Header[] = [], body = ''): CaseAnswer {
  const lines = [...headers, ['Content-Length', String(body.length)] as const].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return { bytes: `HTTP/1.1 ${status} Reason\r\n${lines.join('')}\r\n${body}` }
}

/** What came of one request. `forwards` are the tries, with the upstream's letter or port. */
export interface Observation {
  readonly forwards: readonly ObservedForward[]
  /** Null where the connection was closed without an answer. */
  readonly answer: ObservedResponse | null
}

/** A request as an upstream received it. */
export interface ObservedForward {
  readonly port: number
  readonly line: string
  readonly headers: readonly string[]
  readonly body: string
}

/** An answer as the client received it, its body without a transfer coding. */
export interface ObservedResponse {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: string
  /** Left out where there are none. */
  readonly trailers?: readonly string[]
}

/** What a body that gzip made begins with (RFC 1952). Zlibs differ in the rest. */
const GZIP_MAGIC = '\x1f\x8b'

export function observedResponse(response: ResponseMessage): ObservedResponse {
  const { status, headers, body, trailers } = withOneBoundary(withoutCounts(response))
  const packed = status !== 206 && body.startsWith(GZIP_MAGIC)
  return {
    status,
    headers: headers.map(([name, value]) => `${name}: ${timeless(name, value)}`),
    body: packed ? bytesFrom(gunzipSync(bufferOf(body))) : body,
    ...(trailers === undefined ? {} : { trailers: trailers.map((line) => line.join(': ')) }),
  }
}

/** Date is now and Expires counts from now, and now is another second each time. */
function timeless(name: string, value: string): string {
  const isNow = /^(?:Expires|Date)$/i.test(name) && Math.abs(Date.parse(value) - Date.now()) < 40 * 86_400_000
  return isNow ? `${value.slice(0, -'00:00:00 GMT'.length)}…` : value
}

/** A request by FastCGI, SCGI or uwsgi: its parameters take the place of header lines. */
export function observedCgi(port: number, { protocol, params }: CgiRequest, body: string): ObservedForward {
  return { port, line: protocol, headers: params.map(([name, value]) => `${name}: ${value}`), body }
}

/** The request that the model sends, read back from its bytes as an upstream would read them. */
export function observedForward(port: number, request: RequestMessage): ObservedForward {
  if (request.cgi !== undefined) return observedCgi(port, request.cgi, request.body)
  if (request.isMemcached) return { port, line: `get ${request.target}`, headers: [], body: '' }
  const head = readHead(requestBytes(request))
  if (head === null) throw new Error('a request has a head')
  const headers = head.headers.map(([name, value]) => `${name}: ${value}`)
  return { port, line: head.line, headers, body: request.body }
}

/** The request of a case as a message. */
export function requestMessage(request: CaseRequest): RequestMessage {
  const body = request.body ?? ''
  const chunked = request.headers?.some(([name]) => name.toLowerCase() === 'transfer-encoding') ?? false
  const length: Header[] =
    request.sends === undefined && body.length > 0 && !chunked ? [['Content-Length', String(body.length)]] : []
  return {
    method: request.method ?? 'GET',
    target: request.target,
    httpVersion: request.httpVersion ?? '1.1',
    headers: [...(request.headers ?? [['Host', 'example.com']]), ...length].map(([name, value]) => [
      request.httpVersion === '2.0' ? name.toLowerCase() : name,
      value,
    ]),
    body: request.sends ?? (chunked ? chunks(body) : body),
  }
}

/** Plain GET requests for some targets. */
export function get(...targets: readonly string[]): CaseRequest[] {
  return targets.map((target) => ({ target }))
}
