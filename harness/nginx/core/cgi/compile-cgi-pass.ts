import type { CgiProtocol } from '../../../chain/message.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import type { OtherPass } from '../site-config.ts'
import { parseUpstreamUrl } from '../upstreams/parse-upstream-url.ts'
import { groupAtLoad } from '../upstreams/upstream-group.ts'

/** A scheme that may stand before the host. FastCGI has none. */
export const CGI_SCHEMES: Readonly<Record<CgiProtocol, RegExp>> = {
  fastcgi: /^(?!)/,
  scgi: /^scgi:\/\//i,
  uwsgi: /^s?uwsgi:\/\//i,
}

/** Whether an address asks for TLS: `suwsgi://` alone does. */
export function isTls(address: string): boolean {
  return /^suwsgi:/i.test(address)
}

/** Compiles `fastcgi_pass` and its like (ngx_http_fastcgi_pass); undefined where there is none, null where it is wrong. */
export function cgiPassIn(protocol: CgiProtocol) {
  return (block: Block, _name: string, _modifier: string, scope: CompileScope): OtherPass | null | undefined => {
    const directive = block.one(`${protocol}_pass`)
    return directive === undefined ? undefined : compilePass(protocol, directive, scope)
  }
}

function compilePass(protocol: CgiProtocol, directive: Directive, scope: CompileScope): OtherPass | null {
  const [word] = directive.args
  if (word === undefined) return null
  const rule = ruleOf(directive)
  const url = wireText(word.text)
  if (url.includes('$')) return { protocol, rule, target: { kind: 'variable', url: scope.template(word) } }
  const rest = url.replace(CGI_SCHEMES[protocol], '')
  const parsed = parseUpstreamUrl(rest)
  if ('error' in parsed) {
    scope.error(word.span, `${parsed.error} in upstream "${rest}"`)
    return null
  }
  const group = groupAtLoad(parsed, null, directive, scope)
  return group === null
    ? null
    : { protocol, rule, target: { kind: 'static', host: parsed.host, group, isTls: isTls(url) } }
}
