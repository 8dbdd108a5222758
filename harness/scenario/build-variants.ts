import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import type { ChainBuilder } from './build-chain.ts'
import type { Variant } from './scenario.ts'
import type { WrittenScenario } from './schema.ts'
import { StepContext } from './step-context.ts'

type Written = Pick<WrittenScenario, 'chain' | 'variants' | 'refused'>
type WrittenVariant = NonNullable<Written['variants']>[string]

/** Builds the chains that a file's steps run on; null where one of them is not usable. `place` is the file. */
export function buildVariants(
  written: Written,
  place: Place,
  chains: ChainBuilder,
  problems: Problems,
): readonly Variant[] | null {
  const base =
    written.chain === undefined
      ? chains.buildDefault(place.at('scenario'))
      : chains.build(written.chain, place.at('chain'), null, null)
  if (written.variants === undefined) {
    if (base === null) return null
    const { refused = null } = written
    const must = refused === null ? 'pass' : 'fail'
    return [{ name: null, chain: base, must, blame: null, rule: null, refused, span: place.at('chain').keySpan }]
  }
  if (written.refused !== undefined) {
    const { source, keySpan } = place.at('refused')
    problems.add(source, keySpan, 'E_VARIANTS', 'with variants, each says for itself what is refused', 'Move it there.')
  }
  const all = place.at('variants')
  const names = Object.keys(written.variants)
  if (names.length === 0) problems.add(all.source, all.keySpan, 'E_VARIANTS', 'variants names no variant')
  const variants = Object.entries(written.variants).flatMap(([name, variant]) => {
    const at = all.at(name)
    checkReasons(variant, at, problems)
    const chain = variant.chain === undefined ? base : chains.build(variant.chain, at.at('chain'), base, name)
    if (variant.chain === undefined && written.chain === undefined && !chains.hasDefault) {
      problems.add(
        at.source,
        at.keySpan,
        'E_CHAIN_INCOMPLETE',
        `variant "${name}" has no chain`,
        'Write chain: chains/NAME',
      )
    }
    if (chain === null) return []
    const { must = 'pass', rule = null, refused = null } = variant
    const blame = variant.blame === undefined ? null : blameOf(variant.blame, chain.services, at.at('blame'), problems)
    return [{ name, chain, must, blame, rule, refused, span: at.keySpan }]
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

/** A variant that must pass has nothing to blame; one that is refused has no rule that a request came to. */
function checkReasons(variant: WrittenVariant, place: Place, problems: Problems): void {
  const report = (key: string, message: string, hint: string): void => {
    const at = place.at(key)
    problems.add(at.source, at.keySpan, 'E_VARIANTS', message, hint)
  }
  const [reason] = (['blame', 'rule', 'refused'] as const).filter((key) => variant[key] !== undefined)
  if (reason !== undefined && variant.must !== 'fail') {
    const what = reason === 'refused' ? 'can be refused' : 'has something to blame'
    report(reason, `only a variant with must: fail ${what}`, 'Add must: fail')
  } else if (variant.refused !== undefined && variant.rule !== undefined) {
    report('rule', 'a chain that is refused has no rule to blame', 'Say in refused what nginx or the gateway says.')
  }
}
