import { ApiException, type KubeConfig, VersionApi } from '@kubernetes/client-node'
import { EnvironmentGoneError, forGood, InvalidChainError, UnsupportedError } from '../environment.ts'
import { apiError, isAbort } from './api-error.ts'
import type { OwnNamespace } from './own-namespace.ts'

/**
 * Why the cluster is gone for the rest of the run, where an error may be for that reason; null where it is not. The Kubernetes API is
 * asked once.
 * @param doing the task that failed: `deploy the chain`
 */
export async function whyApiGone(
  doing: string,
  config: KubeConfig,
  error: unknown,
): Promise<EnvironmentGoneError | null> {
  if (error instanceof EnvironmentGoneError) return error
  if (error instanceof InvalidChainError || error instanceof UnsupportedError || isAbort(error)) return null
  try {
    await config.makeApiClient(VersionApi).getCode()
    return null
  } catch (why) {
    // Who may not ask for its version has an answer.
    if (why instanceof ApiException && why.code !== 401) return null
    const known = forGood(apiError(doing, config, why))
    return known instanceof EnvironmentGoneError ? known : null
  }
}

/** As {@link whyApiGone}; or another run has the namespace. */
export async function whyGone(
  doing: string,
  config: KubeConfig,
  namespace: Pick<OwnNamespace, 'lost' | 'look'>,
  error: unknown,
): Promise<EnvironmentGoneError | null> {
  const gone = await whyApiGone(doing, config, error)
  if (gone !== null || error instanceof InvalidChainError || error instanceof UnsupportedError) return gone
  await namespace.look()
  const { reason } = namespace.lost
  return reason instanceof EnvironmentGoneError ? reason : null
}
