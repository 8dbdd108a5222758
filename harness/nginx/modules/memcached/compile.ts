import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { MemcachedPass, Modifier } from '../../core/site-config.ts'
import { compileUpstreamSettings, defaultUpstreamSettings } from '../../core/upstreams/compile-upstream.ts'
import { parseUpstreamUrl } from '../../core/upstreams/parse-upstream-url.ts'
import { groupAtLoad } from '../../core/upstreams/upstream-group.ts'
import { UpstreamLines } from '../../core/upstreams/upstream-lines.ts'
import type { UpstreamSettings } from '../../core/upstreams/upstream-settings.ts'
import type { Block } from '../../syntax/block.ts'
import { wireText } from '../../syntax/wire.ts'

/** What the conditions of memcached_next_upstream are to other modules (NGX_HTTP_UPSTREAM_FT_HTTP_404 and so on). */
const CONDITIONS: Readonly<Record<string, string>> = { invalid_response: 'invalid_header', not_found: 'http_404' }

export const memcached = new ModuleSettings<UpstreamSettings>(
  defaultUpstreamSettings('memcached'),
  (block, around, scope) => {
    const lines = new UpstreamLines(block, 'memcached')
    if (!lines.areThere) return around
    const settings = compileUpstreamSettings(lines, around, scope)
    const nextUpstream = new Set([...settings.nextUpstream].map((word) => CONDITIONS[word] ?? word))
    return { ...settings, nextUpstream }
  },
)

/** Compiles `memcached_pass` (ngx_http_memcached_pass); undefined where there is none, null where it is wrong. */
export function memcachedPassIn(
  block: Block,
  _name: string,
  _modifier: Modifier,
  scope: CompileScope,
): MemcachedPass | null | undefined {
  const directive = block.one('memcached_pass')
  const [word] = directive?.args ?? []
  if (directive === undefined || word === undefined) return undefined
  // It takes no variables: what looks like one is a part of the name.
  const rest = wireText(word.text)
  const parsed = parseUpstreamUrl(rest)
  if ('error' in parsed) {
    scope.error(word.span, `${parsed.error} in upstream "${rest}"`)
    return null
  }
  const group = groupAtLoad(parsed, null, directive, scope)
  const keySlot = scope.variables.use('memcached_key', directive.span)
  return group === null ? null : { protocol: 'memcached', rule: ruleOf(directive), group, keySlot }
}
