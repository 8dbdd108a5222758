import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import type { Listener } from '../chain/client-request.ts'
import type { HttpVersion } from '../chain/message.ts'

/**
 * The connection of a client to a listener, once TLS is spoken on it where the client does: for one version of HTTP alone (RFC 7301). Certificates
 * are not judged, since a chain's own are seldom at hand. Null where nginx does not take the handshake.
 */
export function secured(socket: Duplex, { tls }: Listener, httpVersion: HttpVersion = '1.1'): Promise<Duplex | null> {
  if (tls === null) return Promise.resolve(socket)
  return new Promise((resolve) => {
    const name = tls.serverName === null ? {} : { servername: tls.serverName }
    const secure = connect({
      socket,
      ...name,
      ALPNProtocols: [httpVersion === '2.0' ? 'h2' : 'http/1.1'],
      rejectUnauthorized: false,
    })
    secure.once('secureConnect', () => resolve(secure))
    secure.on('error', () => undefined)
    secure.once('close', () => resolve(null))
  })
}
