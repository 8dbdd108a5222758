import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { CookieFlags, CookieRewrite } from '../../core/upstreams/proxy-settings.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'

/** The `proxy_cookie_path` or `proxy_cookie_domain` lines of a block, else those around it; none where they are `off`. */
export function compileCookieRewrites(
  block: Block,
  name: 'proxy_cookie_path' | 'proxy_cookie_domain',
  around: readonly CookieRewrite[],
  scope: CompileScope,
): readonly CookieRewrite[] {
  const lines = linesOf(block, name, scope)
  return lines === null ? around : lines.flatMap((directive) => compileOne(directive, name, scope))
}

/** The `proxy_cookie_flags` lines of a block, else those around it; none where they are `off`. */
export function compileCookieFlags(
  block: Block,
  around: readonly CookieFlags[],
  scope: CompileScope,
): readonly CookieFlags[] {
  const lines = linesOf(block, 'proxy_cookie_flags', scope)
  return lines === null ? around : lines.flatMap((directive) => compileFlags(directive, scope))
}

/** The lines of that name; null where there are none, and they are inherited. None counts where one is `off`. */
function linesOf(block: Block, name: string, scope: CompileScope): readonly Directive[] | null {
  const directives = block.all(name)
  if (directives.length === 0) return null
  const off = directives.find(({ args }) => args.length === 1 && args[0]?.text === 'off')
  if (off === undefined) return directives
  if (directives.length > 1) scope.error(off.span, `"${name}" directive is duplicate`)
  return []
}

function compileFlags(directive: Directive, scope: CompileScope): CookieFlags[] {
  const [name, ...flags] = directive.args
  if (name === undefined) return []
  if (flags.length === 0) {
    scope.error(name.span, `invalid parameter "${name.text}"`)
    return []
  }
  const cookie = nameOf(name, scope)
  if (cookie === null) return []
  return [{ rule: ruleOf(directive), cookie, flags: flags.map((flag) => scope.template(flag)) }]
}

/** `~` begins a pattern, always without case. */
function nameOf(word: Word, scope: CompileScope): CookieFlags['cookie'] | null {
  if (!word.text.startsWith('~')) return { kind: 'text', text: scope.template(word) }
  const regex = scope.regex(word.text.slice(1), true, word.span)
  return regex === null ? null : { kind: 'regex', regex }
}

function compileOne(directive: Directive, name: string, scope: CompileScope): CookieRewrite[] {
  const [pattern, replacement] = directive.args
  if (pattern === undefined) return []
  if (replacement === undefined) {
    scope.error(pattern.span, `invalid parameter "${pattern.text}"`)
    return []
  }
  const isDomain = name === 'proxy_cookie_domain'
  const compiled = patternOf(pattern, isDomain, scope)
  if (compiled === null) return []
  // The dot before a domain stays as the cookie has it.
  const text = wireText(replacement.text)
  const value = isDomain && compiled.kind === 'text' ? text.replace(/^\./, '') : text
  return [{ rule: ruleOf(directive), pattern: compiled, replacement: scope.templateOf(value, replacement.span) }]
}

/** `~` begins a pattern, of a domain always without case; `~*` one of a path without case. */
function patternOf(word: Word, isDomain: boolean, scope: CompileScope): CookieRewrite['pattern'] | null {
  if (!word.text.startsWith('~')) {
    const text = wireText(word.text)
    return { kind: 'text', text: scope.templateOf(isDomain ? text.replace(/^\./, '') : text, word.span) }
  }
  const caseless = !isDomain && word.text.startsWith('~*')
  const regex = scope.regex(word.text.slice(caseless ? 2 : 1), caseless || isDomain, word.span)
  return regex === null ? null : { kind: 'regex', regex }
}
