import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose'
import { isFor } from '../config/jwt-keys.ts'
import type { JwtConfig } from '../config.ts'
import type { Principal } from './principal.ts'

/**
 * Verifies a token (RFC 7519): signature by a listed algorithm, issuer, audience, and an expiry that is not over.
 * @param nowMs epoch time, in ms
 * @returns who it was issued to, or why it is no good, in words
 */
export async function verifyToken(jwt: JwtConfig, token: string, nowMs: number): Promise<Principal | string> {
  const { issuer, audience } = jwt
  const algorithms = [...jwt.algorithms]
  const options = { issuer, audience, algorithms, currentDate: new Date(nowMs), requiredClaims: ['exp'] }
  try {
    const { payload } = await jwtVerify(token, (header: JWTHeaderParameters) => keyFor(jwt, header), options)
    return { kind: 'jwt', name: payload.sub ?? '', scopes: scopesOf(payload) }
  } catch (error) {
    if (error instanceof errors.JWTExpired) return 'token expired'
    if (error instanceof errors.JOSEError) return `token refused: ${error.message}`
    throw error
  }
}

/** The key that a token names by `kid`, or the first for its algorithm where it names none. */
function keyFor({ keys }: JwtConfig, { alg, kid }: JWTHeaderParameters) {
  const fitting = keys.filter(({ id, key }) => isFor(key, alg) && (kid === undefined || id === null || id === kid))
  const [first] = fitting
  if (first === undefined) throw new errors.JWKSNoMatchingKey()
  return first.key
}

/** `scope`, separated by spaces (RFC 8693 section 4.2), or a list under `scopes` as FastAPI services write it. */
function scopesOf({ scope, scopes }: JWTPayload): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter((each) => each !== '')
  return Array.isArray(scopes) ? scopes.filter((each) => typeof each === 'string') : []
}
