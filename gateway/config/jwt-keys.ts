import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import type { TextProblem } from '../path-pattern.ts'
import type { JwtShape } from './auth-file.ts'

/** A key that tokens are verified with; `id` is the `kid` that a token names it by, null where it has none. */
export interface JwtKey {
  readonly id: string | null
  readonly key: KeyObject
}

/** Where keys come from, and which algorithms those keys are for. Mixing the two families lets a public key sign. */
export const JWT_SOURCES = ['secretEnv', 'publicKey', 'jwks'] as const

const KEY_TYPES: ReadonlyMap<string, string> = new Map([
  ['HS', 'secret'],
  ['RS', 'rsa'],
  ['PS', 'rsa'],
  ['ES', 'ec'],
  ['Ed', 'ed25519'],
])

/** Keys shorter than the hash are guessed rather than found (RFC 7518 section 3.2), in bytes. */
const MIN_SECRET_BYTES = 32
/** RFC 7518 section 3.3, in bits. */
const MIN_RSA_BITS = 2048

/** The keys of auth.yaml's `jwt`, or what is wrong with them and at which of its members. */
export function readJwtKeys(
  jwt: JwtShape,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly keys: readonly JwtKey[] } | (TextProblem & { readonly at: string[] }) {
  const [source, another] = JWT_SOURCES.filter((each) => jwt[each] !== undefined)
  if (source === undefined || another !== undefined) {
    return {
      at: another === undefined ? [] : [another],
      problem: 'there must be exactly one of secretEnv, publicKey and jwks',
    }
  }
  const keys = jwt.secretEnv !== undefined ? secretOf(jwt.secretEnv, environment) : publicKeysOf(jwt)
  if ('problem' in keys) return { ...keys, at: [source] }
  const unusable = jwt.algorithms.findIndex((algorithm) => !keys.keys.some(({ key }) => isFor(key, algorithm)))
  if (unusable === -1) return keys
  return { at: ['algorithms', String(unusable)], problem: `no key of "${source}" is for ${jwt.algorithms[unusable]}` }
}

function secretOf(name: string, environment: Readonly<Record<string, string | undefined>>) {
  // An own member: every object has a `constructor`.
  const secret = Object.hasOwn(environment, name) ? environment[name] : undefined
  if (secret === undefined) return { problem: `the environment variable ${name} is not set` }
  const key = createSecretKey(secret, 'utf8')
  return (key.symmetricKeySize ?? 0) < MIN_SECRET_BYTES
    ? { problem: `the environment variable ${name} holds fewer than ${MIN_SECRET_BYTES} bytes` }
    : { keys: [{ id: null, key }] }
}

function publicKeysOf({ publicKey, jwks }: JwtShape): { readonly keys: readonly JwtKey[] } | TextProblem {
  const keys: JwtKey[] = []
  const written: (string | JsonWebKey)[] = jwks?.keys ?? (publicKey === undefined ? [] : [publicKey])
  for (const each of written) {
    const key = readPublicKey(each)
    if (key === null)
      return { problem: 'this is no public key', hint: 'Write PEM (SPKI), or JWKs without private or secret keys.' }
    if ((key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS) < MIN_RSA_BITS) {
      return { problem: `this RSA key has fewer than ${MIN_RSA_BITS} bits` }
    }
    const id = typeof each === 'string' ? null : each.kid
    keys.push({ id: typeof id === 'string' ? id : null, key })
  }
  return { keys }
}

/** Node.js derives the public half of a private key: what must not be in a ConfigMap is refused before. */
function readPublicKey(written: string | JsonWebKey): KeyObject | null {
  if (typeof written === 'string' ? written.includes('PRIVATE') : 'd' in written || 'k' in written) return null
  try {
    return typeof written === 'string' ? createPublicKey(written) : createPublicKey({ key: written, format: 'jwk' })
  } catch {
    return null
  }
}

const CURVES: ReadonlyMap<string, string> = new Map([
  ['ES256', 'prime256v1'],
  ['ES384', 'secp384r1'],
  ['ES512', 'secp521r1'],
])

/** Whether a key can verify what an algorithm signed. */
export function isFor(key: KeyObject, algorithm: string): boolean {
  const type = key.type === 'secret' ? 'secret' : key.asymmetricKeyType
  const curve = CURVES.get(algorithm)
  return (
    type === KEY_TYPES.get(algorithm.slice(0, 2)) &&
    (curve === undefined || key.asymmetricKeyDetails?.namedCurve === curve)
  )
}
