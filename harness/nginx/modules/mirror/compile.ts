import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Block } from '../../syntax/block.ts'
import { wireText } from '../../syntax/wire.ts'

/** `mirror` lines, and whether the body is read for them. */
export interface Mirror {
  readonly lines: readonly { readonly uri: string; readonly rule: Rule }[]
  readonly requestBody: boolean
}

export const mirror = new ModuleSettings<Mirror>({ lines: [], requestBody: true }, compileMirror)

/** The lines as a whole, and the flag, are inherited each by itself. `off` stands alone (ngx_http_mirror). */
function compileMirror(block: Block, around: Mirror, scope: CompileScope): Mirror {
  const directives = block.all('mirror')
  const lines = directives.flatMap((directive) => {
    const uri = directive.args[0]?.text ?? ''
    return uri === 'off' ? [] : [{ uri: wireText(uri), rule: ruleOf(directive) }]
  })
  const off = directives.find(({ args }) => args[0]?.text === 'off')
  if (off !== undefined && directives.length > 1) {
    const second = directives.indexOf(off) === 0 ? directives[1] : off
    scope.error((second ?? off).span, '"mirror" directive is duplicate')
  }
  return {
    lines: directives.length === 0 ? around.lines : lines,
    requestBody: block.flag('mirror_request_body', around.requestBody),
  }
}
