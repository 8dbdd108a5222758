import type { Word } from '../syntax.ts'
import type { DirectiveRule } from './directives/rule.ts'

/** Why the model must refuse this directive, in one sentence; null where it models or accepts it. */
export function refusal(name: string, rule: DirectiveRule, args: readonly Word[]): string | null {
  if (rule.support === 'refused') {
    const off = rule.unless === 'off' && args.length === 1 && args[0]?.text === 'off'
    return off ? null : `${name} ${rule.why}: not modelled`
  }
  return null
}
