import type { Chain } from '../chain/chain.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { checkChain, gatewayErrors, siteErrors } from '../environments/check-chain.ts'
import { editChain } from '../environments/edit-chain.ts'
import { InvalidChainError } from '../environments/environment.ts'
import { refusalWarning } from '../reporters/refusal.ts'
import type { Scenario, Step } from '../scenario/scenario.ts'

type ChangeStep = Extract<Step, { readonly kind: 'change' }>

/**
 * What nginx or the gateway would refuse of a scenario's chains, and the scenario does not expect them to: errors where a
 * chain would not start, warnings where a reload or a restart would be refused and everything would go on with the old files.
 */
export function refusalsIn(scenario: Scenario): Diagnostic[] {
  const starting = scenario.variants.filter(({ refused }) => refused === null).map(({ chain }) => chain)
  const errors = starting.flatMap(checkChain)
  const lists = scenario.examples.map((row) => scenario.stepsFor(row))
  return [...errors, ...starting.flatMap((chain) => lists.flatMap((steps) => refusedSteps(steps, chain, scenario)))]
}

/** Follows the edits of a chain's files, and looks at what is loaded of them when. */
function refusedSteps(steps: readonly Step[], chain: Chain, { source }: Scenario): Diagnostic[] {
  const found: Diagnostic[] = []
  let edited = chain
  for (const step of steps) {
    if (step.kind !== 'change') continue
    if (step.change.kind === 'edit') {
      const next = editedBy(step, edited)
      if (next === null) return found
      edited = next
    } else if (edited !== chain && step.refused === null) {
      found.push(...warningsOf(step, edited, source))
    }
  }
  return found
}

/** Null where a text that is replaced is not there: what happened to the file, only a run tells. */
function editedBy({ change }: ChangeStep, chain: Chain): Chain | null {
  if (change.kind !== 'edit') return chain
  try {
    return editChain(chain, change.file, change.edit)
  } catch (error) {
    if (error instanceof InvalidChainError) return null
    throw error
  }
}

function warningsOf({ change, span }: ChangeStep, chain: Chain, source: Scenario['source']): Diagnostic[] {
  if (change.kind === 'reload' || change.kind === 'repin') {
    return siteErrors(chain)
      .slice(0, 1)
      .map((said) => refusalWarning('nginx', said, span, source))
  }
  if (change.kind !== 'restart') return []
  return gatewayErrors(chain)
    .slice(0, 1)
    .map((said) => refusalWarning('gateway', said, span, source))
}
