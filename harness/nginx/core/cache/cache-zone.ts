import type { ResponseMessage } from '../../../chain/message.ts'
import type { Rule } from '../../../trace/trace.ts'
import type { KeptByNginx } from '../../site.ts'
import { Slot } from '../slot.ts'

/** A cache of answers (ngx_http_file_cache_t), as a `proxy_cache_path` defines it. */
export interface CacheZone {
  readonly name: string
  readonly rule: Rule
  /** Seconds after its last use in which an entry is thrown away. */
  readonly inactiveS: number
  /** Bytes; null for no limit. */
  readonly maxSizeBytes: number | null
  readonly nodes: Map<string, CacheNode>
}

/** What nginx knows of a key (ngx_http_file_cache_node_t). Times are in seconds since 1970. */
export interface CacheNode {
  uses: number
  /** Requests that have it in hand. */
  count: number
  entry: CacheEntry | null
  /** A code that is given instead of an answer, until `validS`; 0 where there is none. */
  error: number
  validS: number
  /** Whether a request is about to bring a new answer. */
  updating: boolean
  /** Until when `proxy_cache_lock` keeps others from bringing one, in milliseconds since 1970. */
  lockedUntilMs: number
  /** Whether nginx may have brought an answer since, for a client that had left. */
  isUnknown: boolean
  /** When it is thrown away, unless it is used before. */
  expireS: number
  /** What brought the code. */
  errorBy: StoredBy | null
}

/** An answer that is kept (ngx_http_file_cache_header_t and what follows it). */
export interface CacheEntry {
  readonly response: ResponseMessage
  /** Bytes of the file before the body. */
  readonly headBytes: number
  /** Whether the upstream was asked by HEAD, so that there is no body. */
  readonly bodiless: boolean
  validS: number
  updatingS: number
  errorS: number
  readonly lastModifiedS: number | null
  readonly etag: string
  readonly vary: string
  readonly variant: string
  readonly by: StoredBy
}

/** Who brought an entry, when, and which line says how long it is good. */
export interface StoredBy {
  readonly method: string
  readonly target: string
  readonly host: string
  /** Cookie and Authorization, as they came. */
  readonly credentials: string
  readonly atS: number
  /** The `proxy_cache_valid` that gave the time; null where the answer itself did. */
  readonly valid: Rule | null
}

/** Files by the path of their cache: they outlive a reload. */
const files = new Slot<KeptByNginx, Map<string, Map<string, CacheNode>> | null>(null)

/** What is in the cache at a path (without its last slash). */
export function nodesAt(kept: KeptByNginx, path: string): Map<string, CacheNode> {
  const all = files.of(kept) ?? new Map<string, Map<string, CacheNode>>()
  files.keep(kept, all)
  const nodes = all.get(path) ?? new Map<string, CacheNode>()
  all.set(path, nodes)
  return nodes
}
