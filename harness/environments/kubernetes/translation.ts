import { NAMESPACE } from '../../chain/cluster-dns.ts'

/** A literal IPv4 address; a network (`10.43.0.0/16`) is none. */
const ADDRESS = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d|\/\d{1,2}(?![\w/.]))/g

/** The Service network that a chain's files speak of, which is that of k3s. */
const SERVICE_NETWORK = /^10\.43\./

/** What is never a Service's own: the network itself, where a list of allowed ones may name it. */
const NETWORK_ADDRESS = /\.0\.0$/

/**
 * A chain's files speak of the addresses and the namespace that production has. A cluster that gave other ones gets to read
 * those, and what it tells is read in the chain's words again: rules, pins and traces are those of the user's files everywhere.
 */
export class Translation {
  readonly #namespace: string
  readonly #services: ReadonlySet<string>
  readonly #given = new Map<string, string>()
  readonly #written = new Map<string, string>()
  /** How a file writes the namespace behind a name: names have no case, and a hop may pass them on as they stand. */
  readonly #spellings = new Map<string, string>()

  /** @param namespace what stands for the chain's @param services whose names may be followed by it */
  constructor(namespace: string, services: Iterable<string>) {
    this.#namespace = namespace
    this.#services = new Set(services)
  }

  /** From now on, the one stands for the other. */
  add(written: string, given: string): void {
    this.#given.set(written, given)
    this.#written.set(given, written)
  }

  /** A text of the chain, as the cluster gets to read it. */
  toCluster(text: string): string {
    const renamed = this.#renamed(text, NAMESPACE, (name, spelling) => {
      this.#spellings.set(name, spelling)
      return this.#namespace
    })
    return renamed.replace(ADDRESS, (one) => this.#given.get(one) ?? one)
  }

  /** A text that the cluster wrote, as the chain would have it. */
  toChain(text: string): string {
    const translated = text.replace(ADDRESS, (one) => this.#written.get(one) ?? one)
    return this.#renamed(translated, this.#namespace, (name) => this.#spellings.get(name) ?? NAMESPACE)
  }

  /** What an address of the chain was rewritten to; null where it is the same here. */
  givenFor(written: string): string | null {
    const given = this.#given.get(written) ?? null
    return given === written ? null : given
  }

  /** Addresses in a text of the chain that would be a Service's and that nothing stands for yet. */
  unknownIn(text: string): string[] {
    const found = new Set(text.match(ADDRESS))
    return [...found].filter(
      (one) =>
        SERVICE_NETWORK.test(one) && !NETWORK_ADDRESS.test(one) && !this.#given.has(one) && !this.#written.has(one),
    )
  }

  /** `api-gateway.flowmaster.svc…` and `api-gateway.flowmaster`, with another namespace; no name of a host on the internet. */
  #renamed(text: string, from: string, to: (name: string, spelling: string) => string): string {
    if (this.#namespace === NAMESPACE) return text
    const names = new RegExp(`(?<![\\w.-])([\\w-]+)\\.(${from})(?=\\.svc(?![\\w-])|(?![\\w.-]))`, 'gi')
    return text.replace(names, (whole, name: string, spelling: string) =>
      this.#services.has(name.toLowerCase()) ? `${name}.${to(name, spelling)}` : whole,
    )
  }
}
