import {
  type Bytes,
  type CgiProtocol,
  type Header,
  type Headers,
  headerValue,
  type ResponseMessage,
} from '../message.ts'

/** What a CGI response turned out to be: `unfinished` where its header has no end yet. */
export type CgiResponse =
  | { readonly kind: 'answered'; readonly response: ResponseMessage; readonly headBytes: number }
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'invalid' }

/** ngx_http_parse_status_line */
const STATUS_LINE = /^HTTP\/\d{1,4}\.\d{1,4} +(\d{3})(?:[ \r][^\n]*)?\n/

const INVALID: CgiResponse = { kind: 'invalid' }

/** The bytes of a CGI response (RFC 3875 section 6). Where its status is 200, no line says so. */
export function cgiResponseBytes({ status, headers, body }: ResponseMessage, reason: string): Bytes {
  const lines: readonly Header[] = status === 200 ? headers : [['Status', `${status} ${reason}`.trimEnd()], ...headers]
  return `${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

/**
 * Reads a CGI response as nginx does (ngx_http_parse_header_line, ngx_http_fastcgi_process_header): a line may end without CR,
 * Location without a Status is a 302. The headers keep their Status. SCGI and uwsgi may begin with a status line of HTTP.
 */
export function readCgiResponse(bytes: Bytes, protocol: CgiProtocol): CgiResponse {
  const headers: Header[] = []
  const [line = '', code] = (protocol !== 'fastcgi' && STATUS_LINE.exec(bytes)) || []
  for (let at = line.length; ; ) {
    const end = bytes.indexOf('\n', at)
    if (end === -1) return { kind: 'unfinished' }
    const text = withoutCr(bytes.slice(at, end))
    at = end + 1
    if (text === '') return responseOf(code === undefined ? cgiStatus(headers) : Number(code), headers, bytes, at)
    if (text.startsWith('HTTP/')) continue
    const header = readHeader(text)
    if (header === null) return INVALID
    headers.push(header)
  }
}

function readHeader(line: string): Header | null {
  const colon = line.indexOf(':')
  const name = colon === -1 ? line : line.slice(0, colon)
  const value = colon === -1 ? '' : line.slice(colon + 1)
  if (name === '' || /[\0-\x20\x7f]/.test(name) || /[\0\r]/.test(value)) return null
  return [name, trimmed(value)]
}

/** Only spaces are no part of a value. */
function trimmed(value: string): string {
  let [start, end] = [0, value.length]
  while (value[start] === ' ') start++
  while (end > start && value[end - 1] === ' ') end--
  return value.slice(start, end)
}

function withoutCr(line: string): string {
  let end = line.length
  while (line[end - 1] === '\r') end--
  return line.slice(0, end)
}

function responseOf(status: number | null, headers: readonly Header[], bytes: Bytes, headBytes: number): CgiResponse {
  if (status === null) return INVALID
  const sent = bytes.slice(headBytes)
  const length = headerValue(headers, 'Content-Length')
  const isBounded = length !== undefined && /^\d+$/.test(length)
  const body = isBounded ? sent.slice(0, Number(length)) : sent
  return { kind: 'answered', response: { status, headers, body }, headBytes }
}

/** What the header of an application says: its Status, 302 for a Location, else 200. Null where the Status is none. */
export function cgiStatus(headers: Headers): number | null {
  const written = headerValue(headers, 'Status')
  if (written !== undefined) return /^\d{3}/.test(written) ? Number(written.slice(0, 3)) : null
  return headerValue(headers, 'Location') === undefined ? 200 : 302
}
