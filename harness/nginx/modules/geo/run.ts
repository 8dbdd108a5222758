import { type BlockList, isIPv6 } from 'node:net'

/** Networks with a value each, the most precise first. */
export interface GeoTable {
  readonly networks: readonly { readonly list: BlockList; readonly value: string }[]
  readonly otherwise: string
}

/** The value of the smallest network that an address is in (ngx_http_geo_module). */
export function geoValue({ networks, otherwise }: GeoTable, address: string): string {
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  return networks.find(({ list }) => list.check(address, family))?.value ?? otherwise
}
