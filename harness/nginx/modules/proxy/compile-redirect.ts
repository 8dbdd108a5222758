import { type CompileScope, ruleOf } from '../../core/scope.ts'
import { parseUpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import type { ProxyRedirect, ProxySettings } from '../../core/upstreams/proxy-settings.ts'
import { constantTemplate } from '../../core/variables/template.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'

type Redirects = Pick<ProxySettings, 'redirect' | 'redirects'>

/**
 * What `proxy_redirect` says in a block, and `default` where the block proxies and nothing is said.
 * @param replaced the name of the location, which `default` puts where the upstream's URL was; empty for regular expressions
 */
export function compileRedirects(
  block: Block,
  around: ProxySettings,
  replaced: string,
  scope: CompileScope,
): Redirects {
  const directives = block.all('proxy_redirect')
  if (directives.length === 0) {
    if (!around.redirect) return { redirect: false, redirects: null }
    return { redirect: true, redirects: around.redirects ?? ownDefault(block, replaced) }
  }
  const off = directives.find(({ args }) => args.length === 1 && args[0]?.text === 'off')
  if (off === undefined) {
    return {
      redirect: true,
      redirects: directives.flatMap((directive) => compileOne(directive, block, replaced, scope)),
    }
  }
  if (directives.length > 1) scope.error(off.span, '"proxy_redirect" directive is duplicate')
  return { redirect: false, redirects: null }
}

function compileOne(directive: Directive, block: Block, replaced: string, scope: CompileScope): ProxyRedirect[] {
  const [pattern, replacement] = directive.args
  if (pattern === undefined) return []
  if (replacement !== undefined) {
    const compiled = patternOf(pattern, scope)
    return compiled === null
      ? []
      : [{ rule: ruleOf(directive), pattern: compiled, replacement: scope.template(replacement) }]
  }
  if (pattern.text !== 'default') {
    scope.error(pattern.span, `invalid parameter "${pattern.text}"`)
    return []
  }
  return explicitDefault(directive, block, replaced, scope)
}

function patternOf(word: Word, scope: CompileScope): ProxyRedirect['pattern'] | null {
  if (!word.text.startsWith('~')) return { kind: 'prefix', prefix: scope.template(word) }
  const caseless = word.text.startsWith('~*')
  const regex = scope.regex(word.text.slice(caseless ? 2 : 1), caseless, word.span)
  return regex === null ? null : { kind: 'regex', regex }
}

function explicitDefault(directive: Directive, block: Block, replaced: string, scope: CompileScope): ProxyRedirect[] {
  const pass = block.one('proxy_pass')
  if (pass === undefined || block.directives.indexOf(pass) > block.directives.indexOf(directive)) {
    scope.error(directive.span, '"proxy_redirect default" should be placed after the "proxy_pass" directive')
    return []
  }
  const redirects = ownDefault(block, replaced)
  if (redirects !== null) return redirects.map((redirect) => ({ ...redirect, rule: ruleOf(directive) }))
  scope.error(directive.span, '"proxy_redirect default" cannot be used with "proxy_pass" directive with variables')
  return []
}

/** The upstream's URL becomes the location's name (ngx_http_proxy_merge_loc_conf); null where `proxy_pass` has variables. */
function ownDefault(block: Block, replaced: string): readonly ProxyRedirect[] | null {
  const word = block.word('proxy_pass')
  if (word === undefined || word.text.includes('$')) return null
  const url = wireText(word.text)
  const parsed = parseUpstreamUrl(url.replace(/^https?:\/\//i, ''))
  const hasUri = !('error' in parsed) && parsed.uri !== ''
  const prefix = constantTemplate(hasUri ? url : `${url}/`)
  return [{ rule: null, pattern: { kind: 'prefix', prefix }, replacement: constantTemplate(hasUri ? replaced : '/') }]
}
