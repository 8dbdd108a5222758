import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { ruleOf } from '../../core/scope.ts'
import { parseSizeBytes } from '../../syntax/values.ts'

/** `slice`, and whether nginx holds back what is short (`postpone_output`). */
export interface SliceSettings {
  /** Bytes of a slice; 0 for none. */
  readonly sizeBytes: number
  /** The line; null where there is none. */
  readonly rule: Rule | null
  /** Whether it does so as where no line says otherwise. */
  readonly postpones: boolean
}

const NONE: SliceSettings = { sizeBytes: 0, rule: null, postpones: true }

export const sliceSettings = new ModuleSettings<SliceSettings>(NONE, (block, around) => {
  const directive = block.one('slice')
  const size = directive?.args[0]?.text
  const postpones = around.postpones && block.one('postpone_output') === undefined
  if (directive === undefined || size === undefined) return { ...around, postpones }
  return { sizeBytes: parseSizeBytes(size, false) ?? 0, rule: ruleOf(directive), postpones }
})
