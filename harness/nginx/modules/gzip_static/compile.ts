import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { ruleOf } from '../../core/scope.ts'

/** `gzip_static`: whether every client gets the compressed file, or only who takes it; null where it is off. */
export const gzipStatic = new ModuleSettings<{ readonly rule: Rule; readonly always: boolean } | null>(
  null,
  (block, around) => {
    const directive = block.one('gzip_static')
    const word = directive?.args[0]?.text.toLowerCase()
    if (directive === undefined) return around
    return word === 'off' ? null : { rule: ruleOf(directive), always: word === 'always' }
  },
)
