import { matchRoute } from '../match-route.ts'
import type { PatternSegment } from '../path-pattern.ts'
import type { CompiledRoute, RouteTable } from '../route-table.ts'
import type { AuthConfig } from './auth-config.ts'
import type { Problems } from './problem.ts'

/**
 * Reports public paths that let in a route with scopes by its rewritten form: their author had the route's `path` in
 * mind, and would not know that its scopes are asked for there alone.
 */
export function reportOpenForms(table: RouteTable, auth: AuthConfig, problems: Problems): void {
  for (const publicPath of auth.publicPaths.leaves()) {
    const open = table.routes.find((compiled) => isOpen(table, compiled, publicPath.segments))
    if (open === undefined) continue
    const { path, rewrite } = open.route
    problems.add('E_GATEWAY_AUTH', publicPath.value, {
      problem: `this public path lets in "${path}" without its scopes, by its rewritten form "${rewrite}"`,
      hint: 'Make the public path narrower, or give the route another "rewrite".',
    })
  }
}

/**
 * Whether a path exists that is public, that no route's path takes, and that has this scoped route's rewritten form. A public
 * path that takes the route's own paths too says openly what it opens.
 */
function isOpen(table: RouteTable, compiled: CompiledRoute, publicPath: readonly PatternSegment[]): boolean {
  const { route, pattern, rewritten } = compiled
  if (rewritten === null || route.scopes === undefined) return false
  if (common(pattern.segments, publicPath) !== null) return false
  const [first] = rewritten
  const hasApi = first?.kind === 'literal' && first.key === 'api'
  const example = common(hasApi ? rewritten.slice(1) : rewritten, publicPath)
  if (example === null) return false
  const match = matchRoute(table, `${hasApi ? '/api' : ''}/${example.join('/')}`)
  return match?.carriedBy === 'rewritten form' && match.route === route
}

/** No route would name a segment so. */
const ANY = '~'

/** The segments of a path that both patterns take; null where there is none. */
function common(one: readonly PatternSegment[], other: readonly PatternSegment[]): string[] | null {
  const [a, ...restOfOne] = one
  const [b, ...restOfOther] = other
  if (a?.kind === 'rest') return other.flatMap(exampleOf)
  if (b?.kind === 'rest') return one.flatMap(exampleOf)
  if (a === undefined || b === undefined) return a === b ? [] : null
  if (a.kind === 'literal' && b.kind === 'literal' && a.key !== b.key) return null
  const rest = common(restOfOne, restOfOther)
  return rest && [...exampleOf(a.kind === 'literal' ? a : b), ...rest]
}

function exampleOf(segment: PatternSegment): string[] {
  return [segment.kind === 'literal' ? segment.key.replaceAll('%', '%25').replaceAll('/', '%2F') : ANY]
}
