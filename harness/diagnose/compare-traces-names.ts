import type { RequestMessage } from '../chain/message.ts'
import { triesOf } from '../trace/reading.ts'
import type { Trace } from '../trace/trace.ts'

/**
 * What ClusterIPs are called when traces are compared, by address: `api-gateway` for the first one of that Service, then
 * `api-gateway (2)` and so on. Two clusters give a Service that is created again different addresses, and mean the same.
 */
export type AddressNames = ReadonlyMap<string, string>

const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}/g

/** A request id as nginx (`$request_id`) and the gateway (a UUID) make them, where it stands apart from other digits. */
const MADE_ID =
  /(?<![0-9a-f])(?:[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![0-9a-f])/g

/** The port that a client has in an environment that simulates its connection; elsewhere the system picks one. */
const SIMULATED_CLIENT_PORT = '40000'

/** A trace and what its own chance values are called, so that it can be compared with the trace of another run. */
export class Witness {
  readonly trace: Trace
  readonly #names: AddressNames
  readonly #given: ReadonlySet<string>

  /** @param addresses what is known of ClusterIPs beside what the trace says of them itself */
  constructor(trace: Trace, addresses: AddressNames) {
    this.trace = trace
    this.#names = new Map([...ownersIn(trace), ...addresses])
    this.#given = idsIn(trace.request)
  }

  /** Whether a text means what another trace's text means: the same ClusterIPs and, where one is chance, any other in its place. */
  means(text: string, other: Witness, otherText: string): boolean {
    if (this.#named(text) === other.#named(otherText)) return true
    const [mine, its] = [this.#withAddresses(text), other.#withAddresses(otherText)]
    return this.#hasChanceWhere(mine, its) || other.#hasChanceWhere(its, mine)
  }

  /** A text with names in place of ClusterIPs and of request ids that the scenario did not give. */
  #named(text: string): string {
    const isMade = (id: string): boolean => id === this.trace.requestId || !this.#given.has(id)
    return this.#withAddresses(text).replace(MADE_ID, (id) => (isMade(id) ? '<request id>' : id))
  }

  #withAddresses(text: string): string {
    return text.replace(ADDRESS, (address) => this.#names.get(address) ?? address)
  }

  /**
   * Whether the other text has a chance value wherever this one has one that a simulation chose. Its place alone tells: in
   * `id$request_id`, a `d` comes before it that could be one of its digits.
   */
  #hasChanceWhere(text: string, other: string): boolean {
    const { requestId } = this.trace
    if (!text.includes(requestId) && !text.includes(SIMULATED_CLIENT_PORT)) return false
    const pattern = escaped(text).replaceAll(requestId, '[0-9a-f]{32}').replaceAll(SIMULATED_CLIENT_PORT, '\\d{4,5}')
    return new RegExp(`^${pattern}$`, 'u').test(other)
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function idsIn({ target, headers, body }: RequestMessage): Set<string> {
  const texts = [target, ...headers.map(([, value]) => value), body]
  return new Set(texts.flatMap((text) => text.match(MADE_ID) ?? []))
}

function* ownersIn({ exchanges }: Trace): Generator<readonly [string, string]> {
  for (const exchange of exchanges) {
    for (const { to } of triesOf(exchange))
      if (to.address !== null && to.service !== null) yield [to.address, to.service]
  }
}
