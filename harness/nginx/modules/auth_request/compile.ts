import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Template } from '../../core/variables/template.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'

/** `auth_request`, and the variables that are set by the answer. */
export interface AuthRequest {
  /** The URI is taken as it is written: a question mark in it begins no arguments. Null where nobody is asked. */
  readonly asked: { readonly uri: string; readonly rule: Rule } | null
  readonly sets: readonly AuthRequestSet[]
}

/** One `auth_request_set`. */
interface AuthRequestSet {
  /** Null for `$args`, the arguments of the request themselves. */
  readonly slot: number | null
  readonly value: Template
  readonly rule: Rule
}

export const authRequest = new ModuleSettings<AuthRequest>({ asked: null, sets: [] }, compileAuthRequest)

/** The URI, and the variables as a whole, are inherited each by itself (ngx_http_auth_request_merge_conf). */
function compileAuthRequest(block: Block, around: AuthRequest, scope: CompileScope): AuthRequest {
  const directive = block.one('auth_request')
  const uri = directive?.args[0]?.text
  const sets = block.all('auth_request_set')
  return {
    asked:
      directive === undefined || uri === undefined
        ? around.asked
        : uri === 'off' || uri === ''
          ? null
          : { uri: wireText(uri), rule: ruleOf(directive) },
    sets: sets.length === 0 ? around.sets : sets.flatMap((one) => compileSet(one, scope)),
  }
}

/** `auth_request_set $NAME VALUE` (ngx_http_auth_request_set). */
function compileSet(directive: Directive, scope: CompileScope): AuthRequestSet[] {
  const [variable, value] = directive.args
  const [, name = ''] = /^\$(.+)$/s.exec(variable?.text ?? '') ?? []
  if (value === undefined) return []
  if (name === '') {
    scope.error(directive.span, `invalid variable name "${variable?.text}"`)
    return []
  }
  const set = { value: scope.template(value), rule: ruleOf(directive) }
  if (name.toLowerCase() === 'args') return [{ ...set, slot: null }]
  const slot = scope.settable(name, directive.span)
  return slot === null ? [] : [{ ...set, slot }]
}
