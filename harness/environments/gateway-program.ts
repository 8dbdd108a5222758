import type { Chain } from '../chain/chain.ts'
import type { Gap } from './environment.ts'

const NEEDS = { command: 'the sandbox', image: 'k3s or cluster' } as const

/**
 * Why an environment cannot run the gateway that a chain names: another one would prove nothing about it.
 * @param runs what the environment can run beside the project's own gateway; null: nothing
 */
export function gatewayGaps({ gateway }: Chain, runs: keyof typeof NEEDS | null): readonly Gap[] {
  const { span } = gateway
  if (runs !== null && gateway[runs] !== null) return []
  if (gateway.command !== null) return [{ what: 'gateway.command', span, because: `it needs ${NEEDS.command}` }]
  if (gateway.image !== null) return [{ what: 'gateway.image', span, because: `it needs ${NEEDS.image}` }]
  return []
}
