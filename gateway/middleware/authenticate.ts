import type { IncomingHttpHeaders } from 'node:http'
import { findApiKey } from '../auth/api-key.ts'
import { verifyToken } from '../auth/jwt.ts'
import type { Principal } from '../auth/principal.ts'
import type { Clock } from '../clock.ts'
import type { AuthConfig } from '../config.ts'
import { GatewayError } from '../errors.ts'
import { wholePath, withoutApi } from '../path-segments.ts'
import type { Place } from '../place.ts'
import type { GatewayMiddleware } from '../state.ts'

/** Lets in the clients that auth.yaml lets in: 401 for who they are, 403 for what they may do. Public paths ask nobody. */
export function authenticate(auth: AuthConfig, clock: Clock): GatewayMiddleware {
  return async (ctx, next) => {
    const { target, match, access } = ctx.state
    const publicPath = auth.publicPaths.find(withoutApi(wholePath(target.path)).keys)
    access.publicBy = publicPath?.value ?? null
    if (publicPath !== null) return next()
    const principal = await identify(auth, ctx.req.headers, clock.now())
    const { scopes = [], places, path } = match.route
    const missing = scopes.findIndex((scope) => !principal.scopes.includes(scope))
    if (missing !== -1) {
      const why = `${principal.kind} "${principal.name}" lacks the scope "${scopes[missing]}" of ${path}`
      throw new GatewayError(403, why, { kind: 'scopes', place: places.scopes[missing] ?? null })
    }
    ctx.state.principal = principal
    return next()
  }
}

/** An API key decides where there is one; a token is looked at where there is none. */
async function identify(
  { apiKeys, jwt, places }: AuthConfig,
  headers: IncomingHttpHeaders,
  nowMs: number,
): Promise<Principal> {
  const challenge = jwt === null ? 'APIKey' : 'Bearer'
  const key = headers['x-api-key']
  if (typeof key === 'string') {
    const principal = findApiKey(apiKeys, key)
    if (principal === null) throw unauthenticated('nobody has this API key', places.apiKeys, challenge)
    return principal
  }
  const token = /^Bearer +([^ ]+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (token === undefined || jwt === null)
    throw unauthenticated('the request has no credentials', places.publicPaths, challenge)
  const result = await verifyToken(jwt, token, nowMs)
  if ('why' in result) throw unauthenticated(result.why, jwt.places[result.at], 'Bearer error="invalid_token"')
  return result
}

/** Every 401 says how to do better (RFC 9110 section 11.6.1; the parameters of Bearer are in RFC 6750 section 3). */
function unauthenticated(why: string, place: Place, challenge: string): GatewayError {
  return new GatewayError(401, why, { kind: 'authentication', place }, { 'WWW-Authenticate': challenge })
}
