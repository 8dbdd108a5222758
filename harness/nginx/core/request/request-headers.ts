import type { Header } from '../../../chain/message.ts'
import type { HeadFault } from '../../../trace/reason.ts'
import { lowerCase } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'
import { matchServer, type VirtualServers } from '../servers/match-server.ts'
import type { Server } from '../site-config.ts'
import { findBody } from './client-body.ts'
import { type HeadSize, requestLineLength } from './head-size.ts'
import type { RequestState } from './request-state.ts'
import { validateHost } from './validate-host.ts'

/** Headers of which nginx takes one only: a second one is a 400 (ngx_http_headers_in). Host is one more. */
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

/** More header lines than this are refused where they are counted (`max_headers`). */
const MAX_HEADERS = 1000

/** Whether the request line fits into the buffers; where not, nginx answers 414. */
export function takeRequestLine(state: RequestState, size: HeadSize): boolean {
  if (size.take(requestLineLength(state.input.request), state.server.headerBuffers)) return true
  refuseLength(state, 414, 'line-too-long', '')
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
      return refuseLength(state, 494, 'headers-too-long', header[0])
    }
    const code = takeHeader(state, header, servers)
    if (code !== null) return code
  }
  const code = state.host === '' ? takeHost(state, '', servers) : null
  return code ?? checkHead(state)
}

/** The server that a TLS handshake names (ngx_http_ssl_servername): the request begins in it, until it says its Host. */
export function takeServerName(state: RequestState, servers: VirtualServers): void {
  const name = state.input.tls?.serverName ?? null
  const host = name === null ? null : validateHost(name, state.site.rules)
  if (host === null) return
  const server = matchServer(servers, host, state)
  if (server === null) return
  state.tlsHost = host
  enter(state, server)
}

/**
 * Takes a host into the state, and with it the server (ngx_http_set_virtual_server). Gives the code that nginx answers with, null
 * where it goes on: a server that wants certificates of clients is not for those who asked for another in the handshake.
 */
export function takeHost(state: RequestState, host: string, servers: VirtualServers): 421 | null {
  state.host = host
  if (host === state.tlsHost) return null
  const server = matchServer(servers, host, state)
  const wants = state.tlsHost === null ? null : (server ?? servers.default).clientCertificate
  if (wants !== null) {
    state.because({ kind: 'other-name-negotiated', line: wants.rule.text, host }, wants.rule.span)
    state.rule = wants.rule
    return 421
  }
  if (server !== null) {
    enter(state, server)
    return null
  }
  if (state.tlsHost !== null) enter(state, servers.default)
  state.because({ kind: 'default-server', host, isMarked: servers.defaultIsMarked }, state.server.rule.span)
  return null
}

function enter(state: RequestState, server: Server): void {
  state.server = server
  state.location = server.root
  state.rule = server.rule
}

function takeHeader(state: RequestState, [name, value]: Header, servers: VirtualServers): number | null {
  const { rules } = state.site
  if (!/^[^\0- \x7f:][^\0- \x7f]*$/.test(name) || value.includes('\0')) {
    return refuse(state, 400, 'header-line', name)
  }
  if (isInvalid(name, state.server)) {
    state.because({ kind: 'header-ignored', name }, null)
    return null
  }
  if (rules.headersCounted && state.headers.length === MAX_HEADERS)
    return refuse(state, 494, 'too-many-headers', String(MAX_HEADERS))
  const key = lowerCase(name)
  const isTwice = state.header(key) !== undefined
  const trimmed = value.replace(/^ +| +$/g, '')
  if (isTwice && isUnique(key, rules)) return refuse(state, 400, 'header-twice', name)
  if (key !== 'host') {
    state.headers.push({ name, key, value: trimmed })
    return null
  }
  if (isTwice) return refuse(state, 400, 'header-twice', name)
  state.headers.push({ name, key, value: trimmed })
  const host = validateHost(trimmed, rules)
  if (host === null) return refuse(state, 400, 'host', trimmed)
  if (state.host !== '') return null
  const code = takeHost(state, host, servers)
  if (code !== null) return code
  state.port = Number(/:(\d*)$/.exec(trimmed)?.[1] ?? 0)
  return null
}

function isUnique(key: string, rules: VersionRules): boolean {
  return UNIQUE.has(key) || (key === 'proxy-authorization' && rules.proxyAuthorizationOnce)
}

/** Letters, digits and `-` are taken; `_` where `underscores_in_headers` is on; the rest unless `ignore_invalid_headers` is off. */
function isInvalid(name: string, server: Server): boolean {
  if (!server.ignoreInvalidHeaders) return false
  return server.underscoresInHeaders ? /[^A-Za-z0-9_-]/.test(name) : /[^A-Za-z0-9-]/.test(name)
}

/** The checks after the last header (ngx_http_process_request_header). */
function checkHead(state: RequestState): number | null {
  const { httpVersion } = state.input.request
  const { rules } = state.site
  if (httpVersion !== '1.0' && state.header('host') === undefined) {
    return refuse(state, 400, 'host-missing', '')
  }
  const length = state.header('content-length')
  if (length !== undefined) {
    if (!/^\d{1,18}$/.test(length)) return refuse(state, 400, 'content-length', length)
    state.contentLength = Number(length)
  }
  const coding = state.header('transfer-encoding')
  if (coding !== undefined) {
    if (httpVersion === '1.0' && rules.codingInHttp10Refused) return refuse(state, 400, 'coding-in-1.0', coding)
    if (coding.toLowerCase() !== 'chunked') return refuse(state, 501, 'coding-unknown', coding)
    if (length !== undefined && rules.lengthAndCodingRefused) return refuse(state, 400, 'length-and-coding', '')
    state.contentLength = -1
    state.chunked = true
  }
  state.body = findBody(state.input.request.body, state.contentLength, state.chunked, rules)
  const isRefused = state.method === 'TRACE' || (state.method === 'CONNECT' && rules.connectRefused)
  if (isRefused) return refuse(state, 405, 'method', state.method)
  return null
}

function refuse(state: RequestState, status: number, fault: HeadFault, value: string): number {
  state.because({ kind: 'head-refused', status, fault, value }, null)
  return status
}

/** The line that sets the buffers decides, where there is one. */
function refuseLength(state: RequestState, status: number, fault: HeadFault, value: string): number {
  const { rule } = state.server.headerBuffers
  if (rule !== null) state.rule = rule
  state.because({ kind: 'head-refused', status, fault, value }, state.rule.span)
  return status
}
