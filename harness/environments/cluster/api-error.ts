import { ApiException, type KubeConfig } from '@kubernetes/client-node'
import { EnvironmentError } from '../environment.ts'
import { connectionFault, type Fault } from './connection-fault.ts'
import { kubectlOf } from './kube-config.ts'

/**
 * What an error of the Kubernetes API means, in one sentence. Any other stays what it is: the end of a wait that was interrupted,
 * and a bug of ours.
 * @param doing the task that failed: `make namespace "t1"`
 */
export function apiError(doing: string, config: KubeConfig, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  if (!(error instanceof ApiException) && !isOfConnection(error)) return error
  const { fact, remedy } = error instanceof ApiException ? refusal(config, error) : connectionFault(config, error)
  return new EnvironmentError(`Failed to ${doing}: ${fact}.`, remedy, { cause: error })
}

function refusal(config: KubeConfig, error: ApiException<unknown>): Fault {
  const said = messageOf(error)
  if (error.code === 401) {
    return {
      fact: `the cluster does not know the user of the kubeconfig (401 ${said ?? 'Unauthorized'})`,
      remedy: `Use credentials that the cluster accepts; "${kubectlOf(config)} auth can-i create namespaces" tries them.`,
    }
  }
  if (error.code === 403) {
    return {
      fact: `the cluster does not allow it: ${said ?? '403 Forbidden'}`,
      remedy: 'Use a kubeconfig whose user may do that.',
    }
  }
  return {
    fact: `the Kubernetes API says ${error.code}${said === null ? '' : `: ${said}`}`,
    remedy: `Look at the namespace with "${kubectlOf(config)} get all,events -n NAMESPACE".`,
  }
}

/** What fetch throws has the connection's error for its cause; that has a code, as `ECONNREFUSED`. */
function isOfConnection(error: Error): boolean {
  return !(error instanceof EnvironmentError) && !isAbort(error) && (error.cause !== undefined || 'code' in error)
}

/** Whether it is the reason of a signal that has ended a wait. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** The message of the API's Status object; null where the client gives no body, as with a 401. */
function messageOf({ body }: ApiException<unknown>): string | null {
  if (body === undefined || body === null) return null
  try {
    const status: unknown = typeof body === 'string' ? JSON.parse(body) : body
    if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message)
  } catch {
    // Something between us and the API answered.
  }
  return String(body).trim().split('\n', 1)[0] || null
}
