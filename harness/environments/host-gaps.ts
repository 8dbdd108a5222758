import type { Chain } from '../chain/chain.ts'
import { nginxFiles } from '../chain/nginx-files.ts'
import type { Gap } from './environment.ts'
import { gapOf, readSite } from './load-site.ts'
import { rulesOn } from './nginx-version.ts'

/** What an environment with a cluster has no place for beside its one nginx: programs on its host, names of others, and a cache that is empty at first. */
export function hostGaps(chain: Chain): readonly Gap[] {
  const {
    services,
    host: { dns, names },
  } = chain
  const programs = services
    .filter(({ on }) => on === 'host')
    .map(({ name, keys, span }) => ({
      what: 'on',
      span: keys.on ?? span,
      because: `"${name}" is a program on the host of nginx: simulated and the sandbox have those`,
    }))
  const [name] = names.keys()
  const because = 'nginx finds such names in simulated and in the sandbox'
  return [
    ...programs,
    ...cacheGaps(chain),
    ...(name === undefined ? [] : [{ what: `host.names ${name}`, span: null, because }]),
    ...(dns === 'docker' ? [{ what: 'host.dns docker', span: null, because }] : []),
  ]
}

/** One nginx serves scenario after scenario, and what it has kept for one would answer the next. */
function cacheGaps(chain: Chain): readonly Gap[] {
  const { source, includes } = nginxFiles(chain)
  const { site } = readSite(source, includes, rulesOn(chain.host))
  const because = 'nginx would keep answers for the next scenario: simulated and the sandbox have caches'
  return (site?.directives ?? [])
    .filter(({ name }) => /^(?:proxy|fastcgi|uwsgi|scgi)_cache_path$/.test(name.text))
    .map(({ name, span }) => gapOf({ name: name.text, span, because }, source))
}
