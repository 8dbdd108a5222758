import type { Chain, Host } from '../chain/chain.ts'
import {
  DEFAULT_VERSION,
  nearestRelease,
  releaseOf,
  rulesBetween,
  rulesOf,
  type VersionRules,
  whyNotCovered,
} from '../nginx/versions.ts'
import type { Gap } from './environment.ts'

/** What holds in the nginx of a host; that of the nearest version that is known, where its own is not. */
export function rulesOn({ nginx }: Host): VersionRules {
  return rulesOf(nginx === null ? DEFAULT_VERSION : nearestRelease(nginx.version))
}

/** A chain whose host has this version of nginx, where it names none itself. */
export function withDefaultNginx(chain: Chain, version: string | null): Chain {
  return version === null || chain.host.nginx !== null ? chain : withNginx(chain, version)
}

/** A chain whose host has this version of nginx, whatever it names. */
export function withNginx(chain: Chain, version: string): Chain {
  return { ...chain, host: { ...chain.host, nginx: { version, span: chain.host.nginx?.span ?? null } } }
}

/** What keeps a model of nginx from being the chain's: a version that it does not cover. */
export function versionGaps({ host: { nginx } }: Chain): readonly Gap[] {
  if (nginx === null || releaseOf(nginx.version) !== null) return []
  return [{ what: `nginx ${nginx.version}`, span: nginx.span, because: whyNotCovered(nginx.version) }]
}

/**
 * What keeps a real nginx from being the one that a chain names: another version, by which requests may go otherwise.
 * @param versionAtHand that of the nginx at hand; null where nobody knows it yet
 */
export function otherVersionGaps({ host: { nginx } }: Chain, versionAtHand: () => string | null): readonly Gap[] {
  const version = nginx === null ? null : versionAtHand()
  if (nginx === null || version === null || areAlike(nginx.version, version)) return []
  const because = `versions differ: the chain names nginx ${nginx.version}, and here is ${version}`
  return [{ what: `nginx ${nginx.version}`, span: nginx.span, because }]
}

/** Whether the table knows both and no rule lies between them, or both are the same. */
function areAlike(named: string, version: string): boolean {
  if (version === named || version.startsWith(`${named}.`)) return true
  const [one, other] = [releaseOf(named), releaseOf(version)]
  return one !== null && other !== null && rulesBetween(rulesOf(one), rulesOf(other)).length === 0
}
