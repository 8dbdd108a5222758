import { ModuleSettings } from '../../core/module.ts'
import { type ContentTypes, typesOf } from '../../core/response/content-types.ts'
import type { CompileScope } from '../../core/scope.ts'
import type { Block } from '../../syntax/block.ts'
import { wireText } from '../../syntax/wire.ts'

/** `charset`: null where it is off. */
interface CharsetSettings {
  readonly name: string | null
  readonly types: ContentTypes
}

export const charsetSettings = new ModuleSettings<CharsetSettings>(
  {
    name: null,
    types: new Set([
      'text/html',
      'text/xml',
      'text/plain',
      'text/vnd.wap.wml',
      'application/javascript',
      'application/rss+xml',
    ]),
  },
  compileCharset,
)

function compileCharset(block: Block, around: CharsetSettings, scope: CompileScope): CharsetSettings {
  const directive = block.one('charset')
  const [word] = directive?.args ?? []
  const types = typesOf(block, 'charset_types') ?? around.types
  if (directive === undefined || word === undefined) return { ...around, types }
  if (word.text.includes('$')) scope.refuse('charset', directive.span, 'charset with a variable is not modelled')
  return { name: word.text === 'off' ? null : wireText(word.text), types }
}
