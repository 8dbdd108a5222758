import type { Chain } from '../chain/chain.ts'
import type { Environment, Gap, StartOptions, World } from '../environments/environment.ts'

/** An environment that takes down which ClusterIPs were whose, for each chain that it starts. */
export class AddressWatch implements Environment {
  readonly name: Environment['name']
  /** By start: what each address is called, `api-gateway` for a Service's first, `api-gateway (2)` for its second. */
  readonly starts: ReadonlyMap<string, string>[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.name = environment.name
    this.#environment = environment
  }

  gaps(chain: Chain): readonly Gap[] {
    return this.#environment.gaps(chain)
  }

  nginxVersion(): string | null {
    return this.#environment.nginxVersion()
  }

  async start(chain: Chain, options: StartOptions): Promise<World> {
    const names = new AddressNamer()
    this.starts.push(names.names)
    const world = await this.#environment.start(chain, options)
    const takeDown = async (): Promise<void> => {
      for (const { name, clusterIP } of await world.services()) if (clusterIP !== null) names.add(name, clusterIP)
    }
    try {
      await takeDown()
    } catch (error) {
      await world[Symbol.asyncDispose]()
      throw error
    }
    return {
      request: (request) => world.request(request),
      websocket: (request, messages) => world.websocket(request, messages),
      change: async (change) => {
        await world.change(change)
        if (change.kind === 'recreate') await takeDown()
      },
      services: () => world.services(),
      pins: () => world.pins(),
      listens: () => world.listens(),
      evidence: () => world.evidence(),
      nginx: () => world.nginx(),
      lookInside: () => world.lookInside(),
      [Symbol.asyncDispose]: () => world[Symbol.asyncDispose](),
    }
  }

  /** What it watches belongs to somebody else. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

class AddressNamer {
  readonly names = new Map<string, string>()
  readonly #counts = new Map<string, number>()
  readonly #now = new Map<string, string>()

  /** An address that changes hands belongs to the Service that had it last. */
  add(service: string, address: string): void {
    if (this.#now.get(service) === address) return
    this.#now.set(service, address)
    const count = (this.#counts.get(service) ?? 0) + 1
    this.#counts.set(service, count)
    this.names.set(address, count === 1 ? service : `${service} (${count})`)
  }
}
