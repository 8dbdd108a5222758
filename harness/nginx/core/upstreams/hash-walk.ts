import { crc32 } from 'node:zlib'

/** What of a peer counts here. */
interface Weighted {
  readonly weight: number
}

/** The order in which the peers of a group are asked for one key. */
export interface HashWalk {
  /** The first peer from here on that may be taken; null behind twenty that may not: round robin goes on then. */
  next<Peer extends Weighted>(peers: readonly Peer[], mayBeTaken: (peer: Peer) => boolean): Peer | null
}

const MAX_MISSES = 20

/** `ip_hash`: by the first three bytes of an IPv4 address, or by all of IPv6 (ngx_http_upstream_get_ip_hash_peer). */
export class IpHashWalk implements HashWalk {
  readonly #bytes: readonly number[]
  #hash = 89
  #misses = 0

  constructor(address: string) {
    this.#bytes = address.includes(':') ? ipv6Bytes(address) : address.split('.').slice(0, 3).map(Number)
  }

  next<Peer extends Weighted>(peers: readonly Peer[], mayBeTaken: (peer: Peer) => boolean): Peer | null {
    while (this.#misses <= MAX_MISSES) {
      for (const byte of this.#bytes) this.#hash = (this.#hash * 113 + byte) % 6271
      const peer = peerAt(peers, this.#hash)
      if (peer !== null && mayBeTaken(peer)) return peer
      this.#misses++
    }
    return null
  }
}

/** `hash KEY`: as Cache::Memcached does, by CRC-32 (ngx_http_upstream_get_hash_peer). */
export class KeyHashWalk implements HashWalk {
  readonly #key: Buffer
  #hash = 0
  #rehashes = 0
  #misses = 0

  constructor(key: string) {
    this.#key = Buffer.from(key, 'latin1')
  }

  next<Peer extends Weighted>(peers: readonly Peer[], mayBeTaken: (peer: Peer) => boolean): Peer | null {
    while (this.#misses <= MAX_MISSES) {
      const before = this.#rehashes === 0 ? '' : String(this.#rehashes)
      this.#hash = (this.#hash + ((crc32(Buffer.concat([Buffer.from(before), this.#key])) >>> 16) & 0x7fff)) >>> 0
      this.#rehashes++
      const peer = peerAt(peers, this.#hash)
      if (peer !== null && mayBeTaken(peer)) return peer
      this.#misses++
    }
    return null
  }
}

/** The peer whose share of the weights a hash falls into; servers that are down have theirs too. */
function peerAt<Peer extends Weighted>(peers: readonly Peer[], hash: number): Peer | null {
  let rest = hash % peers.reduce((total, { weight }) => total + weight, 0)
  for (const peer of peers) {
    if (rest < peer.weight) return peer
    rest -= peer.weight
  }
  return null
}

function ipv6Bytes(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [before, after] = [groups(head), groups(tail ?? '')]
  const middle = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...middle, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16)
    return [value >> 8, value & 255]
  })
}
