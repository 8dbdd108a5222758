import type { UpstreamRegistry } from '../compile/upstream-registry.ts'
import type { FileEntry } from '../site.ts'
import type { Variables } from './variables.ts'

/** What every request of a site shares. */
export interface SiteContext {
  readonly variables: Variables
  readonly upstreams: UpstreamRegistry
  /** Seconds on the world's clock. */
  nowS(): number
  nowMs(): number
  /** Whether `nowMs` tells the time; else it stands still. */
  readonly keepsTime: boolean
  /** Seconds since 1970, as a Date header has them. */
  dateS(): number
  /** Addresses of a name now, for a site with a `resolver`. */
  resolve(host: string): readonly string[]
  /** See {@link SiteWorld.file}; null where nothing is known of files. */
  readonly file: ((path: string) => FileEntry | null) | null
}
