import type { IncomingMessage } from 'node:http'
import { badRequest } from './errors.ts'
import { checkHost } from './request-host.ts'

/** What a client may ask for instead of TRACE (RFC 9110 section 15.5.6: a 405 says so). */
const ALLOW = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/**
 * Refuses versions that are no HTTP/1, and TRACE, which would show a script the cookies and credentials that it may not see
 * (RFC 9110 section 9.3.8). nginx does the same.
 * @throws {GatewayError} 400, 405 or 505
 */
export function checkRequestLine({ httpVersionMajor, method }: IncomingMessage): void {
  if (httpVersionMajor < 1) throw badRequest(400, 'HTTP/0.9 has no request line with a version')
  if (httpVersionMajor > 1) throw badRequest(505, 'the gateway speaks HTTP/1.0 and HTTP/1.1')
  if (method === 'TRACE') throw badRequest(405, 'TRACE is not allowed', { Allow: ALLOW })
}

/**
 * Refuses what the parser lets through and RFC 9112 does not: no Host or several (section 3.2), transfer codings that
 * would be lost on the way (section 6.1), any at all in HTTP/1.0. And two Authorizations: one would be checked here and
 * the other could count at the backend.
 * @throws {GatewayError} 400; 501 for an unknown transfer coding, 417 for an unknown expectation
 */
export function checkFraming(request: IncomingMessage): void {
  const { httpVersion, headers, rawHeaders } = request
  const hosts = countOf('host', rawHeaders)
  if (hosts > 1) throw badRequest(400, 'the request has several Host headers')
  if (hosts === 0 && httpVersion === '1.1') throw badRequest(400, 'the request has no Host header')
  checkHost(headers.host ?? '')
  if (countOf('authorization', rawHeaders) > 1) throw badRequest(400, 'the request has several Authorization headers')
  if (httpVersion === '1.1' && headers.expect !== undefined && !expectsContinue(request)) {
    throw badRequest(417, 'the request expects something besides 100-continue')
  }
  const coding = headers['transfer-encoding']
  if (coding === undefined) return
  if (httpVersion !== '1.1') throw badRequest(400, 'HTTP/1.0 has no transfer codings', CLOSE)
  if (coding.toLowerCase() !== 'chunked') throw badRequest(501, 'the request has a transfer coding besides chunked')
}

/** Where the request ends is in doubt, so the connection ends with it (RFC 9112 section 6.1). */
const CLOSE = { Connection: 'close' }

/** Whether the client waits to be told to send its body; in HTTP/1.0 that is ignored (RFC 9110 section 10.1.1). */
export function expectsContinue({ httpVersion, headers }: IncomingMessage): boolean {
  return httpVersion === '1.1' && headers.expect?.toLowerCase() === '100-continue'
}

/** Whether a request has a body, of any length but 0. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const candidate = rawHeaders[at]
    if (candidate?.length === name.length && candidate.toLowerCase() === name) count++
  }
  return count
}
