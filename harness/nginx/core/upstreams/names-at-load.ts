import type { Directive, Word } from '../../syntax/syntax.ts'
import type { CompileScope } from '../scope.ts'
import { parseUpstreamUrl } from './parse-upstream-url.ts'

/** Directives whose requests are not modelled, while their names are looked up all the same; with the scheme that may stand before. */
const UPSTREAMS: ReadonlyMap<string, RegExp> = new Map([
  ['proxy_pass', /^https:\/\//i],
  ['grpc_pass', /^(?:grpcs?:\/\/)?/i],
  ['memcached_pass', /^/],
])

/** Looks up the names of these directives, as nginx does when it loads its file: one that it does not find stops its start. */
export function checkNamesAtLoad(directives: readonly Directive[], scope: CompileScope): void {
  for (const { name, args, block } of directives) {
    const scheme = UPSTREAMS.get(name.text)
    if (scheme !== undefined && args[0] !== undefined) checkUpstream(args[0], scheme, scope)
    if (name.text === 'access_log' || name.text === 'error_log') for (const word of args) checkSyslog(word, scope)
    if (block !== null) checkNamesAtLoad(block, scope)
  }
}

/** A value with variables is looked up for each request. */
function checkUpstream(word: Word, scheme: RegExp, scope: CompileScope): void {
  if (!scheme.test(word.text) || word.text.includes('$')) return
  const parsed = parseUpstreamUrl(word.text.replace(scheme, ''))
  if ('error' in parsed || scope.upstreams.block(parsed.host) !== null) return
  if (!isFound(parsed, scope)) scope.hostNotFound(word.span, `upstream "${parsed.host}"`)
}

/** `syslog:server=ADDRESS[:PORT],…` (ngx_syslog_parse_args) */
function checkSyslog(word: Word, scope: CompileScope): void {
  const server = /^syslog:(?:.*,)?server=([^,]*)/.exec(word.text)?.[1]
  if (server === undefined) return
  const parsed = parseUpstreamUrl(server)
  if ('error' in parsed || isFound(parsed, scope)) return
  scope.hostNotFound(word.span, `syslog server "${server}"`)
}

function isFound({ host, address }: { host: string; address: string | null }, scope: CompileScope): boolean {
  return address !== null || scope.world.resolve(host).length > 0
}
