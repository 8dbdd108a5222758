import { isIPv6 } from 'node:net'

/** A network: its address in plain form, and how many of its leading bits count. */
export interface Cidr {
  readonly address: string
  readonly bits: number
  readonly family: 4 | 6
}

/** Reads `10.0.0.0/8`, `10.1.2.3` or their IPv6 kind (ngx_ptocidr); null where nginx would not take it. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', mask, ...rest] = text.split('/')
  const number = ipv4Number(address)
  if (rest.length > 0 || (number === null && !isIPv6(address))) return null
  const family = number === null ? 6 : 4
  const width = number === null ? 128 : 32
  const plain = number === null ? address : ipv4Text(number)
  if (mask === undefined) return { address: plain, bits: width, family }
  const bits = /^\d+$/.test(mask) ? Number(mask) : Number.NaN
  return bits <= width ? { address: plain, bits, family } : null
}

/** An IPv4 address as a number of 32 bits (ngx_inet_addr); null where it is none. nginx cannot tell the highest one from none. */
export function ipv4Number(text: string): number | null {
  const octets = text.split('.')
  if (octets.length !== 4 || !octets.every((octet) => /^\d*$/.test(octet) && Number(octet) <= 255)) return null
  const number = octets.reduce((sum, octet) => sum * 256 + Number(octet), 0)
  return number === 0xffff_ffff ? null : number
}

export function ipv4Text(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.')
}

/** Addresses of IPv4 from one to another, both included. */
export interface AddressRange {
  readonly start: number
  readonly end: number
}

/** Reads `10.0.0.1-10.0.0.9`; null where nginx would not take it. */
export function parseRange(text: string): AddressRange | null {
  const hyphen = text.indexOf('-')
  const start = hyphen === -1 ? null : ipv4Number(text.slice(0, hyphen))
  const end = hyphen === -1 ? null : ipv4Number(text.slice(hyphen + 1))
  return start === null || end === null || start > end ? null : { start, end }
}

/** An IPv6 address, which is right, as a number of 128 bits. */
export function ipv6Number(text: string): bigint {
  const plain = text.replace(/[\d.]+$/, (tail) => {
    const number = tail.includes('.') ? (ipv4Number(tail) ?? 0xffff_ffff) : null
    return number === null ? tail : `${(number >>> 16).toString(16)}:${(number & 0xffff).toString(16)}`
  })
  const [head = [], tail = []] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''))
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0')
  return [...head, ...zeros, ...tail].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}
