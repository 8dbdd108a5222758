import { unchunk } from '../../chain/chunked.ts'
import { type Bytes, type Header, headerValue, headerValues } from '../../chain/message.ts'
import { lineAt, readHeaders } from './read-head.ts'

/** The head of an upstream's answer as nginx reads it. */
export interface AnswerHead {
  readonly status: number
  readonly headers: readonly Header[]
  readonly length: number
}

/**
 * Reads the head of an answer (ngx_http_parse_status_line, ngx_http_parse_header_line): lines may end with a bare line feed.
 * @returns null where more has to come; `invalid` where it is none
 */
export function readAnswerHead(bytes: Bytes): AnswerHead | 'no-status-line' | 'invalid' | null {
  const line = lineAt(bytes, 0)
  if (line === null) return mayBecomeStatusLine(bytes) ? null : 'no-status-line'
  const [, status] = /^HTTP\/\d+\.\d+ +(\d{3})(?: .*)?$/.exec(line.text) ?? []
  if (status === undefined) return 'no-status-line'
  const read = readHeaders(bytes, line.end)
  if (read === null) return null
  const isWrong = read.headers.some(([name, value]) => !/^[^\0- \x7f:]+$/.test(name) || value.includes('\0'))
  return isWrong || !isFramedOnce(read.headers)
    ? 'invalid'
    : { status: Number(status), headers: read.headers, length: read.end }
}

/** One Content-Length that is a number, or one coding that is known (ngx_http_upstream_process_content_length). */
function isFramedOnce(headers: readonly Header[]): boolean {
  const lengths = headerValues(headers, 'Content-Length')
  const codings = headerValues(headers, 'Transfer-Encoding')
  if (lengths.length + codings.length > 1) return false
  return lengths.every((length) => /^\d{1,15}$/.test(length)) && codings.every((coding) => /^chunked$/i.test(coding))
}

function mayBecomeStatusLine(bytes: Bytes): boolean {
  return 'HTTP/'.startsWith(bytes.slice(0, 5)) || bytes.startsWith('HTTP/')
}

/** The body of an answer as far as it has come, and whether that is all of it. */
export interface AnswerBody {
  readonly body: Bytes
  /** `open`: it ends where the connection does. */
  readonly kind: 'whole' | 'unfinished' | 'open' | 'invalid'
}

/** @param bytes what came behind the head @param toHead it answers a HEAD */
export function readAnswerBody({ status, headers }: AnswerHead, bytes: Bytes, toHead: boolean): AnswerBody {
  if (toHead || status === 204 || status === 304 || status < 200) return { body: '', kind: 'whole' }
  if (headerValue(headers, 'Transfer-Encoding')?.toLowerCase() === 'chunked') {
    const { kind, body } = unchunk(bytes, 'LF')
    return { body, kind }
  }
  const announced = headerValue(headers, 'Content-Length')
  if (announced === undefined) return { body: bytes, kind: 'open' }
  const length = Number(announced)
  return { body: bytes.slice(0, length), kind: bytes.length < length ? 'unfinished' : 'whole' }
}
