export { type NearMiss, nearMisses } from './near-misses.ts'

import { wholePath, withoutApi } from './path-segments.ts'
import type { Leaf } from './path-trie.ts'
import type { CompiledRoute, Route, RouteTable } from './route-table.ts'

/**
 * Which rule carries a request. `path`: the route's pattern took it. `rewritten form`: no pattern did, but the path has the
 * form that the route sends, and goes through unchanged. The second is our reading of production's notes, which contradict
 * themselves (docs/decisions/0015): a typo in a route's `path` can hide behind it.
 */
export type CarriedBy = 'path' | 'rewritten form'

/** The route of a path, and what its pattern captured there. */
export interface RouteMatch {
  readonly route: Route
  /** `$1…$n`, raw as in the path. */
  readonly captures: readonly string[]
  readonly carriedBy: CarriedBy
  readonly compiled: CompiledRoute
}

/**
 * The route that takes a path (raw, without its query). Of several the one with the most literal segments wins, then the
 * first in the file. One leading `/api` is not part of the match. Only where no pattern takes the path, a route whose
 * rewritten form it has already does, and there `/api` counts. Null where nothing matches.
 */
export function matchRoute(table: RouteTable, path: string): RouteMatch | null {
  const whole = wholePath(path)
  const matched = withoutApi(whole)
  return (
    asMatch(table.byPath.find(matched.keys), matched.raw, 'path') ??
    asMatch(table.byRewrittenPath.find(whole.keys), whole.raw, 'rewritten form')
  )
}

function asMatch(leaf: Leaf<CompiledRoute> | null, raw: readonly string[], carriedBy: CarriedBy): RouteMatch | null {
  if (leaf === null) return null
  return { route: leaf.value.route, captures: captured(leaf, raw), carriedBy, compiled: leaf.value }
}

function captured(leaf: Leaf<CompiledRoute>, raw: readonly string[]): string[] {
  const captures: string[] = []
  for (const [index, segment] of leaf.segments.entries()) {
    if (segment.kind === 'name') captures.push(raw[index] ?? '')
    if (segment.kind === 'rest') captures.push(raw.slice(index).join('/'))
  }
  return captures
}
