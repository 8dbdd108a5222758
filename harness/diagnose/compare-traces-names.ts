import type { Trace } from '../chain/trace.ts'

/**
 * What ClusterIPs are called when traces are compared, by address: `api-gateway` for the first one of that Service, then
 * `api-gateway (2)` and so on. Two clusters give a Service that is created again different addresses, and mean the same.
 */
export type AddressNames = ReadonlyMap<string, string>

const ADDRESS = /\d{1,3}(?:\.\d{1,3}){3}/g

/** A trace and what its own chance values are called, so that it can be compared with the trace of another run. */
export class Witness {
  readonly trace: Trace
  readonly #names: AddressNames

  /** @param addresses what is known of ClusterIPs beside what the trace says of them itself */
  constructor(trace: Trace, addresses: AddressNames) {
    this.trace = trace
    this.#names = new Map([...ownersIn(trace), ...addresses])
  }

  /** A text with names in place of ClusterIPs and of the trace's own request id. */
  named(text: string): string {
    return text
      .replaceAll(this.trace.requestId, '<request id>')
      .replace(ADDRESS, (address) => this.#names.get(address) ?? address)
  }
}

function* ownersIn({ exchanges }: Trace): Generator<readonly [string, string]> {
  for (const { forwards } of exchanges) {
    for (const { to } of forwards) if (to.address !== null && to.service !== null) yield [to.address, to.service]
  }
}
