import { type PathPattern, type PatternSegment, parsePattern } from './path-pattern.ts'
import { PathTrie } from './path-trie.ts'
import type { Place } from './place.ts'
import { parseRewrite, type RewritePart, rewrittenForm } from './rewrite-path.ts'

/** A rule of routes.yaml: which paths it takes, and where and as what they are sent. */
export interface Route {
  /** The pattern: literals, `{name}` for one segment, `*` for the rest. */
  readonly path: string
  readonly target: Target
  /** The path it sends, with `$1…$n`, `{name}` and `{path}` for what the pattern captured. */
  readonly rewrite: string
  /** How long its backend may stay silent, in ms; middleware.yaml's read timeout where it is left out. */
  readonly timeoutMs?: number
  /** What the caller must be allowed to do, all of it; anybody who is authenticated where it is left out. */
  readonly scopes?: readonly string[]
  /** Where the pattern is written. */
  readonly place: Place
  readonly places: RoutePlaces
}

/** Where the other keys of a route are written. */
export interface RoutePlaces {
  readonly target: Place
  readonly rewrite: Place
  /** Null where the route has none. */
  readonly timeout: Place | null
  /** Each scope of the list, in order. */
  readonly scopes: readonly Place[]
}

/** A backend Service as routes.yaml names it. */
export interface Target {
  readonly host: string
  readonly port: number
}

/** A route, read: made once when the config is, used for every request. */
export interface CompiledRoute {
  readonly route: Route
  /** The route as the access log tells it. */
  readonly logged: Pick<Route, 'path' | 'place'>
  readonly pattern: PathPattern
  readonly rewrite: readonly RewritePart[]
  /** The pattern of what it sends; null where a path does not tell that it is rewritten already. */
  readonly rewritten: readonly PatternSegment[] | null
}

/** Routes, ready to be matched. */
export interface RouteTable {
  readonly routes: readonly CompiledRoute[]
  readonly byPath: PathTrie<CompiledRoute>
  /** The routes by what they send: for a path that is rewritten already. */
  readonly byRewrittenPath: PathTrie<CompiledRoute>
}

/**
 * Compiles routes that were found valid (`parseGatewayConfig` does that). Of two patterns that take the same paths the
 * first in the file stays.
 * @throws {TypeError} a pattern or a rewrite that is none
 */
export function buildRouteTable(routes: readonly Route[]): RouteTable {
  const compiled = routes.map(compileRoute)
  const byPath = new PathTrie<CompiledRoute>()
  const byRewrittenPath = new PathTrie<CompiledRoute>()
  for (const each of compiled) {
    byPath.add(each.pattern.segments, each)
    if (each.rewritten !== null) byRewrittenPath.add(each.rewritten, each)
  }
  return { routes: compiled, byPath, byRewrittenPath }
}

function compileRoute(route: Route): CompiledRoute {
  const pattern = parsePattern(route.path)
  if ('problem' in pattern) throw new TypeError(pattern.problem)
  const rewrite = parseRewrite(route.rewrite, pattern)
  if ('problem' in rewrite) throw new TypeError(rewrite.problem)
  const logged = { path: route.path, place: route.place }
  return { route, logged, pattern, rewrite, rewritten: rewrittenForm(rewrite, pattern) }
}
