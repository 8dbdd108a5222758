import type { ClusterOptions } from '../../../environments/cluster/settings.ts'
import type { EnvironmentName } from '../../../environments/environment.ts'
import { clusterOptions, environmentNames } from '../../environments.ts'
import { whyNoPause } from '../../pause.ts'
import { isCi } from '../../terminal.ts'
import type { RunCommandOptions } from './options.ts'

const NOTHING_RECORDED: ReadonlyMap<string, number> = new Map()

/** What a run needs to know beside its options. */
export interface Settings {
  readonly names: readonly EnvironmentName[]
  readonly cluster: ClusterOptions
  readonly durations: ReadonlyMap<string, number>
  readonly seed: number
}

/** What the options mean together, or a sentence that says what is wrong with them. */
export async function settingsOf(options: RunCommandOptions): Promise<Settings | string> {
  const names = environmentNames(options.env)
  if (typeof names === 'string') return names
  const cluster = clusterOptions(names, options)
  if (typeof cluster === 'string') return cluster
  const durations = await durationsOf(options)
  if (typeof durations === 'string') return durations
  if (options.traces && !options.reporter.some((spec) => /^json(=|$)/.test(spec))) {
    return 'Failed to use --traces: it only applies to the JSON report. Add --reporter json=FILE.'
  }
  const refusal = whyNoPause(names, options) ?? whyNoWatch(options)
  return refusal ?? { names, cluster, durations, seed: options.seed ?? randomSeed() }
}

async function durationsOf({ durations }: RunCommandOptions): Promise<ReadonlyMap<string, number> | string> {
  if (durations === undefined) return NOTHING_RECORDED
  const { recordedDurations } = await import('../../recorded-durations.ts')
  return recordedDurations(durations)
}

/** Why a run cannot watch, in a sentence; null where it can, or is not asked to. */
function whyNoWatch({ watch, pauseOnFailure }: RunCommandOptions): string | null {
  if (!watch) return null
  if (isCi()) return 'Failed to use --watch: this is a CI system (CI is set), where nobody saves a file. Leave it out.'
  if (pauseOnFailure)
    return 'Failed to use --watch: a run that waits for Enter sees no files. Leave --pause-on-failure out.'
  return null
}

function randomSeed(): number {
  return Math.floor(Math.random() * 1_000_000)
}
