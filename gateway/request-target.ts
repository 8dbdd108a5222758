import { badRequest } from './errors.ts'
import { hasDotSegment, hasNul } from './hidden-path.ts'
import { checkHost } from './request-host.ts'

/** A request target in parts, byte for byte as received: Latin-1 strings, percent-encodings untouched. */
export interface RequestTarget {
  readonly path: string
  /** With its `?`; empty where there is none. */
  readonly query: string
  /** The host that an absolute-form target names, which replaces the Host header (RFC 9112 section 3.2.2); else null. */
  readonly authority: string | null
}

/**
 * Takes a request target apart. The parser has refused raw control and 8-bit characters before. An absolute-form target is
 * only its path here: the host it names is never connected to.
 * @throws {GatewayError} 400 for what is no path, or could mean another path to somebody who decodes it
 */
export function readTarget(target: string): RequestTarget {
  const [, authority, rest] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target) ?? []
  const local = rest === undefined ? target : rest.startsWith('/') ? rest : `/${rest}`
  if (!local.startsWith('/')) throw badRequest(400, 'the request target is no path')
  const at = local.indexOf('?')
  const path = at === -1 ? local : local.slice(0, at)
  checkTarget(local, path)
  // RFC 9110 section 4.2.1: a URI without a host is not valid.
  if (authority === '') throw badRequest(400, 'the request target names no host')
  if (authority !== undefined) checkHost(authority)
  return { path, query: at === -1 ? '' : local.slice(at), authority: authority ?? null }
}

function checkTarget(target: string, path: string): void {
  // A target has no fragment (RFC 9112 section 3.2); readers that see one would read another path.
  if (target.includes('#')) throw badRequest(400, 'the request target has a fragment')
  if (hasDotSegment(path)) throw badRequest(400, 'the path has a dot segment')
  if (hasNul(path)) throw badRequest(400, 'the path has a NUL')
}
