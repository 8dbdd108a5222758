import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { ruleOf } from '../../core/scope.ts'

/** The line that has compressed answers unpacked; null where none does. */
export const gunzip = new ModuleSettings<Rule | null>(null, (block, around) => {
  const directive = block.one('gunzip')
  if (directive === undefined) return around
  return block.flag('gunzip', false) ? ruleOf(directive) : null
})
