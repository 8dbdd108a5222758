import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import type { CompileScope } from '../scope.ts'
import { parseUpstreamUrl } from './parse-upstream-url.ts'

/** Other protocols to an upstream, and the scheme that may stand before the host. */
const PASSES: Readonly<Record<string, RegExp>> = {
  memcached_pass: /^/,
}

/**
 * Checks whereto a block sends requests by another protocol than HTTP: the model refuses such requests, but nginx does not start
 * where it does not find the host.
 */
export function checkOtherPasses(block: Block, scope: CompileScope): void {
  for (const directive of block.directives) {
    const scheme = Object.hasOwn(PASSES, directive.name.text) ? PASSES[directive.name.text] : undefined
    if (scheme !== undefined) checkHost(directive, scheme, scope)
  }
}

function checkHost(directive: Directive, scheme: RegExp, scope: CompileScope): void {
  const [word] = directive.args
  if (word === undefined) return
  const rest = wireText(word.text).replace(scheme, '')
  if (directive.name.text === 'memcached_pass') scope.variables.use('memcached_key', directive.span)
  // memcached_pass takes no variables: what looks like one is a part of the name.
  if (rest.includes('$') && directive.name.text !== 'memcached_pass') {
    scope.template(word)
    return
  }
  if (rest.startsWith('unix:')) return
  const parsed = parseUpstreamUrl(rest)
  if ('error' in parsed) {
    scope.error(word.span, `${parsed.error} in upstream "${rest}"`)
    return
  }
  const { host, port, address } = parsed
  if (scope.upstreams.block(host) !== null) {
    if (port !== null) scope.error(directive.span, `upstream "${host}" may not have port ${port}`)
    return
  }
  if (port === null) scope.error(word.span, `no port in upstream "${rest}"`)
  else if (address === null && scope.world.resolve(host).length === 0) {
    scope.hostNotFound(directive.span, `upstream "${host}"`)
  }
}
