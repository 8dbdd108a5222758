import type { FileEntry, NameServerAddress } from '../site.ts'
import type { VersionRules } from '../versions.ts'
import type { UpstreamRegistry } from './upstreams/upstream-registry.ts'
import type { Variables } from './variables/variables.ts'

/** What every request of a site shares. */
export interface SiteContext {
  /** What holds in the version of nginx. */
  readonly rules: VersionRules
  readonly variables: Variables
  readonly upstreams: UpstreamRegistry
  /** Seconds on the world's clock. */
  nowS(): number
  nowMs(): number
  /** Whether `nowMs` tells the time; else it stands still. */
  readonly keepsTime: boolean
  /** Seconds since 1970, as a Date header has them. */
  dateS(): number
  /** See {@link SiteWorld.query}. */
  query(server: NameServerAddress, name: string): readonly string[] | null
  /** See {@link SiteWorld.file}; null where nothing is known of files. */
  readonly file: ((path: string) => FileEntry | null) | null
}
