import type { Rule } from '../../../trace/trace.ts'
import type { Directive } from '../../syntax/syntax.ts'
import type { RequestState } from '../request/request-state.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import { evaluate } from '../variables/evaluate.ts'
import { type HashWalk, IpHashWalk, KeyHashWalk } from './hash-walk.ts'
import { isUnixAddress, NO_PORT, type UpstreamUrl } from './parse-upstream-url.ts'
import type { LookUp } from './resolver.ts'
import { type Balance, newPeer, type UpstreamGroup } from './upstream.ts'

const ROUND_ROBIN = { kind: 'round-robin' } as const

/**
 * The upstream block that a `…_pass` names, or what the name resolves to now (ngx_http_upstream_add, init_round_robin).
 * @param defaultPort null where the protocol has none
 * @returns null where it is wrong, which is noted
 */
export function groupAtLoad(
  { host, port, address }: UpstreamUrl,
  defaultPort: number | null,
  directive: Directive,
  scope: CompileScope,
): UpstreamGroup | null {
  const block = scope.upstreams.block(host)
  if (block !== null) {
    if (port === null) return block
    scope.error(directive.span, `upstream "${host}" may not have port ${port}`)
    return null
  }
  const portOfPeer = isUnixAddress(address) ? NO_PORT : port === null ? defaultPort : Number(port)
  if (portOfPeer === null) {
    scope.error(directive.span, `no port in upstream "${host}"`)
    return null
  }
  const known = scope.upstreams.find(host, portOfPeer)
  if (known !== null) return known
  const addresses = address !== null ? [address] : scope.world.resolve(host)
  if (addresses.length === 0) {
    scope.hostNotFound(directive.span, `upstream "${host}"`)
    return null
  }
  const group = groupOf(host, portOfPeer, addresses, ruleOf(directive))
  scope.upstreams.add({ name: host, port: portOfPeer, group })
  return group
}

/** The upstream block that a `…_pass` with variables comes to, the literal address, or what the resolver finds. */
export function groupOfRequest(
  state: RequestState,
  { host, port, address }: UpstreamUrl,
  defaultPort: number,
  rule: Rule,
): FoundGroup {
  const portOfPeer = isUnixAddress(address) ? NO_PORT : Number(port ?? defaultPort)
  const asked = isUnixAddress(address) ? NO_PORT : port === null ? null : Number(port)
  const known = state.site.upstreams.find(host, asked, defaultPort)
  if (known !== null) return { group: known, lookUp: null }
  const { resolver, resolverTimeoutMs } = state.location.settings
  const lookUp = address === null ? (resolver?.lookUp(host, resolverTimeoutMs, state.site) ?? null) : null
  const addresses = address === null ? (lookUp?.addresses ?? []) : [address]
  return { group: addresses.length === 0 ? null : groupOf(host, portOfPeer, addresses, rule), lookUp }
}

/** What a host turned out to be. */
export interface FoundGroup {
  /** Null where it was not found. */
  readonly group: UpstreamGroup | null
  /** How its name was looked up; null where that was not needed, or where there is no `resolver`. */
  readonly lookUp: LookUp | null
}

function groupOf(host: string, port: number, addresses: readonly string[], rule: Rule): UpstreamGroup {
  const peer = { host, port, weight: 1, maxFails: 1, failTimeoutS: 10, down: false, rule }
  const primary = addresses.map((address) => newPeer({ ...peer, address }))
  return { name: host, balance: ROUND_ROBIN, refused: null, primary, backup: [] }
}

/** A group of nobody. */
export function emptyGroup(name: string): UpstreamGroup {
  return { name, balance: ROUND_ROBIN, refused: null, primary: [], backup: [] }
}

/** Says why a name has no address, in nginx's words (ngx_http_upstream_resolve_handler). */
export function noteUnresolved(state: RequestState, host: string, lookUp: LookUp | null, rule: Rule): void {
  const resolver = state.location.settings.resolver?.text ?? ''
  if (lookUp === null) state.because({ kind: 'no-resolver', host }, rule.span)
  else state.because({ kind: 'unresolved', host, isSilent: lookUp.addresses === null, resolver }, rule.span)
}

/** The walk of this request's key through the peers. An empty key has none (ngx_http_upstream_init_hash_peer). */
export function walkOf(state: RequestState, balance: Balance): HashWalk | null {
  if (balance.kind === 'round-robin') return null
  if (balance.kind === 'ip-hash') return new IpHashWalk(state.client.address)
  const key = evaluate(balance.key, state)
  return key === '' ? null : new KeyHashWalk(key)
}
