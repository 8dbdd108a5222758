import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type ContentTypes, typesOf } from '../../core/response/content-types.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'

/** One `sub_filter`: a text, in lower case, and what stands in its place. */
export interface Substitution {
  readonly rule: Rule
  readonly text: Template
  readonly replacement: Template
}

/** What is replaced in the bodies of answers. */
export interface SubSettings {
  readonly substitutions: readonly Substitution[]
  /** Each text is replaced where it comes first, and nowhere else. */
  readonly once: boolean
  readonly types: ContentTypes
  readonly keepsLastModified: boolean
}

export const subSettings = new ModuleSettings<SubSettings>(
  { substitutions: [], once: true, types: new Set(['text/html']), keepsLastModified: false },
  compileSub,
)

/** A location has as many as nginx counts in a byte. */
const MAX_SUBSTITUTIONS = 255

function compileSub(block: Block, around: SubSettings, scope: CompileScope): SubSettings {
  const lines = block.all('sub_filter')
  const tooMany = lines[MAX_SUBSTITUTIONS]
  if (tooMany !== undefined) scope.error(tooMany.span, 'number of search patterns exceeds 255')
  return {
    substitutions: lines.length === 0 ? around.substitutions : lines.flatMap((line) => compileOne(line, scope)),
    once: block.flag('sub_filter_once', around.once),
    types: typesOf(block, 'sub_filter_types') ?? around.types,
    keepsLastModified: block.flag('sub_filter_last_modified', around.keepsLastModified),
  }
}

function compileOne(directive: Directive, scope: CompileScope): Substitution[] {
  const [text, replacement] = directive.args
  if (text === undefined || replacement === undefined) return []
  if (text.text === '') scope.error(directive.span, 'empty search pattern')
  const compiled = scope.templateOf(lowerCase(wireText(text.text)), text.span)
  return [{ rule: ruleOf(directive), text: compiled, replacement: scope.template(replacement) }]
}
