import { ApiException } from '@kubernetes/client-node'

/** What an error of the Kubernetes API says, in a few words. */
export function apiFact(error: unknown): string {
  if (error instanceof ApiException) return `the Kubernetes API says ${error.code}`
  return error instanceof Error ? error.message : String(error)
}
