import type { CompileScope } from '../../core/scope.ts'
import { Slot } from '../../core/slot.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive } from '../../syntax/syntax.ts'

const zones = new Slot<CompileScope, ReadonlySet<string>>(new Set())

/** The zones that `proxy_cache_path PATH keys_zone=NAME:SIZE` defines. */
export function defineCacheZones(http: Block, scope: CompileScope): void {
  const words = http.all('proxy_cache_path').flatMap(({ args }) => args.map(({ text }) => text))
  zones.keep(scope, new Set(words.flatMap((text) => /^keys_zone=([^:]+):/.exec(text)?.[1] ?? [])))
}

/** A cache that no line of the site defines. */
export function checkCache({ args: [zone], span }: Directive, scope: CompileScope): void {
  if (zone === undefined || zone.text === 'off' || zone.text.includes('$') || zones.of(scope).has(zone.text)) return
  scope.definedElsewhere(span, `"proxy_cache" zone "${zone.text}" is unknown`)
}
