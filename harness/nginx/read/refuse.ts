import type { Word } from '../syntax.ts'
import type { Context, DirectiveRule } from './directives/rule.ts'

/** What the model knows inside `if`: nginx's own advice is to use nothing else there (wiki "If is Evil"). */
const IN_IF: readonly string[] = ['return', 'rewrite', 'set', 'break']

/** Why the model must refuse this directive here, in one sentence; null where it models or accepts it. */
export function refusal(name: string, rule: DirectiveRule, context: Context, args: readonly Word[]): string | null {
  if (rule.support === 'refused') {
    const off = rule.unless === 'off' && args.length === 1 && args[0]?.text === 'off'
    return off ? null : `${name} ${rule.why}: not modelled`
  }
  const insideIf = context === 'if in server' || context === 'if in location'
  if (rule.support === 'modelled' && insideIf && !IN_IF.includes(name)) {
    return `${name} inside if is not modelled: only ${IN_IF.join(', ')} are`
  }
  return null
}
