import type { Rule } from '../../../trace/trace.ts'
import { cgiSettings } from '../../core/cgi/compile-cgi.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Regex } from '../../pattern/regex.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'

export const fastCgi = cgiSettings('fastcgi')

/** How a URI is taken apart into a script and what follows it. */
export interface Split {
  /** `fastcgi_index`; empty where there is none. */
  readonly index: string
  /** `fastcgi_split_path_info` */
  readonly pattern: { readonly regex: Regex; readonly rule: Rule } | null
}

export const split = new ModuleSettings<Split>({ index: '', pattern: null }, (block, around, scope) =>
  compileSplit(block, around, scope),
)

function compileSplit(block: Block, around: Split, scope: CompileScope): Split {
  const index = block.word('fastcgi_index')
  const directive = block.one('fastcgi_split_path_info')
  if (index === undefined && directive === undefined) return around
  return {
    index: index === undefined ? around.index : wireText(index.text),
    pattern: directive === undefined ? around.pattern : (compilePattern(directive, scope) ?? around.pattern),
  }
}

/** ngx_http_fastcgi_split_path_info */
function compilePattern(directive: Directive, scope: CompileScope): Split['pattern'] {
  const [word] = directive.args
  const regex = word === undefined ? null : scope.regex(word.text, false, word.span)
  if (regex === null || word === undefined) return null
  if (regex.refused === null && regex.groups !== 2) {
    scope.error(directive.span, `pattern "${word.text}" must have 2 captures`)
  }
  return { regex, rule: ruleOf(directive) }
}
