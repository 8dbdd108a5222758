import { readFileSync } from 'node:fs'
import { Source } from '../../diagnostics/source.ts'

/** Files that Debian 12's package nginx-common puts into /etc/nginx, by their path in there; copies are in debian/. */
const FILES: ReadonlySet<string> = new Set([
  'mime.types',
  'proxy_params',
  'fastcgi_params',
  'fastcgi.conf',
  'uwsgi_params',
  'scgi_params',
  'snippets/snakeoil.conf',
])

/**
 * Files whose text differs between releases of Debian in what a request carries: security updates of 2026 changed
 * `Host $http_host` to `Host $host` in proxy_params.
 */
const DIFFERING: ReadonlySet<string> = new Set(['proxy_params'])

/** The paths of all of them, in /etc/nginx. */
export function wellKnownPaths(): Iterable<string> {
  return FILES
}

/** A file of /etc/nginx that every Debian has; undefined for any other. `assumed`: another release may have another text. */
export function wellKnownFile(path: string): { readonly source: Source; readonly assumed: boolean } | undefined {
  if (!FILES.has(path)) return undefined
  const text = readFileSync(new URL(`debian/${path}`, import.meta.url), 'utf8')
  return { source: new Source(`/etc/nginx/${path}`, text), assumed: DIFFERING.has(path) }
}
