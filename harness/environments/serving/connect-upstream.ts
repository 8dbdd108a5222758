import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import type { NginxSend, UpstreamTls } from '../../nginx/site.ts'
import type { TlsFault } from '../../trace/outcome.ts'

/** A connection to an upstream that is being made. */
export interface Opening {
  readonly socket: Socket
  /** The event that says that it stands. */
  readonly stands: 'connect' | 'secureConnect'
  /** Once it stands: why nginx does not take it all the same; null where it does. */
  fault(): TlsFault | null
}

/** Connects to an upstream, by TLS where nginx does. */
export function connectUpstream({ to: { address, port }, tls, request }: NginxSend): Opening {
  const place = address.startsWith('unix:') ? { path: address.slice('unix:'.length) } : { host: address, port }
  if (tls === null) return { socket: connect(place), stands: 'connect', fault: () => null }
  const { serverName, verify } = tls
  const name = serverName === null ? {} : { servername: serverName }
  const ca = verify === null ? {} : { ca: readFileSync(verify.trusted) }
  const socket = connectTls({
    ...place,
    ...name,
    ...ca,
    ...(request.httpVersion === '2.0' ? { ALPNProtocols: ['h2'] } : {}),
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
  return { socket, stands: 'secureConnect', fault: () => faultOf(socket, verify) }
}

/** ngx_http_upstream_ssl_handshake */
function faultOf(socket: TLSSocket, verify: UpstreamTls['verify']): TlsFault | null {
  if (verify === null) return null
  if (!socket.authorized) return { kind: 'unverified', code: codeOf(String(socket.authorizationError)) }
  const { raw } = socket.getPeerCertificate()
  const isItsName = verify.name !== '' && new X509Certificate(raw).checkHost(verify.name) !== undefined
  return isItsName ? null : { kind: 'other-name', name: verify.name }
}

/** Node has names for the codes of OpenSSL. */
function codeOf(name: string): number {
  if (name.includes('CERT_HAS_EXPIRED')) return 10
  return name.includes('DEPTH_ZERO_SELF_SIGNED') ? 18 : 20
}
