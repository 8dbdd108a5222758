import { headerValue, type ResponseMessage } from '../../../chain/message.ts'
import type { ReasonFact } from '../../../trace/reason.ts'
import type { Rule } from '../../../trace/trace.ts'
import { readCacheHeaders } from '../cache/answer-headers.ts'
import type { CacheChoice } from '../cache/cache-settings.ts'
import type { CacheEntry, CacheZone, StoredBy } from '../cache/cache-zone.ts'
import { findNode, freeEntry, openEntry, storeEntry } from '../cache/file-cache.ts'
import {
  type CacheStatus,
  headStartBytes,
  lineThatHolds,
  type RequestCache,
  requestCache,
  validFor,
} from '../cache/request-cache.ts'
import { credentialsOf } from '../cache/stored-by.ts'
import { finalize, type Next } from '../next.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { parseHttpTime } from '../response/http-time.ts'
import { postClone } from '../subrequest.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { UpstreamState } from './upstream-state.ts'

/** Bytes that are left for the head of an answer behind the key, at the least. */
const ROOM_FOR_HEAD_BYTES = 256

/** An ETag that is longer is not kept (NGX_HTTP_CACHE_ETAG_LEN). */
const MAX_ETAG_BYTES = 128

/**
 * Asks the cache before the upstream is asked (ngx_http_upstream_cache). A code, or the answer that was kept; null where the
 * upstream is to be asked.
 * @param ownKey the key where no line gives one
 */
export function askCache(
  state: RequestState,
  upstream: UpstreamState,
  ownKey: () => string,
): CachedEntry | number | null {
  const { cache: settings, bufferSize } = upstream.settings
  const { on } = settings
  state.cache = null
  if (on === null || !settings.methods.has(state.method)) return null
  const zone = zoneOf(state, on)
  if (zone === null) return null
  if (zone === 'unknown') return 500
  if (state.method === 'HEAD' && settings.convertHead) upstream.asksByGet = true
  const key = settings.key === null ? ownKey() : evaluate(settings.key.value, state)
  if (headStartBytes(key) + ROOM_FOR_HEAD_BYTES > bufferSize.bytes) return null
  const cache = requestCache(settings, on.rule, zone, key)
  upstream.cache = cache
  state.cache = cache
  const bypassedBy = lineThatHolds(settings.bypass, ({ value }) => evaluate(value, state))
  if (bypassedBy !== null) {
    cache.status = 'BYPASS'
    state.because({ kind: 'cache-bypassed', line: bypassedBy.text }, bypassedBy.span)
    return null
  }
  cache.status = 'MISS'
  return lookUp(state, cache)
}

/** An answer of the cache's. */
export interface CachedEntry {
  readonly entry: CacheEntry
}

/** The cache that a request uses (ngx_http_upstream_cache_get): null for none. */
function zoneOf(state: RequestState, { zone, zones, rule }: CacheChoice): CacheZone | 'unknown' | null {
  if (zone === 'elsewhere') return refuseRequest(rule, `the zone of ${rule.text} is not defined in the site file`)
  if ('nodes' in zone) return zone
  const name = evaluate(zone, state)
  if (name === '' || name === 'off') return null
  return zones.get(name) ?? 'unknown'
}

function lookUp(state: RequestState, cache: RequestCache): CachedEntry | number | null {
  const { settings } = cache
  const found = openEntry(state, cache)
  const mayBeStale = settings.useStale.cases.has('updating') || cache.staleUpdating
  if (typeof found === 'number') {
    cache.status = 'HIT'
    if (cache.node?.errorBy != null) noteAnswer(state, cache, 'HIT', cache.node.errorBy, cache.node.validS, false)
    return found
  }
  if (cache.entry !== null && (found === 'ok' || (found === 'updating' && mayBeStale && !state.background))) {
    cache.status = found === 'ok' ? 'HIT' : 'UPDATING'
    return { entry: cache.entry }
  }
  if (
    cache.entry !== null &&
    found === 'stale' &&
    mayBeStale &&
    settings.backgroundUpdate !== null &&
    !state.background
  ) {
    updateInBackground(state, cache, settings.backgroundUpdate)
    return { entry: cache.entry }
  }
  if (found === 'updating' && state.background) cache.updating = true
  if (found === 'stale' || found === 'updating') {
    cache.validS = 0
    cache.updatingS = 0
    cache.errorS = 0
    cache.status = 'EXPIRED'
  }
  if (found === 'scarce') {
    cache.cacheable = false
    cache.keptOutBy = `fewer requests than ${settings.minUses}`
  }
  state.because(
    { kind: 'cache-asks', status: cache.status ?? 'MISS', key: cache.main, line: cache.rule.text },
    cache.rule.span,
  )
  checkRange(state, cache)
  return null
}

/** The same request goes to the upstream while its client gets what there is (ngx_http_upstream_cache_background_update). */
function updateInBackground(state: RequestState, cache: RequestCache, rule: Rule): void {
  if (state.contentLength > 0 || state.chunked) {
    refuseRequest(rule, 'a request with a body that is sent on again in the background is not modelled')
  }
  cache.status = 'STALE'
  // It is the other one's to end.
  cache.updating = false
  state.because({ kind: 'cache-updated-beside', line: rule.text }, rule.span)
  postClone(state, rule)
}

