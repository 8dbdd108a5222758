import type { BackendServer } from '../../../backends/stub-server.ts'
import { HOST_ADDRESS, reachesItsPods } from '../../../chain/service.ts'
import type { ClusterState } from '../protocol.ts'
import { Apart } from './apart.ts'
import type { Endpoint } from './endpoint.ts'
import { Endpoints } from './endpoints.ts'

/** Addresses of pods. */
const POD_NETWORK = '10.42.'

type ServiceNow = ClusterState['services'][number]

/**
 * The pods of every Service that runs in this process: they listen on an address of their own, and on the Service's ClusterIP
 * where the Service sends to the port that they listen on.
 */
export class Pods {
  readonly #serverOf: (service: string, port: number) => BackendServer | null
  readonly #endpoints = new Map<string, Endpoints>()
  #services: readonly ServiceNow[] = []
  #apart: Promise<Apart> | null = null

  /** @param serverOf the server of a Service's pods for one of its ports, counted from 0; null where it is another process that listens by itself */
  constructor(serverOf: (service: string, port: number) => BackendServer | null) {
    this.#serverOf = serverOf
  }

  /** Pods that need a network apart. */
  get apart(): readonly Endpoint[] {
    return this.#services
      .flatMap(({ name }) => this.#wanted(name))
      .filter(({ isApart, address }) => isApart && address.startsWith(POD_NETWORK))
  }

  /** Closes what the cluster has no more, `between` makes the network follow, then opens what is new. @throws {SandboxError} */
  async follow(services: readonly ServiceNow[], between: () => Promise<void>): Promise<void> {
    this.#services = services
    for (const [name, endpoints] of this.#endpoints) endpoints.retain(this.#wanted(name))
    // The way there is a table of routes, which rules of the network lead to.
    if (this.apart.length > 0) await this.#openApart()
    await between()
    await Promise.all(services.map(({ name }) => this.#of(name).open(this.#wanted(name))))
  }

  /** Ends the connections of a Service's pods. */
  disconnect(service: string): void {
    this.#endpoints.get(service)?.disconnect()
  }

  /** Where the Service sends to, past its ClusterIP: a pod's address and the target port. */
  pod(service: string): Endpoint {
    const index = this.#services.findIndex(({ name }) => name === service)
    const now = this.#services[index]
    return { address: this.#addressOf(service, index), port: now?.targetPort ?? 0, isApart: now?.isApart ?? false }
  }

  #addressOf(service: string, index: number): string {
    const number = index + 2
    const { on, socket = null } = this.#services[index] ?? {}
    if (socket !== null) return `unix:${socket}`
    const isOnHost = on === 'host'
    if (isOnHost || this.#serverOf(service, 0) === null) return HOST_ADDRESS
    return `${POD_NETWORK}${1 + (number >> 8)}.${number & 255}`
  }

  #wanted(service: string): Endpoint[] {
    const index = this.#services.findIndex(({ name }) => name === service)
    const now = this.#services[index]
    if (now === undefined || now.replicas === 0 || this.#serverOf(service, 0) === null) return []
    const address = this.#addressOf(service, index)
    const all = [now, ...now.morePorts].flatMap((one, at): Endpoint[] => {
      if (now.on === 'host') return [{ address, port: one.port, index: at }]
      if (now.clusterIP === null) return []
      const shared = { isApart: now.isApart, index: at }
      const own = { address, port: one.listens, ...shared }
      return reachesItsPods(one) ? [{ address: now.clusterIP, port: one.port, ...shared }, own] : [own]
    })
    // Two ports of the Service may lead to one of its pods.
    return [...new Map(all.toReversed().map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint])).values()]
  }

  /** Made when the first chain needs it, and kept. */
  #openApart(): Promise<Apart> {
    this.#apart ??= Apart.open()
    return this.#apart
  }

  #of(service: string): Endpoints {
    const known = this.#endpoints.get(service)
    if (known !== undefined) return known
    const endpoints = new Endpoints(
      (port) => this.#serverOf(service, port),
      () => this.#openApart(),
    )
    this.#endpoints.set(service, endpoints)
    return endpoints
  }
}
