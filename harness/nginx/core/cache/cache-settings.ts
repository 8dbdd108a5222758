import type { Rule } from '../../../trace/trace.ts'
import type { Template } from '../variables/template.ts'
import type { CacheZone } from './cache-zone.ts'

/** What `proxy_cache` and its kin say (the `cache_*` fields of ngx_http_upstream_conf_t), whichever module fills them in. */
export interface CacheSettings {
  /** `proxy_cache`; null where it is off. */
  readonly on: CacheChoice | null
  /** `proxy_cache_key`; null for nginx's own: where the request is sent to, and its target there. */
  readonly key: Value | null
  /** `proxy_cache_valid`, in order: the first that has the status counts, and `status` null has any. */
  readonly valid: readonly CacheValid[]
  readonly methods: ReadonlySet<string>
  readonly minUses: number
  /** `proxy_cache_bypass` and `proxy_no_cache`: a value that is neither empty nor `0` does it. */
  readonly bypass: readonly Value[]
  readonly noCache: readonly Value[]
  readonly useStale: { readonly rule: Rule | null; readonly cases: ReadonlySet<string> }
  readonly revalidate: boolean
  readonly convertHead: boolean
  /** The line that switches it on; null where it is off. */
  readonly backgroundUpdate: Rule | null
  readonly lock: { readonly rule: Rule | null; readonly timeoutMs: number; readonly ageMs: number }
  /** A range that begins there or behind is not cached; null for no limit. */
  readonly maxRangeOffset: { readonly bytes: number; readonly rule: Rule } | null
  /** `proxy_ignore_headers`; null where no line says it. */
  readonly ignoreRule: Rule | null
}

/** A value with variables, and its line. */
interface Value {
  readonly rule: Rule
  readonly value: Template
}

/** One status of a `proxy_cache_valid`. */
export interface CacheValid {
  readonly rule: Rule
  readonly status: number | null
  /** Seconds. */
  readonly validS: number
}

/** Which cache `proxy_cache` names. */
export interface CacheChoice {
  readonly rule: Rule
  /** `elsewhere`: its `proxy_cache_path` is not in the site file. */
  readonly zone: CacheZone | 'elsewhere' | Template
  /** Every cache that variables may name. */
  readonly zones: ReadonlyMap<string, CacheZone>
}

/** Nothing is cached. */
export const NO_CACHE_SETTINGS: CacheSettings = {
  on: null,
  key: null,
  valid: [],
  methods: new Set(['GET', 'HEAD']),
  minUses: 1,
  bypass: [],
  noCache: [],
  useStale: { rule: null, cases: new Set() },
  revalidate: false,
  convertHead: true,
  backgroundUpdate: null,
  lock: { rule: null, timeoutMs: 5000, ageMs: 5000 },
  maxRangeOffset: null,
  ignoreRule: null,
}
