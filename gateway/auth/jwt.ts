import type { JWTHeaderParameters, JWTPayload } from 'jose'
import type { JwtConfig, JwtPlaces } from '../config/auth-config.ts'
import { isFor } from '../config/jwt-keys.ts'
import type { Principal } from './principal.ts'

/** Why a token is no good, and the key of auth.yaml's `jwt` that it fails. */
export interface RefusedToken {
  readonly why: string
  readonly at: keyof JwtPlaces
}

/** Which key of `jwt` a claim, or an error of jose, belongs to. */
const CHECKED_BY: ReadonlyMap<string, keyof JwtPlaces> = new Map([
  ['iss', 'issuer'],
  ['aud', 'audience'],
  ['ERR_JOSE_ALG_NOT_ALLOWED', 'algorithms'],
  ['ERR_JWKS_NO_MATCHING_KEY', 'keys'],
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'keys'],
])

/**
 * Verifies a token (RFC 7519): signature by a listed algorithm, issuer, audience, and an expiry that is not over.
 * @param nowMs epoch time, in ms
 * @returns who it was issued to, or why it is no good, in words, and which key of `jwt` says so
 */
export async function verifyToken(jwt: JwtConfig, token: string, nowMs: number): Promise<Principal | RefusedToken> {
  // Loaded with the first token: most gateways of a suite see none.
  const { errors, jwtVerify } = await import('jose')
  const { issuer, audience } = jwt
  const algorithms = [...jwt.algorithms]
  const options = { issuer, audience, algorithms, currentDate: new Date(nowMs), requiredClaims: ['exp'] }
  try {
    const keyOf = (header: JWTHeaderParameters) => {
      const key = keyFor(jwt, header)
      if (key === undefined) throw new errors.JWKSNoMatchingKey()
      return key
    }
    const { payload } = await jwtVerify(token, keyOf, options)
    return { kind: 'jwt', name: payload.sub ?? '', scopes: scopesOf(payload) }
  } catch (error) {
    if (error instanceof errors.JWTExpired) return { why: 'token expired', at: 'jwt' }
    if (!(error instanceof errors.JOSEError)) throw error
    const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : null
    return { why: `token refused: ${error.message}`, at: CHECKED_BY.get(claim ?? error.code) ?? 'jwt' }
  }
}

/** The key that a token names by `kid`, or the first for its algorithm where it names none; undefined where none fits. */
function keyFor({ keys }: JwtConfig, { alg, kid }: JWTHeaderParameters) {
  const fitting = keys.filter(({ id, key }) => isFor(key, alg) && (kid === undefined || id === null || id === kid))
  return fitting[0]?.key
}

/** `scope`, separated by spaces (RFC 8693 section 4.2), or a list under `scopes` as FastAPI services write it. */
function scopesOf({ scope, scopes }: JWTPayload): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter((each) => each !== '')
  return Array.isArray(scopes) ? scopes.filter((each) => typeof each === 'string') : []
}
