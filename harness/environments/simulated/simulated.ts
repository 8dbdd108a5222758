import type { Environment } from '../environment.ts'
import { SimulatedWorld } from './simulated-world.ts'

/** The default environment: needs Node.js only, costs under a millisecond an exchange, and its time is virtual. */
export const simulated: Environment = {
  name: 'simulated',
  start: async (chain, { seed }) => new SimulatedWorld(chain, seed),
  [Symbol.asyncDispose]: async () => {},
}
