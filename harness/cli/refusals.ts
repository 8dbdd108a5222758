import type { Chain } from '../chain/chain.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { checkChain, gatewayErrors, siteErrors } from '../environments/check-chain.ts'
import { editChain } from '../environments/edit-chain.ts'
import { InvalidChainError } from '../environments/environment.ts'
import { refusalWarning } from '../reporters/refusal.ts'
import type { Scenario, Step, Variant } from '../scenario/scenario.ts'

type ChangeStep = Extract<Step, { readonly kind: 'change' }>

/** A chain as its files are when a step loads one of them again. */
interface Load {
  readonly step: ChangeStep
  readonly chain: Chain
}

/**
 * What nginx or the gateway would refuse of a scenario's chains, and the scenario does not expect them to: errors where a
 * chain would not start, warnings where a reload or a restart would be refused and everything would go on with the old files.
 */
export function refusalsIn(scenario: Scenario): Diagnostic[] {
  const starting = scenario.variants.filter(({ refused }) => refused === null)
  const loads = starting.flatMap((variant) => loadsOf(scenario, variant)).filter(({ step }) => step.refused === null)
  return [
    ...starting.flatMap(({ chain }) => checkChain(chain)),
    ...loads.flatMap(({ step, chain }) => warningsOf(step, chain, scenario.source)),
  ]
}

/** Every load of files that steps have edited: the files are followed through the steps of each row. */
export function loadsOf(scenario: Scenario, { chain }: Variant): Load[] {
  return scenario.examples.flatMap((row) => {
    const loads: Load[] = []
    let edited = chain
    for (const step of scenario.stepsFor(row)) {
      if (step.kind !== 'change') continue
      const next = editedBy(step, edited)
      if (next === null) return loads
      if (next === edited && edited !== chain && LOADS.has(step.change.kind)) loads.push({ step, chain: edited })
      edited = next
    }
    return loads
  })
}

const LOADS: ReadonlySet<string> = new Set(['reload', 'repin', 'restart'])

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
