import type { SiteContext } from './site-context.ts'

/** How long an answer of cluster DNS counts where it is not told otherwise: the TTL of CoreDNS's kubernetes plugin. */
const CLUSTER_DNS_TTL_S = 5

interface Answer {
  readonly addresses: readonly string[]
  readonly untilS: number
}

/**
 * A `resolver` line and what it remembers: an answer counts for its TTL, or for `valid=`; a name that DNS does not know is
 * asked for again. https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
 */
export class Resolver {
  readonly #validS: number
  readonly #answers = new Map<string, Answer>()

  /** @param validS what `valid=` says, in seconds; null where it is not there */
  constructor(validS: number | null) {
    this.#validS = validS ?? CLUSTER_DNS_TTL_S
  }

  /** The addresses of a name, as they were when it was last asked for; empty where DNS knows none. */
  lookUp(host: string, site: SiteContext): readonly string[] {
    const known = this.#answers.get(host)
    if (known !== undefined && known.untilS >= site.nowS()) return known.addresses
    const addresses = site.resolve(host)
    if (addresses.length > 0) this.#answers.set(host, { addresses, untilS: site.nowS() + this.#validS })
    return addresses
  }
}
