import { siteGaps } from '../check-chain.ts'
import { type Environment, refuseGaps } from '../environment.ts'
import { gatewayGaps } from '../gateway-program.ts'
import { SimulatedWorld } from './simulated-world.ts'

/** The default environment: needs Node.js only, costs under a millisecond an exchange, and its time is virtual. */
export const simulated: Environment = {
  name: 'simulated',
  gaps: (chain) => [...gatewayGaps(chain, null), ...siteGaps(chain)],
  start: async (chain, { seed }) => {
    refuseGaps(gatewayGaps(chain, null))
    return new SimulatedWorld(chain, seed)
  },
  [Symbol.asyncDispose]: async () => {},
}
