import type { Chain } from '../chain/chain.ts'
import type { ClientRequest } from '../chain/client-request.ts'
import { type VersionChange, versionChanges } from '../diagnose/version-changes.ts'
import type { StartOptions } from '../environments/environment.ts'
import { flipped, RULE_NAMES, type RuleName, type VersionRules } from '../nginx/versions.ts'
import type { Trace } from '../trace/trace.ts'
import type { EnvironmentBy } from './upgrade.ts'

/** A rule by which other versions of nginx do something else with a request. */
export interface OtherVersion {
  readonly rule: RuleName
  /** Whether it holds in the version at hand: then older ones do otherwise, else newer ones. */
  readonly holds: boolean
  readonly changes: readonly VersionChange[]
}

/**
 * Where other versions of nginx would do otherwise with one request to a chain that has just started: each rule of the table is
 * tried the other way round.
 * @param trace what the version at hand does
 */
export async function otherVersions(
  chain: Chain,
  request: ClientRequest,
  trace: Trace,
  rules: VersionRules,
  environmentBy: EnvironmentBy,
  options: StartOptions,
): Promise<OtherVersion[]> {
  const found: OtherVersion[] = []
  for (const rule of RULE_NAMES) {
    const changes = await changesBy(rule)
    if (changes.length > 0) found.push({ rule, holds: rules[rule], changes })
  }
  return found

  async function changesBy(rule: RuleName): Promise<readonly VersionChange[]> {
    try {
      await using world = await environmentBy(flipped(rules, rule)).start(chain, options)
      return versionChanges(trace, await world.request(request))
    } catch {
      // Another version may refuse the file, or do what is not modelled: that is no other way to carry this request.
      return []
    }
  }
}
