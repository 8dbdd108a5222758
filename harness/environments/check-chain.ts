import type { Chain } from '../chain/chain.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compileSite } from '../nginx/compile-site.ts'
import type { SiteWorld } from '../nginx/site.ts'
import { type Gap, InvalidChainError } from './environment.ts'
import { loadGatewayConfig } from './load-gateway-config.ts'
import { gapOf, readSite } from './load-site.ts'
import { VirtualCluster } from './virtual-cluster.ts'

const checked = new WeakMap<Chain, readonly Diagnostic[]>()

/**
 * Every problem that would keep a chain from starting anywhere: what `nginx -t` would refuse in the site file, and what
 * stops the gateway's start. A directive that the model does not know is none: other environments may run it.
 */
export function checkChain(chain: Chain): readonly Diagnostic[] {
  const known = checked.get(chain)
  if (known !== undefined) return known
  const problems = [...siteProblems(chain), ...gatewayProblems(chain)].filter(({ severity }) => severity === 'error')
  checked.set(chain, problems)
  return problems
}

/** What the model of nginx does not know of a chain's site file; empty where nginx would not even start with it. */
export function siteGaps({ site, includes, services }: Chain): readonly Gap[] {
  const file = readSite(site, includes)
  if (file.site === null) return []
  return [...file.refused, ...compileSite(file.site, onPaper(services)).refused].map(gapOf)
}

function siteProblems({ site, includes, services }: Chain): readonly Diagnostic[] {
  const file = readSite(site, includes)
  return file.site === null ? file.diagnostics : compileSite(file.site, onPaper(services)).diagnostics
}

/** Before a cluster has given addresses out, any address will do for the name of a Service that exists. */
function onPaper(services: Chain['services']): SiteWorld {
  const cluster = new VirtualCluster(services, 0)
  return { resolve: (host) => [cluster.resolve(host) ?? []].flat() }
}

function gatewayProblems({ gatewayConfig }: Chain): readonly Diagnostic[] {
  try {
    loadGatewayConfig(gatewayConfig)
    return []
  } catch (error) {
    if (error instanceof InvalidChainError) return error.diagnostics
    throw error
  }
}
