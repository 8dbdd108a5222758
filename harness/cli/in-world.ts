import type { Chain } from '../chain/chain.ts'
import { checkChain } from '../environments/check-chain.ts'
import {
  type Environment,
  EnvironmentError,
  InvalidChainError,
  UnsupportedError,
  type World,
} from '../environments/environment.ts'
import { gapText } from '../environments/gap-text.ts'
import { clusterOptions, environmentNames, loadEnvironments } from './environments.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { watchSignals } from './interrupt.ts'
import { complain, complainOf } from './terminal.ts'
import type { WorldOptions } from './world-options.ts'

/** A chain that runs, in the one environment that a command was told. */
export interface OpenWorld {
  readonly world: World
  readonly environment: Environment
  /** Aborts when a signal asks the command to stop. */
  readonly signal: AbortSignal
}

/**
 * Brings a chain to life in the environment that the options name, and ends it when the action is done. What keeps it from that
 * is told.
 * @returns what the action gives, or the code for what went wrong
 */
export async function inWorld(
  chain: Chain,
  options: WorldOptions,
  act: (open: OpenWorld) => Promise<ExitCode>,
): Promise<ExitCode> {
  const environment = await environmentOf(options)
  if (typeof environment === 'string') {
    complain(environment)
    return EXIT.invalid
  }
  using interrupt = watchSignals()
  const { signal } = interrupt
  try {
    await using kept = environment
    // nginx and the gateway each tell of their own files; the model knows the problems of both at once.
    const problems = kept.name === 'simulated' ? checkChain(chain) : []
    if (problems.length > 0) throw new InvalidChainError(problems)
    await using world = await kept.start(chain, { seed: options.seed, signal })
    const code = await act({ world, environment: kept, signal })
    return interrupt.by === null ? code : EXIT[interrupt.by]
  } catch (error) {
    return interrupt.by === null ? tell(error) : EXIT[interrupt.by]
  }
}

async function environmentOf(options: WorldOptions): Promise<Environment | string> {
  const names = environmentNames(options.env)
  if (typeof names === 'string') return names
  if (names.length > 1) return `Failed to use --env ${options.env}: the command runs in one environment. Name one.`
  const cluster = clusterOptions(names, { ...options, keep: false })
  if (typeof cluster === 'string') return cluster
  const [environment] = await loadEnvironments(names, cluster)
  return environment ?? `Failed to load environment "${options.env}". Name one.`
}

/** Says what an environment could not do. @throws what no environment promises */
function tell(error: unknown): ExitCode {
  if (error instanceof UnsupportedError) {
    for (const gap of error.gaps) complain(gapText(gap))
    return EXIT.failed
  }
  if (error instanceof InvalidChainError) {
    complainOf(error.diagnostics)
    return EXIT.invalid
  }
  if (!(error instanceof EnvironmentError)) throw error
  complain(`${error.message.replace(/\.?$/, '.')} ${error.remedy}`)
  return EXIT.environment
}
