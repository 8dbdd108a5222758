import type { NameServerAddress } from '../../site.ts'
import type { Block } from '../../syntax/block.ts'
import type { Word } from '../../syntax/syntax.ts'
import { parseTimeMs } from '../../syntax/values.ts'
import type { CompileScope } from '../scope.ts'
import { isUnixAddress, parseUpstreamUrl } from './parse-upstream-url.ts'
import { Resolver } from './resolver.ts'

/** The port of a name server where none is written. */
const DNS_PORT = 53

/** Compiles `resolver ADDRESS… [valid=TIME] [ipv6=on|off]` (ngx_resolver_create). */
export function compileResolver(block: Block, around: Resolver | null, scope: CompileScope): Resolver | null {
  const directive = block.one('resolver')
  if (directive === undefined) return around
  const servers = directive.args.filter(({ text }) => !/^(?:valid|ipv6)=/.test(text))
  const valid = directive.args.map(({ text }) => /^valid=(.+)$/.exec(text)?.[1]).find((text) => text !== undefined)
  const validMs = valid === undefined ? null : parseTimeMs(valid, true)
  return new Resolver({
    text: servers.map(({ text }) => text).join(' '),
    servers: servers.flatMap((word) => addressesOf(word, scope)),
    validS: validMs === null ? null : validMs / 1000,
    ipv6: !directive.args.some(({ text }) => text === 'ipv6=off'),
  })
}

/** A name server's own name is looked up when the file is loaded. */
function addressesOf(word: Word, scope: CompileScope): NameServerAddress[] {
  const parsed = parseUpstreamUrl(word.text)
  const url = 'error' in parsed || isUnixAddress(parsed.address) ? null : parsed
  const addresses = url === null ? [] : url.address !== null ? [url.address] : scope.world.resolve(url.host)
  if (addresses.length === 0) scope.hostNotFound(word.span, `resolver "${word.text}"`)
  return addresses.map((address) => ({ address, port: Number(url?.port ?? DNS_PORT) }))
}
