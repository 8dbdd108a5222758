import { unchunk } from '../../chain/chunked.ts'
import { type Bytes, type Header, headerValue, type RequestMessage } from '../../chain/message.ts'

/** A request's head as it came, and how many bytes it took. */
export interface RequestHead {
  readonly head: Omit<RequestMessage, 'body'>
  readonly length: number
}

/** Bytes of a head that are waited for at most: more than any `large_client_header_buffers` that somebody would set. */
const LONGEST_HEAD = 1024 * 1024

/**
 * Reads the head of a request. Whether it is right is for nginx to say: of a wrong one the parts stand where they belong as far
 * as they can be told apart.
 * @returns null where more has to come
 */
export function readRequestHead(bytes: Bytes): RequestHead | null {
  const start = /^[\r\n]*/.exec(bytes)?.[0].length ?? 0
  const line = lineAt(bytes, start)
  if (line === null) return bytes.length < LONGEST_HEAD ? null : requestOf(bytes.slice(start), [], bytes.length)
  if (!endsWithVersion(line.text)) return requestOf(line.text, [], line.end)
  const read = readHeaders(bytes, line.end)
  if (read !== null) return requestOf(line.text, read.headers, read.end)
  return bytes.length < LONGEST_HEAD ? null : requestOf(line.text, linesFrom(bytes, line.end).headers, bytes.length)
}

/** The lines of a head up to the empty one, which may end with a bare line feed. @returns null where more has to come */
export function readHeaders(bytes: Bytes, start: number): { headers: readonly Header[]; end: number } | null {
  const { headers, end } = linesFrom(bytes, start)
  return end === null ? null : { headers, end }
}

function linesFrom(bytes: Bytes, start: number): { headers: readonly Header[]; end: number | null } {
  const headers: Header[] = []
  for (let at = start; ; ) {
    const line = lineAt(bytes, at)
    if (line === null) return { headers, end: null }
    if (line.text === '') return { headers, end: line.end }
    headers.push(headerOf(line.text))
    at = line.end
  }
}

/** A line without its end. */
export function lineAt(bytes: Bytes, start: number): { text: Bytes; end: number } | null {
  const feed = bytes.indexOf('\n', start)
  if (feed === -1) return null
  const end = feed > start && bytes[feed - 1] === '\r' ? feed - 1 : feed
  return { text: bytes.slice(start, end), end: feed + 1 }
}

function headerOf(line: Bytes): Header {
  const colon = line.indexOf(':')
  return colon === -1
    ? [line, '']
    : [
        line.slice(0, colon),
        line
          .slice(colon + 1)
          .replace(/^ +/, '')
          .trimEnd(),
      ]
}

/** Without a version it is a request of HTTP/0.9, or none: nothing else comes. */
function endsWithVersion(line: Bytes): boolean {
  return / HTTP\/\d+\.\d+ *$/.test(line)
}

function requestOf(line: Bytes, headers: readonly Header[], length: number): RequestHead {
  const space = line.indexOf(' ')
  const method = space === -1 ? line : line.slice(0, space)
  const rest = space === -1 ? '' : line.slice(space + 1)
  const at = rest.lastIndexOf(' HTTP/')
  const version = at === -1 ? '' : rest.slice(at + ' HTTP/'.length).trimEnd()
  const target = at === -1 ? rest : rest.slice(0, at)
  return { head: { method, target, httpVersion: version === '1.0' ? '1.0' : '1.1', headers }, length }
}

/**
 * How many of the bytes behind a head belong to its body, and whether that is all of it.
 * @param bytes what came behind the head, which may be the next request
 */
export function bodyLength({ headers }: RequestHead['head'], bytes: Bytes): { length: number; isWhole: boolean } {
  if (headerValue(headers, 'Transfer-Encoding')?.toLowerCase() === 'chunked') {
    const { kind, length } = unchunk(bytes, 'LF')
    return kind === 'whole' ? { length, isWhole: true } : { length: bytes.length, isWhole: false }
  }
  const announced = headerValue(headers, 'Content-Length') ?? ''
  const wanted = /^\d{1,15}$/.test(announced) ? Number(announced) : 0
  return { length: Math.min(wanted, bytes.length), isWhole: bytes.length >= wanted }
}
