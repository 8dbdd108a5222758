import { EnvironmentError } from '../environment.ts'
import type { ImageTrouble } from './kube.ts'

/**
 * That a pod cannot get its image, in one sentence.
 * @param doing the task that failed: `start Deployment scheduling`
 */
export function imageError(doing: string, { image, reason }: ImageTrouble): EnvironmentError {
  return new EnvironmentError(
    `Failed to ${doing}: the cluster cannot get the image "${image}" (${reason}).`,
    'Push it to a registry that the cluster may pull from, or name another by CHAIN_IMAGE or CHAIN_NGINX_IMAGE.',
  )
}