/** A range that begins too far behind goes to the upstream, and is not kept (ngx_http_upstream_cache_check_range). */
function checkRange(state: RequestState, cache: RequestCache): void {
  const range = state.header('range')
  const limit = cache.settings.maxRangeOffset
  if (range === undefined || limit === null || !cache.cacheable) return
  if (limit.bytes > 0) {
    const [, minus, digits = ''] = /^bytes= *(?:(-)|(\d*))/i.exec(range) ?? []
    if (range.length < 7 || !/^bytes=/i.test(range)) return
    if (minus === undefined && (digits === '' || Number(digits) < limit.bytes)) return
  }
  cache.cacheable = false
  cache.keptOutBy = `Range: ${range}`
}

/** Takes what an answer says about keeping it. */
export function readHeaders(
  state: RequestState,
  { cache, settings }: UpstreamState,
  { headers }: ResponseMessage,
): void {
  if (cache === null) return
  const { site } = state
  const line = readCacheHeaders(cache, headers, settings.ignoreHeaders, site.dateS(), site.rules)
  cache.keptOutBy = line ?? cache.keptOutBy
}

/** An answer that is over, in place of one that failed (ngx_http_upstream_next, ngx_http_upstream_test_next); null where there is none. */
export function staleEntry({ cache }: UpstreamState, condition: string, isRepeatable = true): CachedEntry | null {
  if (cache === null || cache.entry === null || cache.status !== 'EXPIRED') return null
  const { cases } = cache.settings.useStale
  const may = cases.has(condition) || (!isRepeatable && cases.has('non_idempotent'))
  if (!may && !(cache.staleError && !condition.startsWith('http_'))) return null
  cache.status = 'STALE'
  return { entry: cache.entry }
}

/** The entry that a 304 of the upstream's makes good again (ngx_http_upstream_test_next); null where it is another 304. */
export function revalidatedEntry(
  state: RequestState,
  upstream: UpstreamState,
  { status }: ResponseMessage,
): CachedEntry | null {
  const { cache } = upstream
  if (cache === null || cache.entry === null || status !== 304) return null
  if (cache.status !== 'EXPIRED' || !cache.settings.revalidate) return null
  const { entry } = cache
  cache.status = 'REVALIDATED'
  const said = { validS: cache.validS, updatingS: cache.updatingS, errorS: cache.errorS }
  readHeaders(state, upstream, entry.response)
  const times = said.validS === 0 ? { validS: cache.validS, updatingS: cache.updatingS, errorS: cache.errorS } : said
  const nowS = state.site.dateS()
  const validS = times.validS || nowS + (validFor(cache, entry.response.status)?.validS ?? -nowS)
  if (validS !== 0) Object.assign(entry, { ...times, validS })
  return { entry }
}

/** Ends a request to an upstream with a code, which may be kept too (ngx_http_upstream_finalize_request). */
export function endUpstream(state: RequestState, { cache }: UpstreamState, code: number): Next {
  if (cache !== null && !cache.isOver) {
    if (cache.cacheable && (code === 502 || code === 504)) keepCode(state, cache, code, false)
    freeEntry(state, cache)
  }
  return finalize(code)
}

/** Ends it with a status that an error page answers (ngx_http_upstream_intercept_errors). */
export function endIntercepted(state: RequestState, upstream: UpstreamState, status: number): Next {
  const { cache } = upstream
  if (cache?.cacheable) keepCode(state, cache, status, true)
  return endUpstream(state, upstream, status)
}

/** @param bySelf whether the answer's own time counts */
function keepCode(state: RequestState, cache: RequestCache, code: number, bySelf: boolean): void {
  const valid = validFor(cache, code)
  if (bySelf && cache.validS !== 0) cache.error = code
  else if (valid !== null) {
    cache.validS = state.site.dateS() + valid.validS
    cache.validBy = valid.rule
    cache.error = code
  }
  if (cache.error !== 0) noteStored(state, cache)
}

/** The client has left: nginx goes on alone where the answer may be kept (ngx_http_upstream_check_broken_connection). */
export function abandonUpstream({ cache }: UpstreamState, code: number): Next {
  if (cache?.cacheable && cache.node !== null) cache.node.isUnknown = true
  return finalize(code)
}

/** Lets the cache go: the answer is none that could be kept. */
export function leaveCache(state: RequestState, { cache }: UpstreamState): void {
  if (cache !== null) freeEntry(state, cache)
}

/**
 * Keeps an answer whose head has gone out (ngx_http_upstream_send_response, ngx_http_upstream_process_request).
 * @param isSent false where another answer took its place (412, 416)
 */
export function keepAnswer(
  state: RequestState,
  upstream: UpstreamState,
  response: ResponseMessage,
  isSent: boolean,
): void {
  const { cache } = upstream
  if (cache === null) return
  if (isSent) store(state, upstream, cache, response)
  freeEntry(state, cache)
}

