import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import type { ChainBuilder } from './build-chain.ts'
import type { Variant } from './scenario.ts'
import type { WrittenScenario } from './schema.ts'
import { StepContext } from './step-context.ts'

type Written = Pick<WrittenScenario, 'chain' | 'variants'>
type WrittenVariant = NonNullable<Written['variants']>[string]

/** Builds the chains that a file's steps run on; null where one of them is not usable. `place` is the file. */
export function buildVariants(
  written: Written,
  place: Place,
  chains: ChainBuilder,
  problems: Problems,
): readonly Variant[] | null {
  const base = written.chain === undefined ? null : chains.build(written.chain, place.at('chain'), null)
  if (written.variants === undefined) {
    if (base === null) return null
    return [{ name: null, chain: base, must: 'pass', blame: null, rule: null, span: place.at('chain').keySpan }]
  }
  const all = place.at('variants')
  const names = Object.keys(written.variants)
  if (names.length === 0) problems.add(all.source, all.keySpan, 'E_VARIANTS', 'variants names no variant')
  const variants = Object.entries(written.variants).flatMap(([name, variant]) => {
    const at = all.at(name)
    checkReasons(variant, at, problems)
    const chain = variant.chain === undefined ? base : chains.build(variant.chain, at.at('chain'), base)
    if (variant.chain === undefined && written.chain === undefined) {
      problems.add(
        at.source,
        at.keySpan,
        'E_CHAIN_INCOMPLETE',
        `variant "${name}" has no chain`,
        'Write chain: chains/NAME',
      )
    }
    if (chain === null) return []
    const { must = 'pass', rule = null } = variant
    const blame = variant.blame === undefined ? null : blameOf(variant.blame, chain.services, at.at('blame'), problems)
    return [{ name, chain, must, blame, rule, span: at.keySpan }]
  })
  return variants.length === names.length && names.length > 0 ? variants : null
}

function blameOf(
  blame: string,
  services: readonly { readonly name: string }[],
  place: Place,
  problems: Problems,
): string {
  const names = services.map(({ name }) => name)
  return new StepContext(problems, { inEvery: names, inAny: names }).hop(blame, place)
}

/** A variant that must pass has nothing to blame. */
function checkReasons({ must, blame, rule }: WrittenVariant, place: Place, problems: Problems): void {
  if (must === 'fail' || (blame === undefined && rule === undefined)) return
  const at = place.at(blame === undefined ? 'rule' : 'blame')
  problems.add(
    at.source,
    at.keySpan,
    'E_VARIANTS',
    'only a variant with must: fail has something to blame',
    'Add must: fail',
  )
}
