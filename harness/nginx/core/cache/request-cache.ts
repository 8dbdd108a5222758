import type { Rule } from '../../../trace/trace.ts'
import type { CacheSettings } from './cache-settings.ts'
import type { CacheEntry, CacheNode, CacheZone } from './cache-zone.ts'

/** `$upstream_cache_status` */
export type CacheStatus = 'MISS' | 'BYPASS' | 'EXPIRED' | 'STALE' | 'UPDATING' | 'REVALIDATED' | 'HIT'

/** Bytes of a file of a cache before its key, and behind it (ngx_http_file_cache_header_t, ngx_http_file_cache_key). */
const BEFORE_KEY_BYTES = 342
const AFTER_KEY_BYTES = 1

/**
 * What one request has to do with a cache (ngx_http_cache_t, and the fields of ngx_http_upstream_t that are about it). Times
 * are in seconds since 1970.
 */
export interface RequestCache {
  readonly settings: CacheSettings
  /** The `proxy_cache` line. */
  readonly rule: Rule
  readonly zone: CacheZone
  /** The key, and that of the variant that is looked at. */
  readonly main: string
  key: string
  isVariant: boolean
  node: CacheNode | null
  /** The answer that was found, good or not. */
  entry: CacheEntry | null
  status: CacheStatus | null
  /** Whether the answer under way may be kept. */
  cacheable: boolean
  /** The line of the answer that keeps it from being kept; null where none does. */
  keptOutBy: string | null
  validS: number
  updatingS: number
  errorS: number
  /** The line that gave `validS`; null where the answer did. */
  validBy: Rule | null
  vary: string
  hasAccelExpires: boolean
  staleUpdating: boolean
  staleError: boolean
  /** Whether it is this request that brings a new answer. */
  updating: boolean
  error: number
  isOver: boolean
}

/** Bytes of its buffer that nginx keeps for the head of the file, before an answer's head (`header_start`). */
export function headStartBytes(key: string): number {
  return BEFORE_KEY_BYTES + key.length + AFTER_KEY_BYTES
}

export function requestCache(settings: CacheSettings, rule: Rule, zone: CacheZone, key: string): RequestCache {
  return {
    settings,
    rule,
    zone,
    main: key,
    key,
    isVariant: false,
    node: null,
    entry: null,
    status: null,
    cacheable: true,
    keptOutBy: null,
    validS: 0,
    updatingS: 0,
    errorS: 0,
    validBy: null,
    vary: '',
    hasAccelExpires: false,
    staleUpdating: false,
    staleError: false,
    updating: false,
    error: 0,
    isOver: false,
  }
}

/** The time of `proxy_cache_valid` for a status (ngx_http_file_cache_valid); null where it has none, or 0. */
export function validFor({ settings }: RequestCache, status: number): CacheSettings['valid'][number] | null {
  const found = settings.valid.find((one) => one.status === null || one.status === status)
  return found === undefined || found.validS === 0 ? null : found
}

/** The line that lets a value keep an answer out of the cache, or a request (ngx_http_test_predicates); null where none does. */
export function lineThatHolds(
  values: CacheSettings['bypass'],
  read: (value: CacheSettings['bypass'][number]) => string,
): Rule | null {
  return values.find((value) => !['', '0'].includes(read(value)))?.rule ?? null
}
