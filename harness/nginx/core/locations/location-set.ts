import type { CompileScope } from '../scope.ts'
import type { Location, LocationSet } from '../site-config.ts'
import { RadixTree } from './radix-tree.ts'

/** Sorts the locations of one level for lookup (ngx_http_init_locations, ngx_http_init_static_location_trees). */
export function locationSet(all: readonly Location[], scope: CompileScope): LocationSet {
  const exact = new Map<string, Location>()
  const plain = new Map<string, Location>()
  const prefixes = new RadixTree<Location>()
  const redirects = new Map<string, Location>()
  for (const location of all) {
    const { modifier, name } = location
    if (location.regex !== null) continue
    const table = modifier === '=' ? exact : plain
    if (table.has(name)) scope.error(location.rule.span ?? NOWHERE, `duplicate location "${name}"`)
    table.set(name, location)
    if (modifier !== '=') prefixes.set(name, location)
  }
  for (const { name, pass, refusedHandler } of [...plain.values(), ...exact.values()]) {
    const sendsOn = (pass !== null && pass.protocol !== 'own') || /^\w+_pass /.test(refusedHandler?.rule.text ?? '')
    if (!sendsOn || !name.endsWith('/')) continue
    const answers = exact.get(name) ?? plain.get(name)
    if (answers !== undefined) redirects.set(name.slice(0, -1), answers)
  }
  return { all, exact, prefixes, redirects, regexes: all.filter(({ regex }) => regex !== null) }
}

const NOWHERE = { file: '', line: 0, column: 0, length: 0 }
