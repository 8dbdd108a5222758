import { nginxFiles } from '../chain/nginx-files.ts'
import { readSite } from '../environments/load-site.ts'
import { rulesOn } from '../environments/nginx-version.ts'
import { buildChain } from '../scenario/chain-config.ts'
import type { Repository } from './read-repository.ts'

/** A file that includes more is not followed. */
const MAX_INCLUDES = 50

/** What certbot writes to its hosts (certbot-nginx, options-ssl-nginx.conf). */
const CERTBOT = `ssl_session_cache shared:le_nginx_SSL:10m;
ssl_session_timeout 1440m;
ssl_session_tickets off;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_prefer_server_ciphers off;
`

/** Files to stand where `include` looks for them, and what is to be said of them. */
export interface FoundIncludes {
  readonly includes: Readonly<Record<string, { readonly file: string } | string>>
  readonly notes: readonly string[]
}

/**
 * Finds what a site includes and its own folder does not have: the only file of the repository whose path ends likewise, or else a
 * stand-in, which is empty but for certbot's.
 */
export function findIncludes(
  name: string,
  mapping: Readonly<Record<string, unknown>>,
  { others }: Repository,
  root: string,
): FoundIncludes {
  const includes: Record<string, { readonly file: string } | string> = {}
  const notes: string[] = []
  for (let count = 0; count < MAX_INCLUDES; count++) {
    const { chain } = buildChain(name, { ...mapping, includes }, root)
    const missing = chain === null ? null : missingInclude(chain)
    if (missing === null || missing in includes) break
    const tail = missing.replace(/^\/(?:etc\/nginx\/)?/, '')
    const [found, second] = others.filter((file) => file === tail || file.endsWith(`/${tail}`))
    if (found !== undefined && second === undefined) includes[missing] = { file: found }
    else {
      const isCertbot = missing.endsWith('/options-ssl-nginx.conf')
      includes[missing] = isCertbot ? CERTBOT : '# A stand-in: the repository does not have this file.\n'
      if (!isCertbot) notes.push(`${missing} is included and is not in the repository: an empty file stands in for it.`)
    }
  }
  return { includes, notes }
}

function missingInclude(chain: Parameters<typeof nginxFiles>[0]): string | null {
  const { source, includes } = nginxFiles(chain)
  const { included, diagnostics } = readSite(source, includes, rulesOn(chain.host))
  const error = diagnostics.find(({ code }) => code === 'E_NGINX_INCLUDE_MISSING')
  if (error === undefined) return null
  const word = included.find(({ span }) => span.file === error.span.file && span.line === error.span.line)
  return word === undefined || /[*?[]/.test(word.text) ? null : word.text
}
