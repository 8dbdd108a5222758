import type { TlsHello } from '../chain/client-request.ts'
import type { Service } from '../chain/service.ts'

/** What a client that comes to a pod directly names in its TLS handshake; null where the pods speak plain HTTP. */
export function podHello({ tls }: Pick<Service, 'tls'>): TlsHello | null {
  return tls === null ? null : { serverName: tls.names[0]?.replace(/^\*\./, 'any.') ?? null }
}
