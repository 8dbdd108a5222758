import { VersionApi } from '@kubernetes/client-node'
import { EnvironmentError } from '../environment.ts'
import { apiError } from './api-error.ts'
import { loadKubeConfig } from './kube-config.ts'
import { noImage } from './no-image.ts'
import { chainImage } from './settings.ts'

const ANSWER_TIMEOUT_MS = 5_000

/** Why no chain can run on the cluster that kubectl would use, and what to do; null where one can. Asks for its version, no more. */
export async function whyNoCluster(): Promise<string | null> {
  try {
    const config = loadKubeConfig(null)
    const timeout = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
    const late = new Promise<never>((_, reject) => timeout.addEventListener('abort', () => reject(timeout.reason)))
    await Promise.race([config.makeApiClient(VersionApi).getCode(), late]).catch((error: unknown) => {
      throw apiError('ask the cluster for its version', config, error)
    })
    if (chainImage() === null) throw noImage()
    return null
  } catch (error) {
    if (error instanceof EnvironmentError) return `${error.message} ${error.remedy}`
    throw error
  }
}
