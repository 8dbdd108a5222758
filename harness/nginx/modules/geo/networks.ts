import { type Cidr, ipv4Number, ipv6Number } from '../../syntax/addresses.ts'

/** The highest address of IPv4: what nginx asks for where it has none (INADDR_NONE). */
export const NO_ADDRESS = 0xffff_ffff

/** Values by networks: the smallest network that an address is in counts (ngx_radix_tree). */
export class Networks {
  readonly #ipv4 = new Prefixes(32n)
  readonly #ipv6 = new Prefixes(128n)

  /** @returns the value that the network's first address had, where the network had one already; else null */
  add(network: Cidr, value: string): string | null {
    return this.#of(network).add(numberOf(network), network.bits, value)
  }

  /** @returns whether there was such a network */
  delete(network: Cidr): boolean {
    return this.#of(network).delete(numberOf(network), network.bits)
  }

  /** Whether bits of a network's address are set that do not count. */
  hasLowBits(network: Cidr): boolean {
    return this.#of(network).hasLowBits(numberOf(network), network.bits)
  }

  findIpv4(address: number): string {
    return this.#ipv4.find(BigInt(address)) ?? ''
  }

  findIpv6(address: bigint): string {
    return this.#ipv6.find(address) ?? ''
  }

  #of({ family }: Cidr): Prefixes {
    return family === 4 ? this.#ipv4 : this.#ipv6
  }
}

function numberOf({ address, family }: Cidr): bigint {
  return family === 4 ? BigInt(ipv4Number(address) ?? NO_ADDRESS) : ipv6Number(address)
}

class Prefixes {
  readonly #width: bigint
  /** Values by what counts of the address, by the number of bits that count; the longest first. */
  #byBits: readonly (readonly [bits: bigint, values: Map<bigint, string>])[] = []

  constructor(width: bigint) {
    this.#width = width
  }

  add(address: bigint, length: number, value: string): string | null {
    const bits = BigInt(length)
    const key = address >> (this.#width - bits)
    const values = this.#byBits.find(([known]) => known === bits)?.[1]
    const old = values?.has(key) ? this.find(key << (this.#width - bits)) : null
    if (values !== undefined) values.set(key, value)
    else this.#byBits = [...this.#byBits, [bits, new Map([[key, value]])] as const].sort(([a], [b]) => Number(b - a))
    return old
  }

  delete(address: bigint, length: number): boolean {
    const bits = BigInt(length)
    const values = this.#byBits.find(([known]) => known === bits)?.[1]
    return values?.delete(address >> (this.#width - bits)) ?? false
  }

  hasLowBits(address: bigint, length: number): boolean {
    const low = this.#width - BigInt(length)
    return (address >> low) << low !== address
  }

  find(address: bigint): string | null {
    for (const [bits, values] of this.#byBits) {
      const value = values.get(address >> (this.#width - bits))
      if (value !== undefined) return value
    }
    return null
  }
}
