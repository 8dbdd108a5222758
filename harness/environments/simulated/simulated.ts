import type { VersionRules } from '../../nginx/versions.ts'
import { siteGaps } from '../check-chain.ts'
import { type Environment, refuseGaps } from '../environment.ts'
import { gatewayGaps } from '../gateway-program.ts'
import { versionGaps, withDefaultNginx, withNginx } from '../nginx-version.ts'
import { SimulatedWorld } from './simulated-world.ts'

/** As `simulated`, with an nginx of which these rules hold, whatever a chain names. */
export function simulatedBy(rules: VersionRules): Environment {
  return {
    ...simulated,
    start: async (chain, { seed }) => {
      const named = withNginx(chain, rules.version)
      refuseGaps(gatewayGaps(named, null))
      return new SimulatedWorld(named, seed, rules)
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

/** The default environment: needs Node.js only, costs under a millisecond an exchange, and its time is virtual. */
export const simulated: Environment = {
  name: 'simulated',
  gaps: (chain) => [...gatewayGaps(chain, null), ...siteGaps(chain)],
  start: async (chain, { seed, nginxVersion }) => {
    const named = withDefaultNginx(chain, nginxVersion ?? null)
    refuseGaps([...gatewayGaps(named, null), ...versionGaps(named)])
    return new SimulatedWorld(named, seed)
  },
  nginxVersion: () => null,
  [Symbol.asyncDispose]: async () => {},
}
