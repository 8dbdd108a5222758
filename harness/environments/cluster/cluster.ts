import type { Chain } from '../../chain/chain.ts'
import { type Environment, forGood } from '../environment.ts'
import { gatewayGaps } from '../gateway-program.ts'
import { hostGaps } from '../host-gaps.ts'
import { lowPortGaps } from '../kubernetes/low-ports.ts'
import { SessionEnvironment, type WorldSession } from '../kubernetes/session-environment.ts'
import { nginxImageVersion } from '../kubernetes/settings.ts'
import { requirePackages } from '../optional-packages.ts'
import type { ClusterOptions } from './settings.ts'

/** A Kubernetes that is there already: a chain in a namespace of its own for each world, or one that is only read. */
export function clusterEnvironment(options: ClusterOptions): Environment {
  // What is only read runs whatever gateway is there.
  const gaps = (chain: Chain) => [
    ...(options.attach ? [] : [...gatewayGaps(chain, 'image'), ...lowPortGaps(chain)]),
    ...hostGaps(chain),
  ]
  return new SessionEnvironment(
    'cluster',
    gaps,
    () => openSession(options),
    () => (options.attach ? null : nginxImageVersion()),
  )
}

/** The client of Kubernetes takes a second to load, which no other environment should pay for. */
async function openSession(options: ClusterOptions): Promise<WorldSession> {
  requirePackages('cluster')
  const { loadKubeConfig } = await import('./kube-config.ts')
  const config = readForGood(() => loadKubeConfig(options.kubeconfig))
  if (options.attach) {
    const { attach } = await import('./attached-world.ts')
    return { start: (chain, start) => attach(chain, start, config, options.namespace), end: async () => {} }
  }
  const { Session } = await import('./session.ts')
  return new Session(config, options.namespace, options.resources)
}

/** A kubeconfig that cannot be used now cannot for the next scenario either. */
function readForGood<Config>(read: () => Config): Config {
  try {
    return read()
  } catch (error) {
    throw forGood(error)
  }
}
