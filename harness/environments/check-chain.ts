import type { Chain } from '../chain/chain.ts'
import { nginxFiles } from '../chain/nginx-files.ts'
import { whereWritten } from '../diagnostics/composition.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compileSite } from '../nginx/compile-site.ts'
import { type Gap, RefusedConfigError } from './environment.ts'
import { loadGatewayConfig } from './load-gateway-config.ts'
import { gapOf, readSite } from './load-site.ts'
import { type NginxNames, nginxNames } from './nginx-names.ts'
import { rulesOn, versionGaps } from './nginx-version.ts'
import { VirtualCluster } from './virtual-cluster.ts'

/**
 * Every problem that would keep a chain from starting anywhere: what `nginx -t` would refuse in the site file, and what
 * stops the gateway's start. A directive that the model does not know is none: other environments may run it.
 */
export function checkChain(chain: Chain): readonly Diagnostic[] {
  return [...siteErrors(chain), ...gatewayErrors(chain)]
}

/** What the model of nginx does not know of a chain's site file; empty where nginx would not even start with it. */
export function siteGaps(chain: Chain): readonly Gap[] {
  const { source, includes } = nginxFiles(chain)
  const file = readSite(source, includes, rulesOn(chain.host))
  if (file.site === null) return versionGaps(chain)
  const { refused } = compileSite(file.site, onPaper(chain))
  const forSome = file.refusedForSome.map(({ because, ...directive }) => ({
    ...directive,
    because: `${because}. Requests that do not come to it are answered`,
  }))
  const unknown = [...file.refused, ...refused, ...forSome].map((directive) => gapOf(directive, source))
  return [...versionGaps(chain), ...unknown]
}

/** What `nginx -t` would refuse in a chain's site file. */
export const siteErrors = once((chain) => {
  const { source, includes } = nginxFiles(chain)
  const file = readSite(source, includes, rulesOn(chain.host))
  const { diagnostics } = file.site === null ? file : compileSite(file.site, onPaper(chain))
  return diagnostics.filter(({ severity }) => severity === 'error').map(whereWritten)
})

/** What stops the start of the project's gateway. One of the user's own may read other files. */
export const gatewayErrors = once((chain) => {
  if (chain.gateway.command !== null || chain.gateway.image !== null) return []
  try {
    loadGatewayConfig(chain.gatewayConfig)
    return []
  } catch (error) {
    if (error instanceof RefusedConfigError) return error.diagnostics
    throw error
  }
})

/** Asks once per chain: a suite runs hundreds of scenarios on one. */
function once(errorsOf: (chain: Chain) => readonly Diagnostic[]): (chain: Chain) => readonly Diagnostic[] {
  const known = new WeakMap<Chain, readonly Diagnostic[]>()
  return (chain) => {
    const errors = known.get(chain) ?? errorsOf(chain)
    known.set(chain, errors)
    return errors
  }
}

/** Before a cluster has given addresses out, any address will do for a Service that exists. */
function onPaper(chain: Chain): NginxNames {
  return nginxNames(new VirtualCluster(chain, 0).dns, chain)
}
