import { DOCKER_DNS } from '../../../chain/cluster-dns.ts'
import type { NameServerAddress } from '../../site.ts'

/** How long an answer of cluster DNS counts where no line says otherwise: the TTL of CoreDNS's kubernetes plugin. */
const CLUSTER_DNS_TTL_S = 5

/** How long nginx waits for one server before it asks the next (`resend_timeout` in ngx_resolver_create). */
const RESEND_MS = 5_000

/** A `resolver` line. */
interface ResolverLine {
  /** The name servers as written. */
  readonly text: string
  readonly servers: readonly NameServerAddress[]
  /** What `valid=` says, in seconds; null where it is not there. */
  readonly validS: number | null
  /** Whether it asks for IPv6 addresses too, in a packet of its own. */
  readonly ipv6: boolean
}

/** What looking up a name takes. */
interface Asking {
  /** Seconds on the world's clock. */
  nowS(): number
  /** See {@link SiteWorld.query}. */
  query(server: NameServerAddress, name: string): readonly string[] | null
}

/** What came of a question, and how long it took. */
export interface LookUp {
  /** Empty where the name does not exist; null where nobody answered in time. */
  readonly addresses: readonly string[] | null
  readonly waitedMs: number
}

/**
 * Looks names up while nginx runs: exactly as they stand, without search domains and without /etc/hosts. An answer counts for
 * its TTL, or for `valid=`; a name that does not exist is asked for again.
 * https://nginx.org/en/docs/http/ngx_http_core_module.html#resolver
 */
export class Resolver {
  readonly #line: ResolverLine
  readonly #answers = new Map<string, { readonly addresses: readonly string[]; readonly untilS: number }>()
  /** Every question begins with the next server. */
  #turn = 0

  constructor(line: ResolverLine) {
    this.#line = line
  }

  /** The name servers as written. */
  get text(): string {
    return this.#line.text
  }

  /** The addresses of a name, as they were when it was last asked for. @param timeoutMs `resolver_timeout`; 0 is for ever */
  lookUp(host: string, timeoutMs: number, site: Asking): LookUp {
    const name = host.toLowerCase().replace(/\.$/, '')
    const known = this.#answers.get(name)
    if (known !== undefined && known.untilS >= site.nowS()) return { addresses: known.addresses, waitedMs: 0 }
    const found = this.#ask(name, timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs, site)
    if (found.addresses !== null && found.addresses.length > 0) {
      const validS = this.#line.validS ?? found.ttlS
      this.#answers.set(name, { addresses: found.addresses, untilS: site.nowS() + found.waitedMs / 1000 + validS })
    }
    return found
  }

  /** One server after the other, until one answers (ngx_resolver_resend). */
  #ask(name: string, timeoutMs: number, site: Asking): LookUp & { readonly ttlS: number } {
    const { servers } = this.#line
    const first = this.#turn++
    let waitedMs = 0
    for (let tried = 0; tried < servers.length && waitedMs < timeoutMs; tried++) {
      const server = servers[(first + tried) % servers.length]
      const addresses = server === undefined ? null : site.query(server, name)
      const ttlS = server?.address === DOCKER_DNS.address ? DOCKER_DNS.ttlS : CLUSTER_DNS_TTL_S
      if (addresses !== null) return { addresses, waitedMs, ttlS }
      if (tried > 0 || !this.#noticesRefusal(server)) waitedMs += RESEND_MS
    }
    return { addresses: null, waitedMs: timeoutMs, ttlS: 0 }
  }

  /** The host refuses what is sent to its own loopback. nginx notices with its second packet, and then asks the next server at once. */
  #noticesRefusal(server: NameServerAddress | undefined): boolean {
    return this.#line.ipv6 && server !== undefined && /^(?:127\.|::1$)/.test(server.address)
  }
}
