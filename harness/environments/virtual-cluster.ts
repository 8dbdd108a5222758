import type { Chain } from '../chain/chain.ts'
import { ClusterDns, NAMESPACE } from '../chain/cluster-dns.ts'
import { HOST_ADDRESS, portOf, type Service, type ServiceState, type ServiceTls, type Stub } from '../chain/service.ts'
import type { Destination } from '../trace/trace.ts'
import { destinationOf } from './cluster-names.ts'
import { UnsupportedError } from './environment.ts'
import { randomFrom } from './random.ts'

/** A Service and the pods behind it. `replicas` is what runs, `wanted` what `start` brings back. */
export interface ClusterService {
  readonly name: string
  readonly on: Service['on']
  readonly port: number
  readonly socket: string | null
  readonly targetPort: number
  readonly morePorts: Service['morePorts']
  readonly listens: number
  readonly tls: ServiceTls | null
  readonly stub: Stub
  clusterIP: string | null
  replicas: number
  wanted: number
}

/** Whether a program on the host listens there. */
function listensAt(program: ClusterService, address: string, port: number): boolean {
  const { socket } = program
  return socket === null ? address === HOST_ADDRESS && portOf(program, port) !== null : address === `unix:${socket}`
}

/** The service CIDR of k3s: an address in it that no Service has is silence. */
export const SERVICE_CIDR = { prefix: '10.43.', hosts: 65_534 }

/** Services with their ClusterIPs and endpoints, and the names that cluster DNS gives them. */
export class VirtualCluster {
  readonly dns: ClusterDns
  readonly #services = new Map<string, ClusterService>()
  readonly #used = new Set<string>()
  readonly #random: () => number

  constructor({ services, host }: Pick<Chain, 'services' | 'host'>, seed: number) {
    this.dns = new ClusterDns((service) => this.#services.get(service)?.clusterIP ?? null, NAMESPACE, host.names)
    this.#random = randomFrom(seed)
    for (const { clusterIP } of services) if (clusterIP !== null) this.#used.add(clusterIP)
    for (const service of services) {
      this.#services.set(service.name, {
        name: service.name,
        on: service.on,
        port: service.port,
        socket: service.socket,
        targetPort: service.targetPort,
        morePorts: service.morePorts,
        listens: service.listens,
        tls: service.tls,
        stub: service.stub,
        clusterIP: service.on === 'host' ? null : (service.clusterIP ?? this.#freeAddress()),
        replicas: service.replicas,
        wanted: Math.max(1, service.replicas),
      })
    }
  }

  /** @throws {Error} there is no such Service (scenarios are checked for that before they run) */
  service(name: string): ClusterService {
    const service = this.#services.get(name)
    if (service === undefined) throw new Error(`Failed to find Service "${name}": the chain has none of that name.`)
    return service
  }

  /** Deletes the Service and creates it again: its pods stay, its ClusterIP is a new one (or the one that is asked for). */
  recreate(name: string, clusterIP: string | null): void {
    const service = this.#inCluster('recreate', name)
    service.clusterIP = clusterIP ?? this.#freeAddress()
    this.#used.add(service.clusterIP)
  }

  /** Deletes the Service: its name and ClusterIP are gone. */
  delete(name: string): void {
    this.#inCluster('delete', name).clusterIP = null
  }

  /** Sets how many pods run; `start` brings back the number that last was above zero. */
  scale(name: string, replicas: number): void {
    const service = this.service(name)
    if (replicas > 0) service.wanted = replicas
    service.replicas = replicas
  }

  /** What a connection from the host of nginx comes to: the Service that has this ClusterIP now, or a program of the host itself. */
  ownerOf(address: string, port: number): ClusterService | null {
    for (const service of this.#services.values()) {
      if (service.on === 'host' ? listensAt(service, address, port) : service.clusterIP === address) return service
    }
    return null
  }

  /** Whether there is a pod, or a program, to speak to past nginx and ClusterIP. */
  isThere({ on, clusterIP, replicas }: ClusterService): boolean {
    return (on === 'host' || clusterIP !== null) && replicas > 0
  }

  /** Where a host and port lead a pod now. */
  destination(host: string, port: number): Destination {
    return destinationOf(this.dns, this.states(), host, port)
  }

  states(): ServiceState[] {
    const services = [...this.#services.values()].filter(({ on }) => on === 'cluster')
    return services.map(({ name, clusterIP, port, replicas }) => ({
      name,
      clusterIP,
      port,
      readyEndpoints: clusterIP === null ? 0 : replicas,
    }))
  }

  /** @throws {UnsupportedError} it is a program on the host, which no cluster makes or deletes */
  #inCluster(change: string, name: string): ClusterService {
    const service = this.service(name)
    if (service.on === 'cluster') return service
    throw new UnsupportedError(change, null, `"${name}" is a program on the host of nginx, and no Service`)
  }

  /** An address that no Service has or had: Kubernetes takes one at random too, so an old pin is seldom right by luck. */
  #freeAddress(): string {
    for (;;) {
      const host = 1 + Math.floor(this.#random() * SERVICE_CIDR.hosts)
      const address = `${SERVICE_CIDR.prefix}${host >> 8}.${host & 255}`
      if (this.#used.has(address)) continue
      this.#used.add(address)
      return address
    }
  }
}