function store(state: RequestState, upstream: UpstreamState, cache: RequestCache, response: ResponseMessage): void {
  if (response.status === 101) return
  const why = keptOut(state, upstream, cache, response)
  if (why !== null) {
    state.because({ kind: 'cache-not-stored', why, line: cache.rule.text }, cache.rule.span)
    return
  }
  const isFull = response.status === 200 || response.status === 206
  const etag = isFull ? (headerValue(response.headers, 'ETag') ?? '') : ''
  const modified = isFull ? headerValue(response.headers, 'Last-Modified') : undefined
  noteStored(state, cache)
  storeEntry(state, cache, {
    response,
    headBytes: headStartBytes(cache.key) + headBytes(response),
    bodiless: state.method === 'HEAD' && !upstream.asksByGet,
    lastModifiedS: modified === undefined ? null : parseHttpTime(modified),
    etag: etag.length > MAX_ETAG_BYTES ? '' : etag,
  })
}

/** Why an answer is not kept; null where it is, and the cache knows by now for how long. */
function keptOut(
  state: RequestState,
  upstream: UpstreamState,
  cache: RequestCache,
  response: ResponseMessage,
): string | null {
  if (!isBuffered(upstream, response)) return 'it is not buffered'
  const noCacheBy = lineThatHolds(cache.settings.noCache, ({ value }) => evaluate(value, state))
  if (noCacheBy !== null) return noCacheBy.text
  if (cache.status === 'BYPASS') findNode(state, cache)
  if (!cache.cacheable) return cache.keptOutBy ?? ''
  if (cache.validS === 0) {
    const valid = validFor(cache, response.status)
    if (valid === null) return 'nothing says for how long'
    cache.validS = state.site.dateS() + valid.validS
    cache.validBy = valid.rule
  }
  if (upstream.isCut) return 'it is not whole'
  const method = upstream.asksByGet ? 'GET' : state.method
  return isWhole(response, method === 'HEAD' && !READ_BY_LENGTH.has(upstream.protocol)) ? null : 'it is not whole'
}

/** X-Accel-Buffering has the last word (ngx_http_upstream_process_buffering). */
function isBuffered({ settings }: UpstreamState, { headers }: ResponseMessage): boolean {
  const said = settings.ignoreHeaders.has('X-Accel-Buffering') ? '' : headerValue(headers, 'X-Accel-Buffering')
  const word = said?.toLowerCase()
  return word === 'yes' || (word !== 'no' && settings.buffering)
}

/** Protocols over which a body is as long as announced, whatever was asked for. */
const READ_BY_LENGTH: ReadonlySet<UpstreamState['protocol']> = new Set<UpstreamState['protocol']>(['scgi', 'uwsgi'])

/** Whether all came that was announced. */
function isWhole({ status, headers, body }: ResponseMessage, isBodiless: boolean): boolean {
  const length = headerValue(headers, 'Content-Length')
  if (isBodiless || status === 204 || status === 304 || length === undefined) return true
  return headerValue(headers, 'Transfer-Encoding') !== undefined || Number(length) === body.length
}

function headBytes({ headers }: ResponseMessage): number {
  return headers.reduce((total, [name, value]) => total + name.length + value.length + 4, 20)
}

/** Says that the cache answers, and finds the line that lets this entry answer this request. */
export function noteAnswer(
  state: RequestState,
  cache: RequestCache,
  status: CacheStatus,
  by: StoredBy,
  validS: number,
  setsCookie: boolean,
): void {
  const nowS = state.site.dateS()
  const rule = lineThatShares(state, cache, status, by, setsCookie)
  const { method, target, host, atS } = by
  const isOfOther = credentialsOf(state) !== by.credentials
  const fact: ReasonFact = {
    kind: 'cache-answers',
    status,
    key: cache.main,
    storedBy: { method, target, host },
    agoS: nowS - atS,
    leftS: validS - nowS,
    isOfOther,
    line: rule.text,
  }
  state.rule = rule
  state.because(fact, rule.span)
}

/** What an entry that answers wrongly is to be blamed on: its key where it was brought for something else, the line that let it in, or its time. */
function lineThatShares(
  state: RequestState,
  cache: RequestCache,
  status: CacheStatus,
  by: StoredBy,
  setsCookie: boolean,
): Rule {
  const { settings, rule } = cache
  if (status === 'STALE' || status === 'UPDATING') return settings.useStale.rule ?? rule
  const keyRule = settings.key?.rule ?? rule
  if (by.target !== state.unparsedUri || by.host !== (state.header('host') ?? '')) return keyRule
  if (setsCookie && settings.ignoreRule !== null) return settings.ignoreRule
  return credentialsOf(state) === by.credentials ? (by.valid ?? rule) : keyRule
}

function noteStored(state: RequestState, cache: RequestCache): void {
  const { validBy, rule, main: key, validS } = cache
  const line = validBy ?? rule
  const forS = validS - state.site.dateS()
  state.because({ kind: 'cache-stored', key, forS, line: validBy === null ? null : line.text }, line.span)
}
