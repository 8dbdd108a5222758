import { isIP } from 'node:net'

/** A network: the address as written, and how many of its leading bits count. */
export interface Cidr {
  readonly address: string
  readonly bits: number
  readonly family: 4 | 6
}

/** Reads `10.0.0.0/8`, `10.1.2.3` or their IPv6 kind (ngx_ptocidr); null where nginx would not take it. */
export function parseCidr(text: string): Cidr | null {
  const [address = '', mask, ...rest] = text.split('/')
  const family = isIP(address)
  if (rest.length > 0 || (family !== 4 && family !== 6)) return null
  const width = family === 4 ? 32 : 128
  if (mask === undefined) return { address, bits: width, family }
  const bits = /^\d+$/.test(mask) ? Number(mask) : Number.NaN
  return bits <= width ? { address, bits, family } : null
}
