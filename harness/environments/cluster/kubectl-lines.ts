import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import type { Kube } from '../kubernetes/kube.ts'

/** Lines for a shell that look into a namespace, by the context that is used. */
export function kubectlLines({ config, namespace }: Pick<Kube, 'config' | 'namespace'>): string[] {
  const kubectl = `kubectl --context ${config.getCurrentContext()} -n ${namespace}`
  return [`${kubectl} get pods,services,endpoints,events`, `${kubectl} logs deployment/${GATEWAY_SERVICE} --tail 20`]
}
