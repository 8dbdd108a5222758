import type { ServerOptions } from 'node:https'
import { createSecureContext } from 'node:tls'
import type { Certificate } from './make-certificate.ts'
import { serviceCertificate } from './run-certificates.ts'
import { meansHost, type ServiceTls } from './service.ts'

/** The TLS that a stub speaks: plain data, for a stub in another process. */
export interface StubTls extends Certificate, Pick<ServiceTls, 'names' | 'needsServerName'> {}

/** The certificate with which the stub of a Service speaks TLS; null where it speaks none. */
export function stubTlsOf(tls: ServiceTls | null): StubTls | null {
  if (tls === null) return null
  const { names, needsServerName } = tls
  return { names, needsServerName, ...serviceCertificate(tls) }
}

/** A server without a certificate turns every handshake away: what is not named gets none. */
export function tlsOptions({ names, needsServerName, certificate: cert, key }: StubTls): ServerOptions {
  if (!needsServerName) return { cert, key }
  const context = createSecureContext({ cert, key })
  return {
    SNICallback: (asked, answer) => answer(null, names.some((name) => meansHost(name, asked)) ? context : undefined),
  }
}
