import type { Command } from 'commander'
import { namespaceName, wholeNumber } from './arguments.ts'

/** What a command is told of the environment that it needs one of. */
export interface WorldOptions {
  readonly env: string
  readonly kubeconfig?: string
  readonly namespace?: string
  readonly attach?: boolean
  readonly seed: number
}

/** Adds the options that choose one environment. */
export function addWorldOptions(command: Command): Command {
  return command
    .option('--env <name>', 'the environment: simulated, sandbox, k3s or cluster', 'simulated')
    .option('--kubeconfig <file>', 'cluster: the kubeconfig (default: what kubectl would use)')
    .option('--namespace <name>', 'cluster: the namespace that is made, and removed afterwards', namespaceName)
    .option('--attach', 'cluster: only read the namespace, which is there and stays as it is')
    .option('--seed <number>', 'decides everything left to chance: new ClusterIPs, request ids', wholeNumber, 1)
}
