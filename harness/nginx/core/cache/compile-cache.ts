import type { UpstreamPrefix } from '../../../chain/message.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import { wireText } from '../../syntax/wire.ts'
import { type CompileScope, ruleOf } from '../scope.ts'
import { Slot } from '../slot.ts'
import type { CacheChoice, CacheSettings, CacheValid } from './cache-settings.ts'
import type { CacheZone } from './cache-zone.ts'
import { compileCachePaths } from './compile-cache-path.ts'

const zonesOf = new Slot<CompileScope, ReadonlyMap<UpstreamPrefix, ReadonlyMap<string, CacheZone>>>(new Map())

/** Takes the `proxy_cache_path` lines of `http { }`. */
export function defineCaches(prefix: UpstreamPrefix, http: Block, scope: CompileScope): void {
  const zones = compileCachePaths(http.all(`${prefix}_cache_path`), scope)
  zonesOf.keep(scope, new Map([...zonesOf.of(scope), [prefix, zones]]))
}

/** What the lines of a block say of caching (ngx_http_proxy_merge_loc_conf). */
export function compileCache(
  prefix: UpstreamPrefix,
  block: Block,
  around: CacheSettings,
  scope: CompileScope,
): CacheSettings {
  const named = (what: string) => `${prefix}_cache_${what}`
  const methods = block.all(named('methods')).flatMap(({ args }) => args.map(({ text }) => text))
  const useStale = block.one(named('use_stale'))
  const background = block.one(named('background_update'))
  const lock = block.one(named('lock'))
  const ignore = block.one(`${prefix}_ignore_headers`)
  const timeMs = (what: string, otherwise: number) =>
    parseTimeMs(block.word(named(what))?.text ?? '', false) ?? otherwise
  const onOff = (directive: Directive, name: string) => (block.flag(name, false) ? ruleOf(directive) : null)
  return {
    on: compileChoice(prefix, block, around.on, scope),
    key: valuesOf(block, named('key'), scope)?.at(-1) ?? around.key,
    valid: compileValid(block.all(named('valid'))) ?? around.valid,
    methods: methods.length === 0 ? around.methods : new Set(['GET', 'HEAD', ...methods]),
    minUses: parseNumber(block.word(named('min_uses'))?.text ?? '') ?? around.minUses,
    bypass: valuesOf(block, named('bypass'), scope) ?? around.bypass,
    noCache: valuesOf(block, `${prefix}_no_cache`, scope) ?? around.noCache,
    useStale:
      useStale === undefined ? around.useStale : { rule: ruleOf(useStale), cases: casesOf(block, named('use_stale')) },
    revalidate: block.flag(named('revalidate'), around.revalidate),
    convertHead: block.flag(named('convert_head'), around.convertHead),
    backgroundUpdate:
      background === undefined ? around.backgroundUpdate : onOff(background, named('background_update')),
    lock: {
      rule: lock === undefined ? around.lock.rule : onOff(lock, named('lock')),
      timeoutMs: timeMs('lock_timeout', around.lock.timeoutMs),
      ageMs: timeMs('lock_age', around.lock.ageMs),
    },
    maxRangeOffset: compileRangeOffset(block, named('max_range_offset')) ?? around.maxRangeOffset,
    ignoreRule: ignore === undefined ? around.ignoreRule : ruleOf(ignore),
  }
}

/** ngx_http_proxy_cache: `off`, the name of a cache, or a value that gives one. */
function compileChoice(
  prefix: UpstreamPrefix,
  block: Block,
  around: CacheChoice | null,
  scope: CompileScope,
): CacheChoice | null {
  const directive = block.one(`${prefix}_cache`)
  const [word] = directive?.args ?? []
  if (directive === undefined || word === undefined) return around
  const name = wireText(word.text)
  if (name === 'off') return null
  const zones = zonesOf.of(scope).get(prefix) ?? new Map<string, CacheZone>()
  const rule = ruleOf(directive)
  if (name.includes('$')) return { rule, zone: scope.template(word), zones }
  const zone = zones.get(name)
  if (zone === undefined) scope.definedElsewhere(directive.span, `"${prefix}_cache" zone "${name}" is unknown`)
  return { rule, zone: zone ?? 'elsewhere', zones }
}

/** ngx_http_file_cache_valid_set_slot */
function compileValid(directives: readonly Directive[]): readonly CacheValid[] | null {
  if (directives.length === 0) return null
  return directives.flatMap((directive) => {
    const words = directive.args.map(({ text }) => text)
    const validS = (parseTimeMs(words.pop() ?? '', true) ?? 0) / 1000
    const statuses = words.length === 0 ? ['200', '301', '302'] : words
    const rule = ruleOf(directive)
    return statuses.map((status) => ({ rule, validS, status: status === 'any' ? null : Number(status) }))
  })
}

function valuesOf(block: Block, name: string, scope: CompileScope): CacheSettings['bypass'] | null {
  const directives = block.all(name)
  if (directives.length === 0) return null
  return directives.flatMap((directive) =>
    directive.args.map((word) => ({ rule: ruleOf(directive), value: scope.template(word) })),
  )
}

/** With `off` there are none; a peer that nobody tries counts as `error`. */
function casesOf(block: Block, name: string): ReadonlySet<string> {
  const words = new Set(block.all(name).flatMap(({ args }) => args.map(({ text }) => text)))
  return words.has('off') ? new Set() : words
}

function compileRangeOffset(block: Block, name: string): CacheSettings['maxRangeOffset'] {
  const directive = block.one(name)
  const bytes = parseSizeBytes(directive?.args[0]?.text ?? '', true)
  return directive === undefined || bytes === null ? null : { bytes, rule: ruleOf(directive) }
}
