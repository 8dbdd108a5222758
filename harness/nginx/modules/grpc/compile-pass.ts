import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { GrpcPass, Modifier } from '../../core/site-config.ts'
import { isUnixAddress, parseUpstreamUrl, type UpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import { groupAtLoad } from '../../core/upstreams/upstream-group.ts'
import type { Block } from '../../syntax/block.ts'
import { wireText } from '../../syntax/wire.ts'

/** The scheme that may stand before the host. */
export const SCHEME = /^grpcs?:\/\//i

/** Compiles `grpc_pass` (ngx_http_grpc_pass); undefined where there is none, null where it is wrong. */
export function grpcPassIn(
  block: Block,
  _name: string,
  _modifier: Modifier,
  scope: CompileScope,
): GrpcPass | null | undefined {
  const directive = block.one('grpc_pass')
  const [word] = directive?.args ?? []
  if (directive === undefined || word === undefined) return undefined
  const rule = ruleOf(directive)
  const url = wireText(word.text)
  if (url.includes('$')) return { protocol: 'grpc', rule, target: { kind: 'variable', url: scope.template(word) } }
  const rest = url.replace(SCHEME, '')
  const parsed = parseUpstreamUrl(rest)
  if ('error' in parsed) {
    scope.error(word.span, `${parsed.error} in upstream "${rest}"`)
    return null
  }
  const group = groupAtLoad(parsed, null, directive, scope)
  if (group === null) return null
  const { host } = parsed
  return {
    protocol: 'grpc',
    rule,
    target: { kind: 'static', host, authority: authorityOf(parsed), group, isTls: isGrpcs(url) },
  }
}

/** Whether an address asks for TLS. */
export function isGrpcs(url: string): boolean {
  return /^grpcs:\/\//i.test(url)
}

/** What nginx sends as the authority where no line sets Host: the host as written, with its port. */
export function authorityOf({ host, port, address }: UpstreamUrl): string {
  if (isUnixAddress(address)) return 'localhost'
  return port === null ? host : `${host}:${port}`
}
