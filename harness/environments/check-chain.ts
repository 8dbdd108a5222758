import type { Chain } from '../chain/chain.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { compileSite } from '../nginx/compile-site.ts'
import { InvalidChainError } from './environment.ts'
import { loadGatewayConfig } from './load-gateway-config.ts'
import { readSite } from './load-site.ts'
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

function siteProblems({ site, includes, services }: Chain): readonly Diagnostic[] {
  const file = readSite(site, includes)
  if (file.site === null) return file.diagnostics
  // Before a cluster has given addresses out, any address will do for the name of a Service that exists.
  const cluster = new VirtualCluster(services, 0)
  return compileSite(file.site, { resolve: (host) => [cluster.resolve(host) ?? []].flat() }).diagnostics
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
