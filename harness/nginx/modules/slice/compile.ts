import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { ruleOf } from '../../core/scope.ts'
import { parseSizeBytes } from '../../syntax/values.ts'

/** `slice`: bytes of a slice (0 for none), and the line; null where there is none. */
export interface SliceSettings {
  readonly sizeBytes: number
  readonly rule: Rule | null
}

export const sliceSettings = new ModuleSettings<SliceSettings>({ sizeBytes: 0, rule: null }, (block, around) => {
  const directive = block.one('slice')
  const size = directive?.args[0]?.text
  if (directive === undefined || size === undefined) return around
  return { sizeBytes: parseSizeBytes(size, false) ?? 0, rule: ruleOf(directive) }
})
