import { readFileSync } from 'node:fs'
import { Source } from '../diagnostics/source.ts'
import { template } from '../diagnostics/view.ts'
import type { Chain } from './chain.ts'

/** The file that nginx starts with, and all that it may include by their path in /etc/nginx or below the root. */
export interface NginxFiles {
  readonly source: Source
  readonly includes: ReadonlyMap<string, Source>
}

/** What of a chain decides about nginx's files. */
export type NginxParts = Pick<Chain, 'site' | 'includes' | 'host'>

const known = new WeakMap<NginxParts, NginxFiles>()

/**
 * The files of nginx as it reads them: values filled into templates, and around a site the nginx.conf that its host has. The
 * same parts give the same files, so that what is read of them is read once.
 */
export function nginxFiles(chain: NginxParts): NginxFiles {
  let files = known.get(chain)
  if (files === undefined) {
    files = filesOf(chain)
    known.set(chain, files)
  }
  return files
}

function filesOf({ site, includes, host }: NginxParts): NginxFiles {
  const { env, conf } = host
  const filled = (source: Source): Source => (env.size === 0 ? source : source.through(template(env)))
  const source = filled(site)
  const filledIncludes = withTemplates(new Map([...includes].map(([name, file]) => [name, filled(file)])))
  if (conf === 'none' || isWholeConf(source.content)) return { source, includes: filledIncludes }
  return { source: knownConf(conf), includes: new Map([...filledIncludes, [SITE_IN[conf], source]]) }
}

/** The entry point of the official image writes each file of `templates/` into `conf.d/`. */
function withTemplates(files: ReadonlyMap<string, Source>): ReadonlyMap<string, Source> {
  const made = [...files].flatMap(([name, file]) => {
    const [, inside] = /^(?:etc\/nginx\/)?templates\/(.+)\.template$/.exec(name) ?? []
    return inside === undefined ? [] : [[`conf.d/${inside}`, file] as const]
  })
  return new Map([...files, ...made])
}

/** Where a single site stands among the files of a host: its nginx.conf includes it there. */
const SITE_IN = { debian: 'sites-enabled/default', image: 'conf.d/default.conf' } as const

/** The nginx.conf of a host that has none of its own. */
export function knownConf(conf: 'debian' | 'image'): Source {
  const text = readFileSync(new URL(`known-confs/${conf}.conf`, import.meta.url), 'utf8')
  return new Source('/etc/nginx/nginx.conf', text)
}

/** Whether a text is a whole nginx.conf and not a site: only the former has one of these blocks, at the beginning of a line. */
export function isWholeConf(text: string): boolean {
  return /^[ \t]*(?:events|http|stream|mail)\s*\{/m.test(text.replaceAll(/#[^\n]*/g, ''))
}
