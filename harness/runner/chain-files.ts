import type { Chain } from '../chain/chain.ts'
import type { ChangedBefore } from '../diagnose/blame.ts'
import type { SourceText } from '../diagnostics/source.ts'
import { editChain } from '../environments/edit-chain.ts'
import { InvalidChainError } from '../environments/environment.ts'

/**
 * Every text of a chain's files, the newest of a file first: as each `edit` step left it, and as it was at the start. Those of nginx
 * are missing where a step wrote new addresses into them: only the environment has them then.
 */
export function filesOf(chain: Chain, changes: readonly ChangedBefore[]): SourceText[] {
  const states = [chain]
  for (const { change } of changes) {
    const last = states[0]
    if (change.kind !== 'edit' || last === undefined) continue
    try {
      states.unshift(editChain(last, change.file, change.edit))
    } catch (error) {
      // The step itself has failed of it.
      if (!(error instanceof InvalidChainError)) throw error
    }
  }
  const isRepinned = changes.some(({ change }) => change.kind === 'repin')
  return [...new Set(states.flatMap((state) => [...(isRepinned ? [] : nginxFilesOf(state)), ...otherFilesOf(state)]))]
}

function nginxFilesOf({ site, includes }: Chain): SourceText[] {
  return [site, ...includes.values()]
}

function otherFilesOf({ gatewayConfig: { routes, middleware, auth }, servicesFile }: Chain): SourceText[] {
  return [routes, middleware, auth, servicesFile].filter((source) => source !== null)
}
