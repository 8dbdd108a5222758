import type { NameServerAddress } from '../site.ts'
import type { SiteContext } from './site-context.ts'

/** How long an answer of cluster DNS counts where no line says otherwise: the TTL of CoreDNS's kubernetes plugin. */
const CLUSTER_DNS_TTL_S = 5

interface Answer {
  readonly addresses: readonly string[]
  readonly untilS: number
}

/** A `resolver` line. `validS` is what `valid=` says, in seconds; null where it is not there. */
interface ResolverLine {
  /** The name servers as written. */
  readonly text: string
  readonly servers: readonly NameServerAddress[]
  readonly validS: number | null
}

/**
 * Looks names up while nginx runs: exactly as they stand, without search domains and without /etc/hosts. An answer counts for
 * its TTL, or for `valid=`; a name that does not exist is asked for again.
 * https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
 */
export class Resolver {
  readonly #line: ResolverLine
  readonly #answers = new Map<string, Answer>()

  constructor(line: ResolverLine) {
    this.#line = line
  }

  /** The name servers as written. */
  get text(): string {
    return this.#line.text
  }

  /** The addresses of a name, as they were when it was last asked for; empty where it does not exist; null where nobody answers. */
  lookUp(host: string, site: SiteContext): readonly string[] | null {
    const name = host.toLowerCase().replace(/\.$/, '')
    const known = this.#answers.get(name)
    if (known !== undefined && known.untilS >= site.nowS()) return known.addresses
    const addresses = this.#ask(name, site)
    if (addresses === null || addresses.length === 0) return addresses
    this.#answers.set(name, { addresses, untilS: site.nowS() + (this.#line.validS ?? CLUSTER_DNS_TTL_S) })
    return addresses
  }

  /** One server after the other: one that does not answer is given up for the next. */
  #ask(name: string, site: SiteContext): readonly string[] | null {
    for (const server of this.#line.servers) {
      const addresses = site.query(server, name)
      if (addresses !== null) return addresses
    }
    return null
  }
}
