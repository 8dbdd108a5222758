import { siteGaps } from '../check-chain.ts'
import { type Environment, refuseGaps } from '../environment.ts'
import { gatewayGaps } from '../gateway-program.ts'
import { versionGaps, withDefaultNginx } from '../nginx-version.ts'
import { SimulatedWorld } from './simulated-world.ts'

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
