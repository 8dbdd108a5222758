import { EnvironmentError } from '../environment.ts'
import type { ImageTrouble } from './kube-objects.ts'

/**
 * That a pod cannot get its image, in one sentence.
 * @param doing the task that failed: `start Deployment scheduling`
 * @param isOfChain whether the chain names the image, by `gateway: {image}`
 */
export function imageError(
  doing: string,
  { container, image, reason }: ImageTrouble,
  isOfChain: boolean,
): EnvironmentError {
  const named = isOfChain ? '"gateway.image" of the chain' : container === 'nginx' ? 'CHAIN_NGINX_IMAGE' : 'CHAIN_IMAGE'
  return new EnvironmentError(
    `Failed to ${doing}: the cluster cannot get the image "${image}" (${reason}).`,
    `Push it to a registry that the cluster may pull from, or name another by ${named}.`,
  )
}
