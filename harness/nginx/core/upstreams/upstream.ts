import type { Rule } from '../../../trace/trace.ts'
import type { UpstreamTls } from '../../site.ts'
import type { Template } from '../variables/template.ts'
import type { HashWalk } from './hash-walk.ts'

/** One address of an upstream group, with what has become of it so far (ngx_http_upstream_rr_peer_t). */
export interface Peer {
  /** As written: the name or address of `server`, or of `proxy_pass`. */
  readonly host: string
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly maxFails: number
  readonly failTimeoutS: number
  readonly down: boolean
  readonly rule: Rule
  effectiveWeight: number
  currentWeight: number
  fails: number
  accessedS: number
  checkedS: number
  /** What the TLS session was made with that nginx keeps for it; null where it keeps none. */
  tlsSession: UpstreamTls | null
}

/** What chooses among the peers first; round robin does where it finds none. `ip_hash` and `hash` keep a key with its peer. */
export type Balance =
  | { readonly kind: 'round-robin' }
  | { readonly kind: 'ip-hash' }
  | { readonly kind: 'hash'; readonly key: Template }

/** Addresses that requests are spread over: an `upstream` block, or the host of a `proxy_pass`. */
export interface UpstreamGroup {
  readonly name: string
  readonly balance: Balance
  /** What the model does not know of it; null where it knows all. */
  readonly refused: { readonly rule: Rule; readonly because: string } | null
  readonly primary: readonly Peer[]
  readonly backup: readonly Peer[]
}

/** A peer that has carried nothing yet. */
export function newPeer(
  peer: Omit<Peer, 'effectiveWeight' | 'currentWeight' | 'fails' | 'accessedS' | 'checkedS' | 'tlsSession'>,
): Peer {
  return {
    ...peer,
    effectiveWeight: peer.weight,
    currentWeight: 0,
    fails: 0,
    accessedS: 0,
    checkedS: 0,
    tlsSession: null,
  }
}

/** How one request goes through the peers of a group (ngx_http_upstream_rr_peer_data_t). */
export class PeerChoice {
  readonly #single: boolean
  readonly #group: UpstreamGroup
  readonly #nowS: () => number
  readonly #tried = new Set<Peer>()
  #peers: readonly Peer[]
  #current: Peer | null = null
  readonly #walk: HashWalk | null
  /** Tries that are left. */
  tries: number

  /**
   * @param maxTries `proxy_next_upstream_tries`; 0 is no limit
   * @param walk the order of a key's peers; null for round robin
   */
  constructor(group: UpstreamGroup, maxTries: number, nowS: () => number, walk: HashWalk | null) {
    this.#walk = walk
    this.#group = group
    this.#nowS = nowS
    this.#peers = group.primary
    this.#single = group.primary.length === 1 && group.backup.length === 0
    const live = [...group.primary, ...group.backup].filter(({ down }) => !down).length
    this.tries = maxTries > 0 ? Math.min(live, maxTries) : live
  }

  /** The group's name. */
  get name(): string {
    return this.#group.name
  }

  /** The next peer; null where none is live (`no live upstreams`). */
  next(): Peer | null {
    const peer = this.#single ? this.#only() : (this.#hashed() ?? this.#best())
    if (peer === null && this.#peers === this.#group.primary && this.#group.backup.length > 0) {
      this.#peers = this.#group.backup
      this.#tried.clear()
      this.#current = this.#best()
    } else {
      this.#current = peer
    }
    return this.#current
  }

  /** Notes what became of the try (ngx_http_upstream_free_round_robin_peer). */
  release(failed: boolean): void {
    const peer = this.#current
    if (peer === null) return
    this.#current = null
    if (this.#single) {
      this.tries = 0
      return
    }
    if (failed) this.#noteFailure(peer)
    else if (peer.accessedS < peer.checkedS) peer.fails = 0
    if (this.tries > 0) this.tries--
  }

  #noteFailure(peer: Peer): void {
    peer.fails++
    peer.accessedS = this.#nowS()
    peer.checkedS = this.#nowS()
    if (peer.maxFails > 0) peer.effectiveWeight -= Math.trunc(peer.weight / peer.maxFails)
    if (peer.effectiveWeight < 0) peer.effectiveWeight = 0
  }

  #only(): Peer | null {
    const [peer] = this.#peers
    return peer === undefined || peer.down ? null : peer
  }

  /** The peer of the request's key, or the next one that its walk comes to (ngx_http_upstream_get_hash_peer). */
  #hashed(): Peer | null {
    const nowS = this.#nowS()
    const peer = this.#walk?.next(
      this.#group.primary,
      (candidate) => !this.#tried.has(candidate) && isLive(candidate, nowS),
    )
    if (peer === undefined || peer === null) return null
    if (nowS - peer.checkedS > peer.failTimeoutS) peer.checkedS = nowS
    this.#tried.add(peer)
    return peer
  }

  /** Smooth weighted round robin over the peers that are live (ngx_http_upstream_get_peer). */
  #best(): Peer | null {
    const nowS = this.#nowS()
    let best: Peer | null = null
    let total = 0
    for (const peer of this.#peers) {
      if (this.#tried.has(peer) || !isLive(peer, nowS)) continue
      peer.currentWeight += peer.effectiveWeight
      total += peer.effectiveWeight
      if (peer.effectiveWeight < peer.weight) peer.effectiveWeight++
      if (best === null || peer.currentWeight > best.currentWeight) best = peer
    }
    if (best === null) return null
    this.#tried.add(best)
    best.currentWeight -= total
    if (nowS - best.checkedS > best.failTimeoutS) best.checkedS = nowS
    return best
  }
}

/** Whether a peer is neither down nor has just failed too often. */
function isLive(peer: Peer, nowS: number): boolean {
  if (peer.down) return false
  return peer.maxFails === 0 || peer.fails < peer.maxFails || nowS - peer.checkedS > peer.failTimeoutS
}
