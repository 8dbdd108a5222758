import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Modifier, ProxyPass } from '../../core/site-config.ts'
import { isUnixAddress, parseUpstreamUrl, type UpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import { groupAtLoad } from '../../core/upstreams/upstream-group.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'

const NO_URI =
  '"proxy_pass" cannot have URI part in location given by regular expression, or inside named location, ' +
  'or inside "if" statement, or inside "limit_except" block'

/** Compiles `proxy_pass` of a location (ngx_http_proxy_pass); undefined where there is none, null where it is wrong. */
export function proxyPassIn(
  block: Block,
  name: string,
  modifier: Modifier,
  scope: CompileScope,
): ProxyPass | null | undefined {
  const directive = block.one('proxy_pass')
  return directive === undefined ? undefined : compileProxyPass(directive, name, modifier, scope)
}

function compileProxyPass(
  directive: Directive,
  name: string,
  modifier: Modifier,
  scope: CompileScope,
): ProxyPass | null {
  const [word] = directive.args
  if (word === undefined) return null
  const rule = ruleOf(directive)
  const url = wireText(word.text)
  const isTls = /^https:\/\//i.test(url)
  if (url.includes('$')) return { protocol: 'http', rule, target: { kind: 'variable', url: scope.template(word) } }
  if (!isTls && !/^http:\/\//i.test(url)) {
    scope.error(word.span, 'invalid URL prefix')
    return null
  }
  const rest = url.slice(isTls ? 'https://'.length : 'http://'.length)
  const parsed = parseUpstreamUrl(rest)
  if ('error' in parsed) {
    scope.error(word.span, `${parsed.error} in upstream "${rest}"`)
    return null
  }
  const replaces = modifier === '' || modifier === '=' || modifier === '^~'
  if (!replaces && parsed.uri !== '') {
    scope.error(directive.span, NO_URI)
    return null
  }
  const defaultPort = isTls ? 443 : 80
  const group = groupAtLoad(parsed, defaultPort, directive, scope)
  if (group === null) return null
  return {
    protocol: 'http',
    rule,
    target: {
      kind: 'static',
      ...hostAndPort(parsed, defaultPort),
      uri: parsed.uri,
      location: replaces ? name : '',
      host: parsed.host,
      group,
      isTls,
    },
  }
}

/** `$proxy_host` and `$proxy_port` (ngx_http_proxy_set_vars). */
export function hostAndPort(
  { host, port, address }: UpstreamUrl,
  defaultPort: number,
): { readonly hostHeader: string; readonly port: string } {
  if (isUnixAddress(address)) return { hostHeader: 'localhost', port: '' }
  const isDefault = port === null || port === String(defaultPort)
  return { hostHeader: isDefault ? host : `${host}:${port}`, port: port ?? String(defaultPort) }
}
