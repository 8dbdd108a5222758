import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import type { Kube } from '../kubernetes/kube.ts'
import { kubectlOf } from './kube-config.ts'

/** Lines for a shell that look into a namespace, by the kubeconfig and the context that are used. */
export function kubectlLines({ config, namespace }: Pick<Kube, 'config' | 'namespace'>): string[] {
  const kubectl = `${kubectlOf(config)} -n ${namespace}`
  return [
    `${kubectl} get pods,services,endpoints,events`,
    // What came through it, and not that kubelet asks every second whether it is ready.
    `${kubectl} logs deployment/${GATEWAY_SERVICE} --tail 1000 | grep -v /health`,
  ]
}
