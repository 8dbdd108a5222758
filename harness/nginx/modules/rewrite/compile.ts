import { compileSettings } from '../../core/compile-settings.ts'
import { refusedHandler } from '../../core/directives/compile-refusals.ts'
import { compilePass } from '../../core/locations/compile-pass.ts'
import { NO_LOCATION } from '../../core/locations/in-location.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Location } from '../../core/site-config.ts'
import type { Template } from '../../core/variables/template.ts'
import { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber } from '../../syntax/values.ts'
import { wireText } from '../../syntax/wire.ts'
import { compileCondition } from './condition.ts'
import { type Instruction, type RewriteInstruction, rewrites } from './instruction.ts'

/** A replacement or a `return` that starts so is a redirect. */
const ABSOLUTE = /^(?:https?:\/\/|\$scheme)/

/** Keeps the instructions of a location, or of a server's root, where an `if` is no location of its own. */
export function keepRewrites(location: Location, block: Block, isServer: boolean, scope: CompileScope): void {
  rewrites.keep(location, compileRewrites(block.directives, isServer ? null : location, scope))
}

/**
 * Compiles a block's `rewrite`, `return`, `set`, `break` and `if`, in their order.
 * @param around the location that an `if` is a variation of; null on the server's level, where it is none
 */
function compileRewrites(
  directives: readonly Directive[],
  around: Location | null,
  scope: CompileScope,
): Instruction[] {
  return directives.flatMap((directive) => compileOne(directive, around, scope) ?? [])
}

function compileOne(directive: Directive, around: Location | null, scope: CompileScope): Instruction | null {
  switch (directive.name.text) {
    case 'rewrite':
      return compileRewrite(directive, scope)
    case 'return':
      return compileReturn(directive, scope)
    case 'set':
      return compileSet(directive, scope)
    case 'break':
      return { kind: 'break', rule: ruleOf(directive) }
    case 'if':
      return compileIf(directive, around, scope)
    default:
      return null
  }
}

/** An `if` in a location is a location of its own, with settings that it inherits, and without `try_files` (ngx_http_rewrite_if). */
function compileIf(directive: Directive, around: Location | null, scope: CompileScope): Instruction | null {
  const condition = compileCondition(directive, scope)
  const directives = directive.block ?? []
  const location = around === null ? null : locationInIf(directives, around, scope)
  const body = compileRewrites(directives, around, scope)
  return condition === null ? null : { kind: 'if', rule: ruleOf(directive), condition, location, body }
}

function locationInIf(directives: readonly Directive[], around: Location, scope: CompileScope): Location {
  const block = new Block(directives)
  return {
    ...around,
    settings: compileSettings(block, around.settings, NO_LOCATION, scope),
    tryFiles: null,
    limitExcept: null,
    refusedHandler: refusedHandler(block, scope) ?? around.refusedHandler,
    pass: compilePass(block, around.name, '@', around.pass, scope),
  }
}

/** The last argument's flags (ngx_http_rewrite). */
const FLAGS: Readonly<Record<string, Pick<RewriteInstruction, 'redirect' | 'isBreak'>>> = {
  last: { redirect: null, isBreak: false },
  break: { redirect: null, isBreak: true },
  redirect: { redirect: 302, isBreak: false },
  permanent: { redirect: 301, isBreak: false },
}

function compileRewrite(directive: Directive, scope: CompileScope): RewriteInstruction | null {
  const [pattern, replacement, flag] = directive.args
  if (pattern === undefined || replacement === undefined) return null
  if (replacement.text === '') {
    scope.error(directive.span, 'empty replacement')
    return null
  }
  const regex = scope.regex(pattern.text, false, pattern.span)
  const known = flag === undefined ? null : FLAGS[flag.text]
  if (known === undefined) scope.error(directive.span, `invalid parameter "${flag?.text}"`)
  if (regex === null || known === undefined) return null

  const text = wireText(replacement.text)
  const addArgs = !text.endsWith('?')
  const target = addArgs ? text : text.slice(0, -1)
  const redirect = known?.redirect ?? (ABSOLUTE.test(text) ? 302 : null)
  const mark = redirect === null ? target.indexOf('?') : -1
  return {
    kind: 'rewrite',
    rule: ruleOf(directive),
    regex,
    path: checked(scope.templateOf(mark === -1 ? target : target.slice(0, mark), replacement.span), directive, scope),
    args: mark === -1 ? null : checked(scope.templateOf(target.slice(mark + 1), replacement.span), directive, scope),
    hasArgs: target.includes('?'),
    addArgs,
    redirect,
    isBreak: known?.isBreak ?? false,
    ends: flag !== undefined || redirect !== null,
  }
}

function compileReturn(directive: Directive, scope: CompileScope): Instruction | null {
  const [first, second] = directive.args
  if (first === undefined) return null
  const rule = ruleOf(directive)
  const status = parseNumber(first.text)
  if (status === null && second === undefined && ABSOLUTE.test(first.text)) {
    return { kind: 'return', rule, status: 302, text: checked(scope.template(first), directive, scope) }
  }
  if (status === null || status > 999) {
    scope.error(directive.span, `invalid return code "${first.text}"`)
    return null
  }
  return {
    kind: 'return',
    rule,
    status,
    text: second === undefined ? null : checked(scope.template(second), directive, scope),
  }
}

function compileSet(directive: Directive, scope: CompileScope): Instruction | null {
  const [name, value] = directive.args
  if (name === undefined || value === undefined) return null
  if (!name.text.startsWith('$')) {
    scope.error(directive.span, `invalid variable name "${name.text}"`)
    return null
  }
  const variable = name.text.slice(1).toLowerCase()
  const rule = ruleOf(directive)
  const compiled = checked(scope.template(value), directive, scope)
  if (variable === '') {
    scope.error(directive.span, 'invalid variable name "$"')
    return null
  }
  if (variable === 'args') return { kind: 'set', rule, target: { kind: 'args' }, value: compiled }
  const slot = scope.settable(name.text.slice(1), directive.span)
  return slot === null ? null : { kind: 'set', rule, target: { kind: 'slot', slot, name: variable }, value: compiled }
}

/** A `map` with a regular expression replaces the captures while a value is put together: what nginx then writes is not known here. */
function checked(template: Template, directive: Directive, scope: CompileScope): Template {
  scope.afterVariables(() => {
    const captures = template.parts.some(({ kind }) => kind === 'capture')
    const replaced = template.parts.some(
      (part) => part.kind === 'variable' && scope.variables.replacesCaptures(part.slot),
    )
    if (captures && replaced) {
      scope.refuse(
        directive.name.text,
        directive.span,
        'captures stand beside a variable whose map has regular expressions',
      )
    }
  })
  return template
}
