import type { Headers } from '../../../chain/message.ts'
import { lowerCase } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'
import { parseHttpTime } from '../response/http-time.ts'
import type { RequestCache } from './request-cache.ts'
import { MAX_VARY_BYTES } from './vary.ts'

/** What headers of an answer say that is not settled before all of them are read. */
interface Flags {
  noCache: string | null
  expired: string | null
}

/** Headers of which the first line counts. */
const ONCE: ReadonlySet<string> = new Set(['expires', 'x-accel-expires'])

/**
 * Takes what the headers of an answer say about keeping it (ngx_http_upstream_process_cache_control and its kin), in the order
 * in which they stand.
 * @returns the line that keeps it from being kept; null where none does
 */
export function readCacheHeaders(
  cache: RequestCache,
  headers: Headers,
  ignored: ReadonlySet<string>,
  nowS: number,
  rules: VersionRules,
): string | null {
  const flags: Flags = { noCache: null, expired: null }
  let because: string | null = null
  cache.hasAccelExpires = false
  let varies = ''
  const seen = new Set<string>()
  for (const [name, value] of headers) {
    const key = lowerCase(name)
    const line = `${name}: ${value}`
    let keeps = true
    if (rules.answerHeadersOnce && ONCE.has(key) && seen.has(key)) continue
    seen.add(key)
    if (key === 'set-cookie') keeps = ignored.has('Set-Cookie')
    else if (key === 'cache-control' && !ignored.has('Cache-Control'))
      keeps = cacheControl(cache, line, flags, nowS, rules)
    else if (key === 'expires' && !ignored.has('Expires')) expires(cache, value, line, flags, nowS)
    else if (key === 'x-accel-expires') {
      cache.hasAccelExpires = true
      if (!ignored.has('X-Accel-Expires')) keeps = accelExpires(cache, value, flags, nowS)
    } else if (key === 'vary' && !ignored.has('Vary')) {
      varies = rules.repeatedHeadersJoined && varies !== '' ? `${varies}, ${value}` : value
      keeps = varies.length <= MAX_VARY_BYTES && varies !== '*'
      cache.vary = varies
    }
    if (!rules.cacheHeadersInAnyOrder && (flags.noCache ?? flags.expired) !== null) keeps = false
    if (!keeps) {
      cache.cacheable = false
      because ??= line
    }
  }
  const late = flags.noCache ?? flags.expired
  if (late === null) return because
  cache.cacheable = false
  return because ?? late
}

/** @returns whether the answer may be kept as far as a part that cannot be read is concerned */
function cacheControl(cache: RequestCache, line: string, flags: Flags, nowS: number, rules: VersionRules): boolean {
  const value = lowerCase(line.slice(line.indexOf(':') + 1))
  const settled = cache.validS !== 0 && cache.hasAccelExpires
  if (settled && !rules.cacheHeadersInAnyOrder) return true
  if (!settled) {
    if (/no-cache|no-store|private/.test(value)) {
      flags.noCache = line
      return true
    }
    const maxAge = secondsOf(value, 's-maxage=') ?? secondsOf(value, 'max-age=')
    if (maxAge === 'invalid') return false
    if (maxAge === 0) {
      flags.noCache = line
      return true
    }
    if (maxAge !== null) {
      cache.validS = nowS + maxAge
      cache.validBy = null
      flags.expired = null
    }
  }
  const updating = secondsOf(value, 'stale-while-revalidate=')
  if (updating === 'invalid') return false
  if (updating !== null) {
    cache.updatingS = updating
    cache.errorS = updating
  }
  const error = secondsOf(value, 'stale-if-error=')
  if (error === 'invalid') return false
  if (error !== null) cache.errorS = error
  return true
}

/** The digits behind a word, up to `,`, `;` or a space; none are 0, and anything else is invalid. Null where the word is not there. */
function secondsOf(value: string, word: string): number | 'invalid' | null {
  const at = value.indexOf(word)
  if (at === -1) return null
  const [text = ''] = /^[^,; ]*/.exec(value.slice(at + word.length)) ?? []
  return /^\d*$/.test(text) ? Number(text) : 'invalid'
}

function expires(cache: RequestCache, value: string, line: string, flags: Flags, nowS: number): void {
  if (cache.validS !== 0) return
  const atS = parseHttpTime(value)
  if (atS === null || atS < nowS) flags.expired = line
  else {
    cache.validS = atS
    cache.validBy = null
  }
}

/** X-Accel-Expires: seconds, or a time of day behind `@`; 0 keeps the answer out. */
function accelExpires(cache: RequestCache, value: string, flags: Flags, nowS: number): boolean {
  const isTime = value.startsWith('@')
  const digits = isTime ? value.slice(1) : value
  if (!/^\d{1,15}$/.test(digits)) return true
  const seconds = Number(digits)
  if (!isTime && seconds === 0) return false
  cache.validS = isTime ? seconds : nowS + seconds
  cache.validBy = null
  flags.noCache = null
  flags.expired = null
  return true
}
