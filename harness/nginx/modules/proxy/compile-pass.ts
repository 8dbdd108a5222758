import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Modifier, ProxyPass } from '../../core/site-config.ts'
import { isUnixAddress, NO_PORT, parseUpstreamUrl, type UpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import { newPeer, type UpstreamGroup } from '../../core/upstreams/upstream.ts'
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
  if (url.includes('$')) return { rule, target: { kind: 'variable', url: scope.template(word) } }
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
  const group = groupFor(parsed, defaultPort, directive, scope)
  if (group === null) return null
  return {
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

/** The upstream block of that name, or what the name resolves to now (ngx_http_upstream_add, init_round_robin). */
function groupFor(
  { host, port, address }: UpstreamUrl,
  defaultPort: number,
  directive: Directive,
  scope: CompileScope,
): UpstreamGroup | null {
  const block = scope.upstreams.block(host)
  if (block !== null) {
    if (port === null) return block
    scope.error(directive.span, `upstream "${host}" may not have port ${port}`)
    return null
  }
  const portOfPeer = isUnixAddress(address) ? NO_PORT : Number(port ?? defaultPort)
  const known = scope.upstreams.find(host, portOfPeer)
  if (known !== null) return known
  const addresses = address !== null ? [address] : scope.world.resolve(host)
  if (addresses.length === 0) {
    scope.hostNotFound(directive.span, `upstream "${host}"`)
    return null
  }
  const peer = {
    host,
    port: portOfPeer,
    weight: 1,
    maxFails: 1,
    failTimeoutS: 10,
    down: false,
    rule: ruleOf(directive),
  }
  const balance = { kind: 'round-robin' } as const
  const group = {
    name: host,
    balance,
    refused: null,
    primary: addresses.map((found) => newPeer({ ...peer, address: found })),
    backup: [],
  }
  scope.upstreams.add({ name: host, port: peer.port, group })
  return group
}
