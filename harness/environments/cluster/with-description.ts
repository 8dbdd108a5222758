import type { Chain } from '../../chain/chain.ts'
import { EnvironmentError, NO_EVIDENCE, withEvidence } from '../environment.ts'
import { clusterFiles } from '../kubernetes/cluster-files.ts'
import type { Kube } from '../kubernetes/kube.ts'
import { apiError } from './api-error.ts'

/**
 * What went wrong, with what the namespace has to say: its pods, their logs, events and Services.
 * @param doing the task that failed @param chain the one that was to run there; null where it did not come so far
 */
export async function withDescription(
  doing: string,
  kube: Kube,
  error: unknown,
  chain: Chain | null = null,
): Promise<Error> {
  const known = apiError(doing, kube.config, error)
  if (!(known instanceof EnvironmentError)) return known
  return withEvidence(known, await clusterFiles({ kube, evidence: async () => NO_EVIDENCE }, chain))
}
