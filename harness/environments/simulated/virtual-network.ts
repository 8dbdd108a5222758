import { Agent, type AgentOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import type { BackendServer } from '../../backends/stub-server.ts'
import { LOOPBACK, portOf, reachesItsPods, type ServiceTls } from '../../chain/service.ts'
import type { TlsFault } from '../../trace/outcome.ts'
import { SERVICE_CIDR, type VirtualCluster } from '../virtual-cluster.ts'
import { MemorySocket } from './memory-socket.ts'

/**
 * What a connection attempt meets, as kube-proxy treats it: a Service with ready endpoints connects; one without is
 * refused (REJECT), and so is one that sends to a port on which its pods do not listen; an address or a port of the service CIDR that no Service has is silence (the packet is dropped);
 * anything outside the cluster does not exist here and is refused.
 */
export type Connection =
  | { readonly kind: 'connected'; readonly socket: MemorySocket }
  | { readonly kind: 'refused' }
  | { readonly kind: 'silence' }
  /** It speaks TLS, and closes the connection of who does not. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'tls-failed'; readonly fault: TlsFault }

/** Why a handshake fails with a server of this TLS (null: of none); null where it succeeds. */
export type Handshake = (server: ServiceTls | null) => TlsFault | null

const REFUSED: Connection = { kind: 'refused' }

/** Connections in memory between the hops of one world. Servers are real ones that never listen. */
export class VirtualNetwork {
  readonly #cluster: VirtualCluster
  readonly #serverOf: (service: string) => BackendServer
  readonly #open = new Map<string, Set<MemorySocket>>()
  #activity = 0

  /** @param serverOf the server of a Service's pods */
  constructor(cluster: VirtualCluster, serverOf: (service: string) => BackendServer) {
    this.#cluster = cluster
    this.#serverOf = serverOf
  }

  /** Moves with every chunk that travels. */
  readonly activity = (): number => this.#activity

  /** @param handshake what comes of the client's TLS handshake with such a server; null where it speaks plain HTTP */
  connect(address: string, port: number, clientAddress: string, handshake: Handshake | null): Connection {
    const owner = this.#cluster.ownerOf(address, port)
    if (owner === null) return { kind: address.startsWith(SERVICE_CIDR.prefix) ? 'silence' : 'refused' }
    const asked = portOf(owner, port)
    if (asked === null) return { kind: 'silence' }
    if (owner.replicas === 0 || !reachesItsPods(asked)) return { kind: 'refused' }
    if (handshake === null && asked.tls !== null) return { kind: 'reset' }
    const fault = handshake?.(asked.tls) ?? null
    if (fault !== null) return { kind: 'tls-failed', fault }
    return { kind: 'connected', socket: this.connectTo(owner.name, clientAddress) }
  }

  /** A connection to a pod of the Service itself, past its ClusterIP (the runbook's port-forward). */
  connectTo(service: string, clientAddress: string): MemorySocket {
    const [client, server] = MemorySocket.connect(clientAddress, service, () => this.#activity++)
    const open = this.#open.get(service) ?? new Set()
    this.#open.set(service, open.add(server))
    server.once('close', () => open.delete(server))
    // A client that goes away in the middle is an event like any other for a server, never a crash.
    for (const end of [client, server]) end.on('error', () => undefined)
    this.#serverOf(service).emit('connection', server)
    return client
  }

  /** A connection to a server that does not understand the first bytes. */
  #deaf(clientAddress: string, address: string): MemorySocket {
    const [client, server] = MemorySocket.connect(clientAddress, address, () => this.#activity++)
    for (const end of [client, server]) end.on('error', () => undefined)
    server.once('data', () => server.destroy())
    return client
  }

  /** Closes every connection to the Service's pods, as their end does. */
  disconnect(service: string): void {
    for (const socket of this.#open.get(service) ?? []) socket.destroy()
  }

  disconnectAll(): void {
    for (const service of this.#open.keys()) this.disconnect(service)
  }

  /** How the gateway connects: names by cluster DNS, then `connect`. Connections are kept alive. */
  agent(clientAddress: string, onSilence: (socket: Duplex) => void): Agent {
    return new VirtualAgent((host, port) => {
      const { address } = this.#cluster.destination(host, port)
      if (address === null) return systemError('ENOTFOUND', `getaddrinfo ENOTFOUND ${host}`)
      // To a pod, its loopback is its own: nobody listens there.
      const connection = LOOPBACK.test(address) ? REFUSED : this.connect(address, port, clientAddress, null)
      if (connection.kind === 'connected') return connection.socket
      if (connection.kind === 'refused') return systemError('ECONNREFUSED', `connect ECONNREFUSED ${address}:${port}`)
      if (connection.kind === 'reset') return this.#deaf(clientAddress, address)
      const socket = MemorySocket.silent(address)
      onSilence(socket)
      return socket
    })
  }
}

class VirtualAgent extends Agent {
  readonly #connect: (host: string, port: number) => Duplex | Error

  constructor(connect: (host: string, port: number) => Duplex | Error) {
    super({ keepAlive: true } satisfies AgentOptions)
    this.#connect = connect
  }

  override createConnection(
    options: { host?: string | null; port?: number | string | null },
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null {
    const made = this.#connect(options.host ?? '', Number(options.port ?? 80))
    if (!(made instanceof Error)) return made
    // node:http wants a stream even for a failure; the error reaches the request by the callback.
    process.nextTick(() => callback?.(made, MemorySocket.silent('')))
    return null
  }
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
