import type { ClusterOptions } from '../../../environments/cluster/settings.ts'
import type { Environment, EnvironmentName } from '../../../environments/environment.ts'
import type { FailedRun } from '../../../runner/failed-run.ts'
import { problemOf } from '../../../runner/problem.ts'
import type { RunResult } from '../../../runner/result.ts'
import type { OnceOptions } from '../../../runner/run-once.ts'
import { runScenarios } from '../../../runner/run-scenario.ts'
import { scenariosOfShard } from '../../../runner/shard.ts'
import type { Scenario } from '../../../scenario/scenario.ts'
import { clusterOptions, environmentNames, loadEnvironments, packageProblem } from '../../environments.ts'
import { EvidenceFolder } from '../../evidence-folder.ts'
import { EXIT, type ExitCode, exitCodeOf, highest } from '../../exit-codes.ts'
import { watchSignals } from '../../interrupt.ts'
import { LastFailed } from '../../last-failed.ts'
import { distinct, loadSuite, withVariables } from '../../load-suite.ts'
import { pause, whyNoPause } from '../../pause.ts'
import { openReporters, type Reporters } from '../../reporters.ts'
import { scenarioPaths } from '../../scenario-paths.ts'
import { complain, complainOf } from '../../terminal.ts'
import { choose } from './choose.ts'
import type { RunCommandOptions } from './options.ts'

const NOTHING_RECORDED: ReadonlyMap<string, number> = new Map()

/** Scenarios at a time where an environment really waits: for time-outs, for processes. That costs no processor. */
const WAITING_JOBS = 8

/** `chain run`: load → start → send → judge → report. */
export async function run(given: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
  const names = environmentNames(options.env)
  if (typeof names === 'string') return wrongUse(names)
  const cluster = clusterOptions(names, options)
  if (typeof cluster === 'string') return wrongUse(cluster)
  const durations = await durationsOf(options)
  if (typeof durations === 'string') return wrongUse(durations)
  if (options.traces && !options.reporter.some((spec) => /^json(=|$)/.test(spec))) {
    return wrongUse('Failed to use --traces: it only applies to the JSON report. Add --reporter json=FILE.')
  }
  const noPause = whyNoPause(names, options)
  if (noPause !== null) return wrongUse(noPause)
  const seed = options.seed ?? randomSeed()
  const evidence = EvidenceFolder.open(options.evidence, seed)
  if (typeof evidence === 'string') return wrongUse(evidence)
  const reporters = await openReporters(options.reporter, options.verbose)
  if (typeof reporters === 'string') return wrongUse(reporters)

  using interrupt = watchSignals()
  const paths = scenarioPaths(given)
  interrupt.signal.addEventListener('abort', () => reporters.onHush())
  const { scenarios, invalid: unread, lines } = loadSuite(paths)
  const lastFailed = LastFailed.in(process.cwd())
  if (options.lastFailed && lastFailed.isEmpty) complain('nothing failed when it was last run: everything is run')
  const choice = choose(scenarios, lines, options, lastFailed)
  const wanted = typeof choice === 'string' ? [] : choice
  const sharded = options.shard === undefined ? wanted : scenariosOfShard(wanted, options.shard, durations)
  const { scenarios: chosen, invalid: unset } = withVariables(sharded)
  const invalid = [...unread, ...unset]
  if (invalid.length > 0) complainOf(distinct(invalid.flatMap(({ diagnostics }) => diagnostics)))
  const environments = await openEnvironments(chosen, names, cluster, options, interrupt.signal)
  const runOptions = {
    ...options,
    ...(options.pauseOnFailure ? { jobs: 1 } : {}),
    seed,
    signal: interrupt.signal,
    onFailure: async (failed: FailedRun) => {
      const folder = evidence.save(failed)
      if (options.pauseOnFailure && failed.lookInside.length > 0) {
        reporters.onHush()
        await pause(failed, folder, interrupt.signal)
      }
      return folder
    },
  }
  lastFailed.expect(scenarios, wanted)
  const { result, isDisposed } = await play(chosen, environments ?? [], noting(lastFailed, reporters), runOptions)
  lastFailed.save()
  const { allowUnsupported } = options
  const report = { ...result, ...wholeTime(), invalid, allowUnsupported, interruptedBy: interrupt.by }
  const isReported = reporters.onEnd(report)
  const saved = evidence.end()
  if (saved !== null) complain(saved)
  const isEmpty = wanted.length + unread.length === 0
  if (typeof choice === 'string' && unread.length === 0) complain(nothingToRun(paths, scenarios.length, choice))
  return highest([
    exitCodeOf(report),
    isEmpty ? EXIT.invalid : EXIT.passed,
    environments !== null && isDisposed && isReported && !evidence.isBroken ? EXIT.passed : EXIT.environment,
    interrupt.by === null ? EXIT.passed : EXIT[interrupt.by],
  ])
}

