/** A header as it stood on the wire: name in its original case, value without surrounding white space. */
export type Header = readonly [name: string, value: string]

/** Header lines in wire order, duplicates kept. Strings hold bytes as Latin-1, as node:http gives them. */
export type Headers = readonly Header[]

/** The bytes of a body, one character for each (Latin-1), so that messages are plain data. */
export type Bytes = string

export type HttpVersion = '1.0' | '1.1' | '2.0'

/** Protocols that carry a request as CGI does, by parameters (RFC 3875 section 4.1). */
export type CgiProtocol = 'fastcgi' | 'scgi' | 'uwsgi'

/** What names of nginx's directives begin with, by the module that sends requests to upstreams. */
export type UpstreamPrefix = 'proxy' | CgiProtocol | 'grpc' | 'memcached'

/** As people write them. */
export const PROTOCOL_NAMES: Readonly<Record<'http' | 'grpc' | 'memcached' | CgiProtocol, string>> = {
  http: 'HTTP',
  grpc: 'gRPC',
  fastcgi: 'FastCGI',
  scgi: 'SCGI',
  uwsgi: 'uwsgi',
  memcached: 'memcached',
}

/** What such a protocol carries of a request: names and values in wire order, duplicates kept. */
export interface CgiRequest {
  readonly protocol: CgiProtocol
  readonly params: Headers
}

/**
 * A request as it stood on the wire. `target` is the raw request target, byte for byte (RFC 9112 section 3.2). Where it did not come
 * by HTTP, the rest is what its parameters say of it.
 */
export interface RequestMessage {
  readonly method: string
  readonly target: string
  readonly httpVersion: HttpVersion
  readonly headers: Headers
  readonly body: Bytes
  /** Left out where it came by HTTP. */
  readonly cgi?: CgiRequest
  /** Whether memcached is asked, for the key that is the target. Left out where it is not. */
  readonly isMemcached?: true
}

/** A response as it stood on the wire, its body decoded from the transfer coding. */
export interface ResponseMessage {
  readonly status: number
  readonly headers: Headers
  readonly body: Bytes
  /** The headers behind the body; left out where there are none. */
  readonly trailers?: Headers
}

/** The first value of a header, matched without case; undefined where there is none. */
export function headerValue(headers: Headers, name: string): string | undefined {
  const wanted = name.toLowerCase()
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1]
}

/** Every value of a header, matched without case, in wire order. */
export function headerValues(headers: Headers, name: string): string[] {
  const wanted = name.toLowerCase()
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value)
}

/** Pairs up the flat list that node:http calls `rawHeaders`. */
export function headersFromRaw(raw: readonly string[]): Header[] {
  const headers: Header[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([raw[at] ?? '', raw[at + 1] ?? ''])
  return headers
}

/** Bytes as the text of a message. */
export function bytesFrom(buffer: Buffer): Bytes {
  return buffer.toString('latin1')
}

/** The bytes of a UTF-8 text. */
export function bytesFromText(text: string): Bytes {
  return bytesFrom(Buffer.from(text))
}

/** Bytes as Node sends them. */
export function bufferOf(bytes: Bytes): Buffer {
  return Buffer.from(bytes, 'latin1')
}

/** Bytes read as UTF-8; where they are not, with replacement characters. */
export function utf8Of(bytes: Bytes): string {
  return bufferOf(bytes).toString('utf8')
}
