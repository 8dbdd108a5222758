import { EnvironmentError, type EvidenceFiles, NO_EVIDENCE } from '../environment.ts'
import type { Kube } from '../kubernetes/kube.ts'
import { apiError } from './api-error.ts'

/**
 * What went wrong, with what the namespace has to say: its pods, their logs, events and Services.
 * @param doing the task that failed @param more further files by name
 */
export async function withDescription(
  doing: string,
  kube: Kube,
  error: unknown,
  more: EvidenceFiles = NO_EVIDENCE,
): Promise<Error> {
  const known = apiError(doing, kube.config, error)
  if (!(known instanceof EnvironmentError)) return known
  const { message, remedy } = known
  const described = await kube.describe().catch(() => NO_EVIDENCE)
  return new EnvironmentError(message, remedy, { cause: error, evidence: new Map([...more, ...described]) })
}
