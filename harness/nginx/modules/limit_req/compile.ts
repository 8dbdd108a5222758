import type { Rule } from '../../../trace/trace.ts'
import { ModuleSettings } from '../../core/module.ts'
import { type CompileScope, ruleOf } from '../../core/scope.ts'
import { Slot } from '../../core/slot.ts'
import type { Template } from '../../core/variables/template.ts'
import type { KeptByNginx } from '../../site.ts'
import type { Block } from '../../syntax/block.ts'
import { parseNumber } from '../../syntax/values.ts'

/** A `limit_req_zone`, with what has become of its keys so far. */
export interface LimitZone {
  readonly key: Template
  /** Thousandths of a request that are let through in a second. */
  readonly milliPerSecond: number
  /** For each key the thousandths of requests above the rate, and when the last one came. */
  readonly seen: Map<string, { excess: number; lastMs: number }>
}

/** One `limit_req`. */
export interface LimitReq {
  readonly rule: Rule
  /** Null where the site does not define it. */
  readonly zone: LimitZone | null
  readonly burst: number
  /** As many above the rate are let through at once; the others wait. */
  readonly delay: number
}

/** What `limit_req` and its kin say of a block. */
interface LimitReqSettings {
  /** Null where no line limits. */
  readonly limits: readonly LimitReq[] | null
  readonly status: number
  readonly dryRun: boolean
}

/** The counts of a zone, and the key that they are by. */
interface Counts {
  readonly key: string
  readonly seen: LimitZone['seen']
}

/** What zones have counted, by name and size: a reload leaves it as it is (ngx_init_cycle, ngx_http_limit_req_init_zone). */
const countsOf = new Slot<KeptByNginx, Map<string, Counts> | null>(null)

const zonesOf = new Slot<CompileScope, ReadonlyMap<string, LimitZone>>(new Map())

export const limitReq = new ModuleSettings<LimitReqSettings>(
  { limits: null, status: 503, dryRun: false },
  (block, around, scope) => ({
    limits: compileLimitReqs(block, scope) ?? around.limits,
    status: parseNumber(block.word('limit_req_status')?.text ?? '') ?? around.status,
    dryRun: block.flag('limit_req_dry_run', around.dryRun),
  }),
)

/** Every `limit_req_zone KEY zone=NAME:SIZE rate=Nr/s` of the site, by its name (ngx_http_limit_req_zone). */
export function defineZones(http: Block, scope: CompileScope): void {
  const zones = new Map<string, LimitZone>()
  for (const { args, span } of http.all('limit_req_zone')) {
    const [key] = args
    const text = args.map((word) => word.text).join(' ')
    const [, name = '', size = ''] = /(?:^| )zone=([^: ]+):(\S*)/.exec(text) ?? []
    const [, count = '1', unit] = /(?:^| )rate=(\d+)r\/([sm])/.exec(text) ?? []
    if (key === undefined || name === '') continue
    const perSecond = Number(count) / (unit === 'm' ? 60 : 1)
    const counts = countsIn(scope.kept, `${name}:${size}`, key.text)
    if (counts.key !== key.text) {
      scope.error(
        span,
        `limit_req "${name}" uses the "${key.text}" key while previously it used the "${counts.key}" key`,
      )
    }
    zones.set(name, { key: scope.template(key), milliPerSecond: Math.floor(perSecond * 1000), seen: counts.seen })
  }
  zonesOf.keep(scope, zones)
}

function countsIn(kept: KeptByNginx, zone: string, key: string): Counts {
  const all = countsOf.of(kept) ?? new Map<string, Counts>()
  countsOf.keep(kept, all)
  const counts = all.get(zone) ?? { key, seen: new Map() }
  all.set(zone, counts)
  return counts
}

/** The `limit_req` lines of a block; null where it has none. A request is refused where the zone is defined elsewhere. */
function compileLimitReqs(block: Block, scope: CompileScope): readonly LimitReq[] | null {
  const directives = block.all('limit_req')
  if (directives.length === 0) return null
  return directives.map((directive) => {
    const texts = directive.args.map(({ text }) => text)
    const zone = texts.find((text) => text.startsWith('zone='))?.slice('zone='.length) ?? ''
    const burst = texts.find((text) => text.startsWith('burst='))?.slice('burst='.length) ?? '0'
    const known = zonesOf.of(scope).get(zone) ?? null
    if (known === null) scope.definedElsewhere(directive.span, `zero size shared memory zone "${zone}"`)
    const delay = texts.find((text) => text.startsWith('delay='))?.slice('delay='.length) ?? '0'
    return {
      rule: ruleOf(directive),
      zone: known,
      burst: parseNumber(burst) ?? 0,
      delay: texts.includes('nodelay') ? Number.POSITIVE_INFINITY : (parseNumber(delay) ?? 0),
    }
  })
}
