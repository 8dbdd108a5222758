import { type CompileScope, ruleOf } from '../../core/scope.ts'
import type { Block } from '../../syntax/block.ts'
import { parseNumber } from '../../syntax/values.ts'
import type { LimitReq, LimitZone } from './settings.ts'

/** Every `limit_req_zone KEY zone=NAME:SIZE rate=Nr/s` of the site, by its name (ngx_http_limit_req_zone). */
export function compileLimitZones(http: Block, scope: CompileScope): ReadonlyMap<string, LimitZone> {
  const zones = new Map<string, LimitZone>()
  for (const { args } of http.all('limit_req_zone')) {
    const [key] = args
    const text = args.map((word) => word.text).join(' ')
    const [, name = ''] = /(?:^| )zone=([^: ]+):/.exec(text) ?? []
    const [, count = '1', unit] = /(?:^| )rate=(\d+)r\/([sm])/.exec(text) ?? []
    if (key === undefined || name === '') continue
    const perSecond = Number(count) / (unit === 'm' ? 60 : 1)
    zones.set(name, { key: scope.template(key), milliPerSecond: Math.floor(perSecond * 1000), seen: new Map() })
  }
  return zones
}

/** The `limit_req` lines of a block; null where it has none. A request is refused where the zone is defined elsewhere. */
export function compileLimitReqs(block: Block, scope: CompileScope): readonly LimitReq[] | null {
  const directives = block.all('limit_req')
  if (directives.length === 0) return null
  return directives.map((directive) => {
    const texts = directive.args.map(({ text }) => text)
    const zone = texts.find((text) => text.startsWith('zone='))?.slice('zone='.length) ?? ''
    const burst = texts.find((text) => text.startsWith('burst='))?.slice('burst='.length) ?? '0'
    const known = scope.limitZones.get(zone) ?? null
    if (known === null) scope.definedElsewhere(directive.span, `zero size shared memory zone "${zone}"`)
    return { rule: ruleOf(directive), zone: known, burst: parseNumber(burst) ?? 0 }
  })
}

/** The names of every `limit_conn_zone` of the site. */
export function connZoneNames(http: Block): ReadonlySet<string> {
  const words = http.all('limit_conn_zone').flatMap(({ args }) => args.map(({ text }) => text))
  return new Set(words.flatMap((text) => /^zone=([^:]+):/.exec(text)?.[1] ?? []))
}
