import type { Header } from '../../chain/message.ts'
import type { Server } from '../config/site-config.ts'
import { lowerCase } from '../config/wire.ts'
import { type HeadSize, requestLineLength } from './head-size.ts'
import { matchServer, type VirtualServers } from './match-server.ts'
import type { RequestState } from './request-state.ts'
import { validateHost } from './validate-host.ts'

/** Headers of which nginx 1.22 takes one only: a second one is a 400 (ngx_http_headers_in). Host is one more. */
const UNIQUE: ReadonlySet<string> = new Set([
  'if-modified-since',
  'if-unmodified-since',
  'if-match',
  'if-none-match',
  'content-length',
  'content-range',
  'if-range',
  'transfer-encoding',
  'expect',
  'authorization',
])

/** More header lines than this are refused (max_headers of Debian's nginx). */
const MAX_HEADERS = 1000

/** Whether the request line fits into the buffers; where not, nginx answers 414. */
export function takeRequestLine(state: RequestState, size: HeadSize): boolean {
  if (size.take(requestLineLength(state.input.request), state.server.headerBuffers)) return true
  refuse(state, 414, 'the request line is longer than large_client_header_buffers allow')
  return false
}

/**
 * Reads the headers of a request, choosing the server as nginx does on the way. Gives the code nginx answers with, null where
 * it goes on.
 * @param size what the request line has taken of the buffers
 */
export function readHeaders(state: RequestState, servers: VirtualServers, size: HeadSize): number | null {
  const { request } = state.input
  for (const header of request.headers) {
    if (!size.take(header[0].length + header[1].length + ': \r\n'.length, state.server.headerBuffers)) {
      return refuse(state, 494, `the head is longer than large_client_header_buffers allow, at "${header[0]}"`)
    }
    const code = takeHeader(state, header, servers)
    if (code !== null) return code
  }
  if (state.host === '') takeHost(state, '', servers)
  return checkHead(state)
}

/** Takes a host into the state, and with it the server. */
export function takeHost(state: RequestState, host: string, servers: VirtualServers): void {
  state.host = host
  const server = matchServer(servers, host, state)
  if (server !== null) enter(state, server)
  else state.because(() => defaultReason(host, servers), state.server.rule.span)
}

function defaultReason(host: string, { defaultIsMarked }: VirtualServers): string {
  const how = defaultIsMarked ? 'it is marked default_server' : 'it is the first one that listens there'
  const why = host === '' ? 'there is no host' : `no server_name is ${host}`
  return `${why}: the default server answers, ${how}`
}

function enter(state: RequestState, server: Server): void {
  state.server = server
  state.location = server.root
  state.rule = server.rule
}

function takeHeader(state: RequestState, [name, value]: Header, servers: VirtualServers): number | null {
  if (!/^[^\0- \x7f:][^\0- \x7f]*$/.test(name) || value.includes('\0')) {
    return refuse(state, 400, `"${name}" is no header line`)
  }
  if (isInvalid(name, state.server)) {
    state.because(() => `header "${name}" is dropped: its name has characters nginx does not take`, null)
    return null
  }
  if (state.headers.length === MAX_HEADERS) return refuse(state, 494, `there are more than ${MAX_HEADERS} header lines`)
  const key = lowerCase(name)
  const trimmed = value.replace(/^ +| +$/g, '')
  if (UNIQUE.has(key) && state.header(key) !== undefined) return refuse(state, 400, `"${name}" stands in it twice`)
  if (key !== 'host') {
    state.headers.push({ name, key, value: trimmed })
    return null
  }
  if (state.header('host') !== undefined) return refuse(state, 400, 'Host stands in it twice')
  state.headers.push({ name, key, value: trimmed })
  const host = validateHost(trimmed)
  if (host === null) return refuse(state, 400, `"${trimmed}" is no host`)
  if (state.host === '') takeHost(state, host, servers)
  return null
}

/** Letters, digits and `-` are taken; `_` where `underscores_in_headers` is on; the rest unless `ignore_invalid_headers` is off. */
function isInvalid(name: string, server: Server): boolean {
  if (!server.ignoreInvalidHeaders) return false
  return server.underscoresInHeaders ? /[^A-Za-z0-9_-]/.test(name) : /[^A-Za-z0-9-]/.test(name)
}

/** The checks after the last header (ngx_http_process_request_header). */
function checkHead(state: RequestState): number | null {
  const { httpVersion } = state.input.request
  if (httpVersion === '1.1' && state.header('host') === undefined) {
    return refuse(state, 400, 'an HTTP/1.1 request needs a Host header')
  }
  const length = state.header('content-length')
  if (length !== undefined) {
    if (!/^\d{1,18}$/.test(length)) return refuse(state, 400, `"${length}" is no Content-Length`)
    state.contentLength = Number(length)
  }
  const coding = state.header('transfer-encoding')
  if (coding !== undefined) {
    if (httpVersion === '1.0') return refuse(state, 400, 'HTTP/1.0 knows no Transfer-Encoding')
    if (coding.toLowerCase() !== 'chunked') return refuse(state, 501, `Transfer-Encoding "${coding}" is not known`)
    if (length !== undefined) return refuse(state, 400, 'Content-Length and Transfer-Encoding stand in it together')
    state.chunked = true
  }
  if (state.method === 'CONNECT' || state.method === 'TRACE')
    return refuse(state, 405, `nginx does not take ${state.method}`)
  return null
}

function refuse(state: RequestState, code: number, because: string): number {
  state.because(() => `${code}: ${because}`, null)
  return code
}
