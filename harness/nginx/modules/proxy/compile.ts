import { type CompileScope, ruleOf } from '../../core/scope.ts'
import {
  compileUpstreamSettings,
  defaultUpstreamSettings,
  headerRulesOf,
} from '../../core/upstreams/compile-upstream.ts'
import type { ProxySettings } from '../../core/upstreams/proxy-settings.ts'
import { compileSetHeaders, mergeHeaders } from '../../core/upstreams/set-headers.ts'
import { UpstreamLines } from '../../core/upstreams/upstream-lines.ts'
import type { Block } from '../../syntax/block.ts'
import { compileCookieFlags, compileCookieRewrites } from './compile-cookie.ts'
import { compileRedirects } from './compile-redirect.ts'
import { defaultHeaders } from './headers.ts'

/** What nginx does where no `proxy_*` directive says otherwise. */
export function defaultProxySettings(scope: CompileScope): ProxySettings {
  return {
    ...defaultUpstreamSettings('proxy'),
    httpVersion: scope.rules.upstreamHttp11ByDefault ? '1.1' : '1.0',
    setHeaders: null,
    headers: mergeHeaders([], defaultHeaders(scope.rules).plain, scope),
    cacheHeaders: null,
    method: null,
    setBody: null,
    redirect: true,
    redirects: null,
    cookiePaths: [],
    cookieDomains: [],
    cookieFlags: [],
  }
}

/**
 * The `proxy_*` settings inside a block (ngx_http_proxy_merge_loc_conf).
 * @param replaced see {@link compileRedirects}
 */
export function compileProxySettings(
  block: Block,
  around: ProxySettings,
  replaced: string,
  scope: CompileScope,
): ProxySettings {
  const lines = new UpstreamLines(block, 'proxy')
  const shared = compileUpstreamSettings(lines, around, scope)
  const setHeaders = compileSetHeaders(lines, scope) ?? around.setHeaders
  const method = lines.word('method')
  const setBody = lines.one('set_body')
  const { plain, forCache } = defaultHeaders(scope.rules)
  return {
    ...shared,
    httpVersion: httpVersion(lines, scope) ?? around.httpVersion,
    setHeaders,
    headerRules: headerRulesOf(lines.all('set_header'), around.headerRules),
    headers: setHeaders === around.setHeaders ? around.headers : mergeHeaders(setHeaders ?? [], plain, scope),
    cacheHeaders: shared.cache.on === null ? null : mergeHeaders(setHeaders ?? [], forCache, scope),
    method: method === undefined ? around.method : scope.template(method),
    methodRule: lines.rule('method') ?? around.methodRule,
    setBody: setBody?.args[0] === undefined ? around.setBody : scope.template(setBody.args[0]),
    bodyRule: setBody !== undefined ? ruleOf(setBody) : around.setBody === null ? shared.bodyRule : around.bodyRule,
    ...compileRedirects(block, around, replaced, scope),
    cookiePaths: compileCookieRewrites(block, 'proxy_cookie_path', around.cookiePaths, scope),
    cookieDomains: compileCookieRewrites(block, 'proxy_cookie_domain', around.cookieDomains, scope),
    cookieFlags: compileCookieFlags(block, around.cookieFlags, scope),
  }
}

/** A version of nginx that speaks HTTP/2 to upstreams takes `2`. */
function httpVersion(lines: UpstreamLines, scope: CompileScope): '1.0' | '1.1' | null {
  const word = lines.word('http_version')
  if (word?.text === '2') scope.refuse('proxy_http_version', word.span, 'HTTP/2 to upstreams is not modelled')
  return word === undefined ? null : word.text === '1.1' ? '1.1' : '1.0'
}
