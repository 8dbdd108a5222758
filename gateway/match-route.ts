export { type NearMiss, nearMisses } from './near-misses.ts'

import { segmentKey, splitPath } from './path-segments.ts'
import type { CompiledRoute, Leaf, Route, RouteTable } from './route-table.ts'
import { apiSegments, search, withoutApi } from './search-routes.ts'

/** The route of a path, and what its pattern captured there. */
export interface RouteMatch {
  readonly route: Route
  /** `$1…$n`, raw as in the path. */
  readonly captures: readonly string[]
  /** `path`: the pattern took it. `rewritten`: it has the form that the route sends, and goes through unchanged. */
  readonly how: 'path' | 'rewritten'
  readonly compiled: CompiledRoute
}

/**
 * The route that takes a path (raw, without its query). Of several the one with the most literal segments wins, then the
 * first in the file. One leading `/api` is not part of the match. Only where no pattern takes the path, a route whose
 * rewritten form it has already does, and there `/api` counts. Null where nothing matches.
 */
export function matchRoute(table: RouteTable, path: string): RouteMatch | null {
  const raw = splitPath(path)
  const keys = raw.map(segmentKey)
  const skip = apiSegments(keys)
  return (
    asMatch(search(table.byPath, withoutApi(keys, skip)), withoutApi(raw, skip), 'path') ??
    asMatch(search(table.byRewrittenPath, keys), raw, 'rewritten')
  )
}

function asMatch(leaf: Leaf | null, raw: readonly string[], how: RouteMatch['how']): RouteMatch | null {
  if (leaf === null) return null
  return { route: leaf.compiled.route, captures: captured(leaf, raw), how, compiled: leaf.compiled }
}

function captured(leaf: Leaf, raw: readonly string[]): string[] {
  const captures: string[] = []
  for (const [index, segment] of leaf.segments.entries()) {
    if (segment.kind === 'name') captures.push(raw[index] ?? '')
    if (segment.kind === 'rest') captures.push(raw.slice(index).join('/'))
  }
  return captures
}
