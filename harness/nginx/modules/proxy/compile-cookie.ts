import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { CookieRewrite } from '../../core/upstreams/proxy-settings.ts'
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
  const directives = block.all(name)
  if (directives.length === 0) return around
  const off = directives.find(({ args }) => args.length === 1 && args[0]?.text === 'off')
  if (off === undefined) return directives.flatMap((directive) => compileOne(directive, name, scope))
  if (directives.length > 1) scope.error(off.span, `"${name}" directive is duplicate`)
  return []
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
