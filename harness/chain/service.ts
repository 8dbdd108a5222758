import type { Span } from '../diagnostics/span.ts'
import type { CgiProtocol, Headers, HttpVersion } from './message.ts'

/** A port of a Service, and where what comes to it goes. */
export interface ServicePort {
  readonly port: number
  /** The port of its pods to which it sends what comes to its own. */
  readonly targetPort: number
  /** The port that its pods listen on. */
  readonly listens: number
  /** The TLS that they speak there; null where they speak plain HTTP. */
  readonly tls: ServiceTls | null
}

/** A Kubernetes Service of the chain, with the stub that stands behind it where nothing real does. */
export interface Service extends ServicePort {
  readonly name: string
  /** Where it runs: in the cluster, or as a program on the host of nginx, which reaches it by its loopback and no Service leads there. */
  readonly on: 'cluster' | 'host'
  /** Pinned ClusterIP, or null to take any free one of the service CIDR. */
  readonly clusterIP: string | null
  /** 0 where it is a program at a socket. */
  readonly port: number
  /** The unix domain socket at which a program on the host listens, in place of a port; null where it has a port. */
  readonly socket: string | null
  /** The port of its pods to which it sends what comes to its own. */
  readonly targetPort: number
  /** The port that its pods listen on. */
  readonly listens: number
  /** Its other ports. */
  readonly morePorts: readonly ServicePort[]
  /** Pods behind it when the chain starts; 0 refuses connections. */
  readonly replicas: number
  /** The TLS that its pods speak; null where they speak plain HTTP. */
  readonly tls: ServiceTls | null
  readonly stub: Stub
  /** Where its name stands. */
  readonly span: Span
  /** Where its keys stand, as far as they are written. */
  readonly keys: Readonly<Partial<Record<ServiceKey, Span>>>
}

/** What a file says of a Service beside its name. */
export type ServiceKey = (typeof SERVICE_KEYS)[number]

export const SERVICE_KEYS = [
  'on',
  'clusterIP',
  'port',
  'targetPort',
  'listens',
  'socket',
  'morePorts',
  'replicas',
  'tls',
  'serves',
  'answers',
  'websocket',
  'speaks',
] as const

/** How the pods of a Service answer a TLS handshake. */
export interface ServiceTls {
  /** The DNS names in their certificate; `*` may stand for the first label. */
  readonly names: readonly string[]
  /** `trusted`: signed by the authority of the run, which stands in for authorities that a chain names and has not. */
  readonly certificate: CertificateKind
  /** Whether they turn away who names none of `names` in the handshake (SNI, RFC 6066 section 3). */
  readonly needsServerName: boolean
}

export const CERTIFICATE_KINDS = ['trusted', 'self-signed', 'expired'] as const

export type CertificateKind = (typeof CERTIFICATE_KINDS)[number]

/** Whether a name in a certificate means a host: itself, or `*` in place of its first label (RFC 6125 section 6.4.3). */
export function meansHost(name: string, host: string): boolean {
  const [wanted, asked] = [name.toLowerCase(), host.toLowerCase()]
  if (!wanted.startsWith('*.')) return wanted === asked
  const dot = asked.indexOf('.')
  return dot > 0 && asked.slice(dot) === wanted.slice(1)
}

/** Where programs on the host of nginx listen. */
export const HOST_ADDRESS = '127.0.0.1'

/** The addresses of a host to itself. */
export const LOOPBACK = /^(?:127\.|::1$)/

/** Every port of a Service. */
export function portsOf(service: ServicePort & Pick<Service, 'morePorts'>): readonly ServicePort[] {
  return [service, ...service.morePorts]
}

/** The port of that number; null where the Service has none. */
export function portOf(service: ServicePort & Pick<Service, 'morePorts'>, number: number): ServicePort | null {
  return portsOf(service).find(({ port }) => port === number) ?? null
}

/** Whether the Service sends to the port that its pods listen on. Where it does not, they refuse every connection. */
export function reachesItsPods({ targetPort, listens }: Pick<Service, 'targetPort' | 'listens'>): boolean {
  return targetPort === listens
}

/**
 * How a stub backend answers. A request whose path starts with one of `serves` is answered, others get the service's
 * 404 (`{"detail":"Not Found"}`); null serves everything. `answers` are tried in order before the default answer: 200 with
 * a JSON echo `{service, method, path}`. `websocket` accepts upgrades and echoes every message.
 */
export interface Stub {
  /** The protocol of its connections. */
  readonly speaks: Speaks
  readonly serves: readonly string[] | null
  readonly answers: readonly StubAnswer[]
  readonly websocket: boolean
}

/** What a stub may speak. */
export const PROTOCOLS = ['http', 'grpc', 'fastcgi', 'scgi', 'uwsgi', 'memcached'] as const satisfies readonly (
  | 'http'
  | 'grpc'
  | 'memcached'
  | CgiProtocol
)[]

export type Speaks = (typeof PROTOCOLS)[number]

/** One canned answer: for the method (null: any) and exact target, query included when `target` has one. */
export interface StubAnswer {
  readonly method: string | null
  readonly target: string
  readonly when: StubCondition
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Headers behind the body. */
  readonly trailers: Headers
}

/** What else a request must be to get a canned answer; null and no headers ask for nothing. */
export interface StubCondition {
  readonly httpVersion: HttpVersion | null
  /** Each must come on one line with this value; null: on none. */
  readonly headers: readonly (readonly [name: string, value: string | null])[]
  /** The same of parameters; no request by HTTP has any. */
  readonly params: readonly (readonly [name: string, value: string | null])[]
}

/** A Service as a cluster shows it now. `clusterIP` null: there is no such Service. */
export interface ServiceState {
  readonly name: string
  readonly clusterIP: string | null
  readonly port: number
  readonly readyEndpoints: number
}

/** A ClusterIP written into the nginx file: the address, the port, and the place it is written at. */
export interface Pin {
  readonly address: string
  readonly port: number
  readonly span: Span
}

/** A pin and the Service it was written for: the one that had the address then; null where none ever had. */
export interface OwnedPin extends Pin {
  readonly service: string | null
}
