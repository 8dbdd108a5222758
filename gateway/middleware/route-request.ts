import { GatewayError } from '../errors.ts'
import { matchRoute, type RouteMatch } from '../match-route.ts'
import { wholePath } from '../path-segments.ts'
import { rewritePath } from '../rewrite-path.ts'
import type { RouteTable } from '../route-table.ts'
import type { GatewayMiddleware } from '../state.ts'

/** Chooses the route, and with it the target that is sent: 404 where there is none. */
export function routeRequest(table: RouteTable): GatewayMiddleware {
  return (ctx, next) => {
    const { target, access } = ctx.state
    const match = matchRoute(table, target.path)
    if (match === null) {
      throw new GatewayError(404, `no route matches ${target.path}`, { kind: 'no-route', place: null })
    }
    ctx.state.match = match
    ctx.state.principal = null
    access.route = match.compiled.logged
    access.carriedBy = match.carriedBy
    access.detail = reasonOf(match, target.path)
    access.sends = sentPath(match, target.path) + target.query
    return next()
  }
}

function sentPath({ carriedBy, compiled, captures }: RouteMatch, path: string): string {
  return carriedBy === 'rewritten form' ? path : rewritePath(compiled.rewrite, captures)
}

function reasonOf({ carriedBy, route }: RouteMatch, path: string): string {
  return carriedBy === 'path'
    ? `${path} matches ${route.path}${withoutApiText(path)} and is rewritten to ${route.rewrite}`
    : `${path} has the form ${route.rewrite} already and goes through unchanged`
}

/** That one leading `/api` is not part of the match is our reading too (decision 0015), so it is said. */
function withoutApiText(path: string): string {
  return wholePath(path).keys[0] === 'api' ? ' without its /api' : ''
}
