import { meansHost, type ServiceTls } from '../../../chain/service.ts'
import type { TlsFault } from '../../../trace/outcome.ts'
import type { UpstreamTls } from '../../site.ts'

/**
 * What comes of nginx's handshake with a server (ngx_http_upstream_ssl_handshake).
 * @param server null where it speaks no TLS
 * @param isRunAuthority whether the file of trusted certificates is the one that stands in for it
 * @returns null where it succeeds
 */
export function handshakeFault(
  { serverName, verify }: UpstreamTls,
  server: ServiceTls | null,
  isRunAuthority: (file: string) => boolean,
): TlsFault | null {
  if (server === null) return { kind: 'plain' }
  const { names, certificate, needsServerName } = server
  const isNamed = serverName !== null && names.some((name) => meansHost(name, serverName))
  // A server without a certificate for it has no cipher in common with the client: handshake_failure.
  if (needsServerName && !isNamed) return { kind: 'alert', alert: 40 }
  if (verify === null) return null
  if (certificate === 'self-signed') return { kind: 'unverified', code: 18 }
  if (!isRunAuthority(verify.trusted)) return { kind: 'unverified', code: 20 }
  if (certificate === 'expired') return { kind: 'unverified', code: 10 }
  return names.some((name) => meansHost(name, verify.name)) ? null : { kind: 'other-name', name: verify.name }
}
