import type { ClusterOptions } from '../../../environments/cluster/settings.ts'
import type { Environment, EnvironmentName } from '../../../environments/environment.ts'
import { problemOf } from '../../../runner/problem.ts'
import { loadEnvironments, packageProblem } from '../../environments.ts'
import { complain } from '../../terminal.ts'

/** The environments of a run; null where the cluster that is to be kept does not start, and why has been said. */
export async function openEnvironments(
  names: readonly EnvironmentName[],
  cluster: ClusterOptions,
  keep: boolean,
  signal: AbortSignal,
): Promise<readonly Environment[] | null> {
  if (keep && names.includes('k3s')) {
    const missing = packageProblem('k3s')
    if (missing !== null) {
      complain(missing)
      return null
    }
    const { keepCluster } = await import('../env/env.ts')
    if (!(await keepCluster(signal))) return null
  }
  return loadEnvironments(names, cluster)
}

/** Ends what environments keep warm. What one of them cannot end it says, and the others are ended all the same. */
export async function disposeAll(environments: readonly Environment[]): Promise<boolean> {
  const endings = await Promise.allSettled(environments.map((one) => one[Symbol.asyncDispose]()))
  const failures = endings.flatMap((ending) => (ending.status === 'rejected' ? [problemOf(ending.reason, null)] : []))
  for (const { message, remedy } of failures)
    complain(remedy === null ? message : `${message.replace(/\.?$/, '.')} ${remedy}`)
  return failures.length === 0
}
