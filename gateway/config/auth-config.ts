import type { PathPattern } from '../path-pattern.ts'
import { PathTrie } from '../path-trie.ts'
import type { Place } from '../place.ts'
import { AUTH, type JwtShape } from './auth-file.ts'
import type { JwtAlgorithm } from './jwt-algorithms.ts'
import { JWT_SOURCES, type JwtKey, readJwtKeys } from './jwt-keys.ts'
import type { Problems } from './problem.ts'
import { checkShape } from './shape.ts'
import type { YamlFile } from './yaml-file.ts'

/** auth.yaml: who is let in, and where. */
export interface AuthConfig {
  /** The patterns of the paths that ask nobody, with the places where they are written. */
  readonly publicPaths: PathTrie<Place>
  readonly apiKeys: readonly ApiKey[]
  readonly jwt: JwtConfig | null
  /** Where the lists are written; the whole file where one is left out. */
  readonly places: { readonly publicPaths: Place; readonly apiKeys: Place }
}

/** An API key, of which only the SHA-256 is known. */
export interface ApiKey {
  readonly name: string
  readonly sha256: Buffer
  readonly scopes: readonly string[]
}

/** What tokens are checked against. `keys` verify them. */
export interface JwtConfig {
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly JwtAlgorithm[]
  readonly keys: readonly JwtKey[]
  readonly places: JwtPlaces
}

/** Where the keys of `jwt` are written; `keys` is the one of secretEnv, publicKey and jwks that is there. */
export type JwtPlaces = Readonly<Record<'jwt' | 'issuer' | 'audience' | 'algorithms' | 'keys', Place>>

/** Reads auth.yaml; null, and problems, where it is wrong. */
export function readAuth(
  file: YamlFile,
  environment: Readonly<Record<string, string | undefined>>,
  problems: Problems,
): AuthConfig | null {
  const shape = checkShape(AUTH, file, problems)
  if (shape === null) return null
  const { jwt, publicPaths, apiKeys } = shape
  const places = { publicPaths: file.placeOfKey(['publicPaths']), apiKeys: file.placeOfKey(['apiKeys']) }
  const config = { apiKeys, publicPaths: publicPathsOf(publicPaths, file), places }
  if (jwt === undefined) {
    const problem = 'there is neither an API key nor "jwt": nobody could be let in'
    if (apiKeys.length === 0) problems.add('E_GATEWAY_AUTH', file.placeOf([]), { problem })
    return { ...config, jwt: null }
  }
  const found = readJwtKeys(jwt, environment)
  if ('problem' in found) {
    problems.add('E_GATEWAY_AUTH', file.placeOf(['jwt', ...found.at]), found)
    return null
  }
  const { issuer, audience, algorithms } = jwt
  return { ...config, jwt: { issuer, audience, algorithms, keys: found.keys, places: jwtPlaces(jwt, file) } }
}

function publicPathsOf(patterns: readonly PathPattern[], file: YamlFile): PathTrie<Place> {
  const trie = new PathTrie<Place>()
  for (const [at, { segments }] of patterns.entries()) trie.add(segments, file.placeOf(['publicPaths', at]))
  return trie
}

function jwtPlaces(jwt: JwtShape, file: YamlFile): JwtPlaces {
  const of = (key: string) => file.placeOfKey(['jwt', key])
  const source = JWT_SOURCES.find((each) => jwt[each] !== undefined) ?? 'jwt'
  return {
    jwt: file.placeOfKey(['jwt']),
    issuer: of('issuer'),
    audience: of('audience'),
    algorithms: of('algorithms'),
    keys: of(source),
  }
}