/** The time of the whole command, as the clock on the wall shows it: with what was loaded and ended for the run. */
function wholeTime(): Pick<RunResult, 'startedAt' | 'durationMs'> {
  return { startedAt: new Date(performance.timeOrigin).toISOString(), durationMs: performance.now() }
}

/** The reporters, and beside them the memory of what failed. */
function noting(lastFailed: LastFailed, reporters: Reporters): Reporters {
  return {
    ...reporters,
    onScenario: (result) => {
      lastFailed.onScenario(result)
      reporters.onScenario(result)
    },
    onAgreement: (agreement) => {
      lastFailed.onAgreement(agreement)
      reporters.onAgreement(agreement)
    },
  }
}

/** The environments of a run; null where the cluster that is to be kept does not start, and why has been said. */
async function openEnvironments(
  scenarios: readonly Scenario[],
  names: readonly EnvironmentName[],
  cluster: ClusterOptions,
  { keep }: RunCommandOptions,
  signal: AbortSignal,
): Promise<readonly Environment[] | null> {
  if (keep && names.includes('k3s') && scenarios.length > 0) {
    const missing = packageProblem('k3s')
    if (missing !== null) {
      complain(missing)
      return null
    }
    const { keepCluster } = await import('../env/env.ts')
    if (!(await keepCluster(signal))) return null
  }
  return loadEnvironments(names, cluster)
}

/** Runs the scenarios, and ends in any case what the environments keep warm. */
async function play(
  scenarios: readonly Scenario[],
  environments: readonly Environment[],
  { onStart, onBegin, onDone, onScenario, onAgreement }: Reporters,
  options: Pick<RunCommandOptions, 'bail' | 'traces' | 'verbose' | 'jobs'> & OnceOptions,
): Promise<{ readonly result: RunResult; readonly isDisposed: boolean }> {
  // One process simulates no faster by doing several things at a time.
  const isPatient = environments.some(({ name }) => name !== 'simulated')
  const runOptions = {
    ...options,
    keepTraces: options.traces || options.verbose,
    onBegin,
    onDone,
    jobs: options.jobs ?? (isPatient ? WAITING_JOBS : 1),
  }
  try {
    onStart({ scenarios, environments: environments.map(({ name }) => name) })
    const result = await runScenarios(scenarios, environments, runOptions, onScenario, onAgreement)
    return { result, isDisposed: await disposeAll(environments) }
  } catch (error) {
    await disposeAll(environments)
    throw error
  }
}

/** Ends what environments keep warm. What one of them cannot end it says, and the others are ended all the same. */
async function disposeAll(environments: readonly Environment[]): Promise<boolean> {
  const endings = await Promise.allSettled(environments.map((one) => one[Symbol.asyncDispose]()))
  const failures = endings.flatMap((ending) => (ending.status === 'rejected' ? [problemOf(ending.reason, null)] : []))
  for (const { message, remedy } of failures)
    complain(remedy === null ? message : `${message.replace(/\.?$/, '.')} ${remedy}`)
  return failures.length === 0
}

async function durationsOf({ durations }: RunCommandOptions): Promise<ReadonlyMap<string, number> | string> {
  if (durations === undefined) return NOTHING_RECORDED
  const { recordedDurations } = await import('../../recorded-durations.ts')
  return recordedDurations(durations)
}

function nothingToRun(paths: readonly string[], found: number, why: string): string {
  const where = `"${paths.join(' ')}"`
  if (found === 0)
    return `Failed to find a scenario in ${where}: there is no .yaml file. Name a file or a folder of them.`
  return `Failed to find a scenario to run in ${where}: ${why}.`
}

function wrongUse(message: string): ExitCode {
  complain(message)
  return EXIT.invalid
}

function randomSeed(): number {
  return Math.floor(Math.random() * 1_000_000)
}
