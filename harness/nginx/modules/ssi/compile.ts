import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type ContentTypes, typesOf } from '../../core/response/content-types.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Block } from '../../syntax/block.ts'

/** `ssi` and its kin. */
export interface SsiSettings {
  /** The line that turns it on; null where it is off. */
  readonly on: Rule | null
  readonly types: ContentTypes
  readonly keepsLastModified: boolean
}

export const ssiSettings = new ModuleSettings<SsiSettings>(
  { on: null, types: new Set(['text/html']), keepsLastModified: false },
  compileSsi,
)

function compileSsi(block: Block, around: SsiSettings, _scope: CompileScope): SsiSettings {
  const directive = block.one('ssi')
  return {
    on: directive === undefined ? around.on : block.flag('ssi', false) ? ruleOf(directive) : null,
    types: typesOf(block, 'ssi_types') ?? around.types,
    keepsLastModified: block.flag('ssi_last_modified', around.keepsLastModified),
  }
}
