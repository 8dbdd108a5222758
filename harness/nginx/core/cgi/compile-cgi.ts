import type { CgiProtocol } from '../../../chain/message.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { wireText } from '../../syntax/wire.ts'
import { ModuleSettings } from '../module.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import { compileUpstreamSettings, defaultUpstreamSettings, headerRulesOf } from '../upstreams/compile-upstream.ts'
import { UpstreamLines } from '../upstreams/upstream-lines.ts'
import type { CgiParam, CgiSettings } from './cgi-settings.ts'
import { toldParams } from './told-params.ts'

/** The settings of one protocol, as blocks inherit them (ngx_http_fastcgi_merge_loc_conf). */
export function cgiSettings(protocol: CgiProtocol): ModuleSettings<CgiSettings> {
  const otherwise: CgiSettings = {
    ...defaultUpstreamSettings(protocol),
    params: [],
    told: { lines: [], replaced: new Set() },
    toldForCache: null,
  }
  return new ModuleSettings(otherwise, (block, around, scope) => {
    const lines = new UpstreamLines(block, protocol)
    return lines.areThere ? compile(lines, around, scope) : around
  })
}

function compile(lines: UpstreamLines, around: CgiSettings, scope: CompileScope): CgiSettings {
  const shared = compileUpstreamSettings(lines, around, scope)
  const { on, key } = shared.cache
  const cache = lines.one('cache')
  if (cache !== undefined && on !== null && key === null) {
    scope.warn(cache.span, `no "${lines.prefix}_cache_key" for "${lines.prefix}_cache"`)
  }
  const directives = lines.all('param')
  // One line in a block is enough to inherit none of the block around it (ngx_http_upstream_param_set_slot).
  const params = directives.length === 0 ? around.params : directives.flatMap((line) => compileParam(line, scope))
  return {
    ...shared,
    headerRules: headerRulesOf(directives, around.headerRules),
    params,
    told: toldParams(params, false, scope),
    toldForCache: on === null ? null : toldParams(params, true, scope),
  }
}

function compileParam(directive: Directive, scope: CompileScope): CgiParam[] {
  const [name, value, condition] = directive.args
  if (name === undefined || value === undefined) return []
  if (condition !== undefined && condition.text !== 'if_not_empty') {
    scope.error(condition.span, `invalid parameter "${condition.text}"`)
    return []
  }
  const skipsEmpty = condition !== undefined
  return [{ name: wireText(name.text), value: scope.template(value), skipsEmpty, rule: ruleOf(directive) }]
}
