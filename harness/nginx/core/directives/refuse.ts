import type { Word } from '../../syntax/syntax.ts'
import { parseSizeBytes } from '../../syntax/values.ts'
import type { DirectiveRule } from './rule.ts'

/** Why the model must refuse this directive, in one sentence; null where it models or accepts it. */
export function refusal(name: string, rule: DirectiveRule, args: readonly Word[]): string | null {
  if (rule.support === 'refused') {
    const [first] = args
    const isOff = rule.unless === 'off' && args.length === 1 && first?.text === 'off'
    const isNotZero = rule.unless === 'not zero' && parseSizeBytes(first?.text ?? '', false) !== 0
    return isOff || isNotZero ? null : `${name} ${rule.why}: not modelled`
  }
  return null
}
