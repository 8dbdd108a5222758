import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type ContentTypes, typesOf } from '../../core/response/content-types.ts'
import { ruleOf } from '../../core/scope.ts'
import { parseSizeBytes } from '../../syntax/values.ts'

/** `gzip` and its kin. */
interface GzipSettings {
  readonly on: boolean
  readonly types: ContentTypes
  readonly minLength: number
  readonly rule: Rule | null
}

export const gzipSettings = new ModuleSettings<GzipSettings>(
  { on: false, types: new Set(['text/html']), minLength: 20, rule: null },
  (block, around) => {
    const gzip = block.one('gzip')
    const minLength = block.word('gzip_min_length')?.text
    return {
      on: block.flag('gzip', around.on),
      rule: gzip === undefined ? around.rule : ruleOf(gzip),
      types: typesOf(block, 'gzip_types') ?? around.types,
      minLength: minLength === undefined ? around.minLength : (parseSizeBytes(minLength, false) ?? around.minLength),
    }
  },
)
