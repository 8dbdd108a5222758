import { ApiException, type KubeConfig } from '@kubernetes/client-node'
import { EnvironmentError } from '../environment.ts'

/**
 * What an error of the Kubernetes API means, in one sentence. Any other, a bug of ours included, stays what it is.
 * @param doing the task that failed: `make namespace "t1"`
 */
export function apiError(doing: string, config: KubeConfig, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  if (!(error instanceof ApiException) && !isOfConnection(error)) return error
  const { fact, remedy } = factOf(config, error)
  return new EnvironmentError(`Failed to ${doing}: ${fact}.`, remedy, { cause: error })
}

function factOf(config: KubeConfig, error: unknown): { readonly fact: string; readonly remedy: string } {
  const server = config.getCurrentCluster()?.server ?? 'no server'
  if (!(error instanceof ApiException)) {
    return {
      fact: `the Kubernetes API at ${server} does not answer (${reasonOf(error)})`,
      remedy: `See whether "kubectl --context ${config.getCurrentContext()} version" works.`,
    }
  }
  const said = messageOf(error)
  if (error.code === 401 || error.code === 403) {
    return { fact: `the cluster does not allow it: ${said}`, remedy: 'Use a kubeconfig whose user may do that.' }
  }
  return { fact: `the Kubernetes API says ${error.code}: ${said}`, remedy: 'Look at the namespace with kubectl.' }
}

/** What fetch throws has the connection's error for its cause; that has a code, as `ECONNREFUSED`. */
function isOfConnection(error: Error): boolean {
  return !(error instanceof EnvironmentError) && (error.cause !== undefined || 'code' in error)
}

/** The message of the API's Status object. */
function messageOf({ body }: ApiException<unknown>): string {
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message)
  } catch {
    // Something between us and the API answered.
  }
  return String(body).trim().split('\n', 1)[0] ?? ''
}

/** The innermost reason: fetch wraps that of the connection. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause !== undefined) return reasonOf(error.cause)
  return error.message === '' && 'code' in error ? String(error.code) : error.message
}
