import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import type { CacheEntry, CacheNode } from './cache-zone.ts'
import type { RequestCache } from './request-cache.ts'
import { storedBy } from './stored-by.ts'
import { variantOf } from './vary.ts'

/** Seconds after which, at the latest, nginx looks for entries that nobody used (ngx_http_file_cache_expire). */
const MANAGER_S = 10

/** What became of a key: an answer that is good, one that is not, none; too few uses yet; or a code to answer with. */
export type Found = 'ok' | 'stale' | 'updating' | 'none' | 'scarce' | number

/** Looks a key up (ngx_http_file_cache_open). */
export function openEntry(state: RequestState, cache: RequestCache): Found {
  const known = findNode(state, cache)
  const { node } = cache
  if (known === 'rare' || node === null) return 'scarce'
  if (known === 'new' && cache.settings.minUses > 1) return 'scarce'
  if (known === 'known' && node.error !== 0) return node.error
  if (node.entry !== null) return readEntry(state, cache, node, node.entry)
  return lock(state, cache, node)
}

/** Finds what is known of the key, or begins to know it (ngx_http_file_cache_exists). `rare`: asked for too seldom to be kept. */
export function findNode(state: RequestState, cache: RequestCache): 'known' | 'new' | 'rare' {
  const { zone, key, settings } = cache
  const nowS = state.site.dateS()
  dropUnused(cache, nowS)
  const before = cache.node ?? zone.nodes.get(key)
  const node = before ?? newNode()
  if (node.isUnknown) {
    refuseRequest(cache.rule, 'what nginx brought for a client that had left is not modelled')
  }
  if (cache.node === null) {
    node.uses++
    node.count++
  }
  cache.node = node
  node.expireS = nowS + zone.inactiveS
  if (before === undefined) {
    zone.nodes.set(key, node)
    return 'new'
  }
  if (node.error !== 0) {
    if (node.validS >= nowS) return 'known'
    if (node.entry !== null)
      refuseRequest(
        cache.rule,
        'a code that was kept in place of an older answer is over: what is found then is not modelled',
      )
    node.error = 0
    node.validS = 0
    return 'new'
  }
  return node.entry !== null || node.uses >= settings.minUses ? 'known' : 'rare'
}

function newNode(): CacheNode {
  return {
    uses: 0,
    count: 0,
    entry: null,
    error: 0,
    validS: 0,
    updating: false,
    lockedUntilMs: 0,
    isUnknown: false,
    expireS: 0,
    errorBy: null,
  }
}

/** Throws away what was not used for `inactive`. In the seconds in which nginx may have done so or not, the request is refused. */
function dropUnused({ zone, key }: RequestCache, nowS: number): void {
  const node = zone.nodes.get(key)
  if (zone.maxSizeBytes !== null && sizeBytes(zone.nodes.values()) > zone.maxSizeBytes) {
    refuseRequest(zone.rule, 'the cache is larger than max_size: which entries are left is not modelled')
  }
  if (node === undefined || node.count > 0 || node.expireS > nowS) return
  if (nowS - node.expireS <= MANAGER_S) {
    refuseRequest(zone.rule, 'whether the cache manager has removed the entry by now is not modelled')
  }
  zone.nodes.delete(key)
}

/** Files take whole blocks of the disk. */
const BLOCK_BYTES = 4096

function sizeBytes(nodes: Iterable<CacheNode>): number {
  let total = 0
  for (const { entry } of nodes) {
    if (entry !== null) total += Math.ceil((entry.headBytes + entry.response.body.length) / BLOCK_BYTES) * BLOCK_BYTES
  }
  return total
}

/** ngx_http_file_cache_read: another variant is looked up by its own key. */
function readEntry(state: RequestState, cache: RequestCache, node: CacheNode, entry: CacheEntry): Found {
  if (entry.vary !== '') {
    const variant = variantOf(state, cache.main, entry.vary)
    if (variant !== entry.variant) {
      if (cache.isVariant) return 'none'
      node.count--
      cache.node = null
      cache.isVariant = true
      cache.key = variant
      return openEntry(state, cache)
    }
  }
  if (entry.bodiless && state.method !== 'HEAD') {
    refuseRequest(cache.rule, 'the entry was brought by a HEAD and has no body: what nginx sends of it is not modelled')
  }
  const nowS = state.site.dateS()
  cache.entry = entry
  cache.validS = entry.validS
  cache.updatingS = entry.updatingS
  cache.errorS = entry.errorS
  if (entry.validS >= nowS) return 'ok'
  cache.staleUpdating = entry.validS + entry.updatingS >= nowS
  cache.staleError = entry.validS + entry.errorS >= nowS
  if (node.updating) return 'updating'
  node.updating = true
  cache.updating = true
  return 'stale'
}

/** `proxy_cache_lock`: one request at a time brings a new entry (ngx_http_file_cache_lock). */
function lock(state: RequestState, cache: RequestCache, node: CacheNode): Found {
  const { rule, timeoutMs, ageMs } = cache.settings.lock
  if (rule === null) return 'none'
  const nowMs = state.site.dateMs()
  if (node.updating && node.lockedUntilMs > nowMs) {
    return timeoutMs === 0 ? 'scarce' : refuseRequest(rule, `${rule.text} waits for another request: not modelled`)
  }
  node.updating = true
  node.lockedUntilMs = nowMs + ageMs
  cache.updating = true
  return 'none'
}

/** Puts an answer into the cache (ngx_http_file_cache_set_header, ngx_http_file_cache_update). */
export function storeEntry(
  state: RequestState,
  cache: RequestCache,
  made: Omit<CacheEntry, 'validS' | 'updatingS' | 'errorS' | 'vary' | 'variant' | 'by'>,
): void {
  const { validS, updatingS, errorS, vary } = cache
  const variant = vary === '' ? '' : variantOf(state, cache.main, vary)
  if (cache.isVariant && (vary === '' || variant !== cache.key)) useMainKey(state, cache)
  const { node } = cache
  if (node === null) return
  node.count--
  node.error = 0
  node.updating = false
  node.entry = { ...made, validS, updatingS, errorS, vary, variant, by: storedBy(state, cache) }
  cache.isOver = true
  cache.updating = false
}

/** ngx_http_file_cache_update_variant */
function useMainKey(state: RequestState, cache: RequestCache): void {
  if (cache.node !== null) {
    cache.node.count--
    cache.node.updating = false
  }
  cache.node = null
  cache.key = cache.main
  findNode(state, cache)
}

/** Ends what a request has to do with the cache, without an answer that is kept (ngx_http_file_cache_free). */
export function freeEntry(state: RequestState, cache: RequestCache): void {
  const { node, zone, key, settings } = cache
  if (cache.isOver || node === null) return
  node.count--
  if (cache.updating) node.updating = false
  if (cache.error !== 0) {
    node.error = cache.error
    node.validS = cache.validS
    node.errorBy = storedBy(state, cache)
  } else if (node.entry === null && node.count === 0 && settings.minUses === 1) zone.nodes.delete(key)
  cache.isOver = true
  cache.updating = false
}
