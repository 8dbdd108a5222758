import { lowerCase } from '../../syntax/wire.ts'
import type { UpstreamGroup } from './upstream.ts'

interface Entry {
  readonly name: string
  /** Null for an `upstream` block, which is asked for without a port. */
  readonly port: number | null
  readonly group: UpstreamGroup
}

/** The upstreams of a site: its blocks, and one for every host and port that a `proxy_pass` names. Names ignore case. */
export class UpstreamRegistry {
  readonly #entries = new Map<string, Entry[]>()

  add(entry: Entry): void {
    const key = lowerCase(entry.name)
    const entries = this.#entries.get(key)
    if (entries === undefined) this.#entries.set(key, [entry])
    else entries.push(entry)
  }

  /** The `upstream` block of that name. */
  block(name: string): UpstreamGroup | null {
    return this.#entries.get(lowerCase(name))?.find(({ port }) => port === null)?.group ?? null
  }

  /** The upstream for a host and the port as written (null: none), as ngx_http_upstream_init_request looks it up. */
  find(name: string, port: number | null, defaultPort = 80): UpstreamGroup | null {
    const entries = this.#entries.get(lowerCase(name)) ?? []
    return (
      entries.find((entry) => (entry.port === null ? port === null : entry.port === (port ?? defaultPort)))?.group ??
      null
    )
  }
}
