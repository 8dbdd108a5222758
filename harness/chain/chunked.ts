import type { Bytes } from './message.ts'

/** What a reader finds who takes the chunked coding off a body: `body` is what has come of it by then. */
export interface Unchunked {
  /** `unfinished`: more has to come before it ends; `invalid`: the bytes are not coded so. */
  readonly kind: 'whole' | 'unfinished' | 'invalid'
  readonly body: Bytes
  /** Bytes of all chunks whose size is known, those that have not come among them. */
  readonly announced: number
  /** Bytes of the coding that have been read: where it is whole, what follows them is another message. */
  readonly length: number
}

/** The size of a chunk in hex, an extension that nobody reads, the line's end. */
const SIZE_LINE = /([0-9a-f]{1,15})[ \t]*(?:;[^\n]*)?\r?\n/iy

/** What may yet become a size line when more comes. */
const PART_OF_SIZE_LINE = /(?:[0-9a-f]{1,15}[ \t]*(?:;[^\n]*)?\r?)?$/iy

/** After the last chunk: trailer lines, which are dropped, and an empty line. */
const TRAILER = /(?:[^\r\n][^\n]*\n)*\r?\n/y

/**
 * Takes the chunked coding off (RFC 9112 section 7.1), as nginx reads it (ngx_http_parse_chunked).
 * @param lineEnd `LF`: a line may end with a bare line feed too
 */
export function unchunk(coded: Bytes, lineEnd: 'CRLF' | 'LF'): Unchunked {
  const isBare = (lines: string): boolean => lineEnd === 'CRLF' && /(?:^|[^\r])\n/.test(lines)
  let body = ''
  let announced = 0
  for (let at = 0; ; ) {
    const line = matchAt(SIZE_LINE, coded, at)
    if (line !== null && isBare(line[0])) return { kind: 'invalid', body, announced, length: at }
    if (line === null) {
      const kind = matchAt(PART_OF_SIZE_LINE, coded, at) === null ? 'invalid' : 'unfinished'
      return { kind, body, announced, length: at }
    }
    const size = Number.parseInt(line[1] ?? '', 16)
    const start = at + line[0].length
    if (size === 0) {
      const trailer = matchAt(TRAILER, coded, start)
      if (isBare(trailer?.[0] ?? coded.slice(start))) return { kind: 'invalid', body, announced, length: start }
      if (trailer === null) return { kind: 'unfinished', body, announced, length: start }
      return { kind: 'whole', body, announced, length: start + trailer[0].length }
    }
    announced += size
    body += coded.slice(start, start + size)
    const end = matchAt(/\r?\n/y, coded, start + size)
    if (end === null) {
      const kind = /^\r?$/.test(coded.slice(start + size)) ? 'unfinished' : 'invalid'
      return { kind, body, announced, length: start + size }
    }
    if (isBare(end[0])) return { kind: 'invalid', body, announced, length: start + size }
    at = start + size + end[0].length
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
