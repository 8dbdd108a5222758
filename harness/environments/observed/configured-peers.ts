import type { Pin } from '../../chain/service.ts'
import { findPins, isPass } from '../../nginx/pins.ts'
import type { Directive, SiteFile } from '../../nginx/syntax/syntax.ts'

/** Whereto a location's `proxy_pass`, or its like, leads, as far as the file says it literally. */
export interface ConfiguredPeers {
  /** The name of the host; null for an address, an upstream block, or a variable. */
  readonly host: string | null
  readonly pins: readonly Pin[]
}

/** @param block the directives of the location */
export function configuredPeers(site: SiteFile, block: readonly Directive[]): ConfiguredPeers {
  const pass = block.findLast(({ name }) => isPass(name.text))
  if (pass === undefined) return { host: null, pins: [] }
  const host = /^(?:[a-z]+:\/\/)?([^:/?$]+)(?=[:/?]|$)/i.exec(pass.args[0]?.text ?? '')?.[1] ?? null
  const upstream = site.directives.find(({ name, args }) => name.text === 'upstream' && args[0]?.text === host)
  const pins = findPins({ ...site, directives: [upstream ?? pass] })
  return { host: upstream === undefined && pins.length === 0 ? host : null, pins }
}
