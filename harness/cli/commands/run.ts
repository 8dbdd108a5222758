import type { Environment } from '../../environments/environment.ts'
import { problemOf } from '../../runner/problem.ts'
import type { RunResult } from '../../runner/result.ts'
import { runScenarios } from '../../runner/run-scenario.ts'
import { scenariosOfShard } from '../../runner/shard.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { clusterOptions, environmentNames, loadEnvironments } from '../environments.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { watchCtrlC } from '../interrupt.ts'
import { loadSuite } from '../load-suite.ts'
import type { RunCommandOptions } from '../program.ts'
import { openReporters } from '../reporters.ts'
import { complain, complainOf } from '../terminal.ts'

const NOTHING_RECORDED: ReadonlyMap<string, number> = new Map()

/** Scenarios at a time where an environment really waits: for time-outs, for processes. That costs no processor. */
const WAITING_JOBS = 8

/** `chain run`: load → start → send → judge → report. */
export async function run(paths: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
  const names = environmentNames(options.env)
  if (typeof names === 'string') return wrongUse(names)
  const cluster = clusterOptions(names, options)
  if (typeof cluster === 'string') return wrongUse(cluster)
  const reporters = await openReporters(options.reporter)
  if (typeof reporters === 'string') return wrongUse(reporters)

  const suite = loadSuite(paths)
  if (suite.diagnostics.length > 0) {
    complainOf(suite.diagnostics)
    return EXIT.invalid
  }
  const durations = await durationsOf(options)
  if (typeof durations === 'string') return wrongUse(durations)
  const wanted = suite.scenarios.filter((scenario) => isWanted(scenario, options))
  if (wanted.length === 0) return wrongUse(nothingToRun(paths, suite.scenarios.length))
  const scenarios = options.shard === undefined ? wanted : scenariosOfShard(wanted, options.shard, durations)
  if (options.keep && names.includes('k3s') && !(await (await import('./env.ts')).keepCluster()))
    return EXIT.environment

  using ctrlC = watchCtrlC()
  const environments = await loadEnvironments(names, cluster)
  let code: ExitCode = EXIT.passed
  try {
    const result = await runScenarios(
      scenarios,
      environments,
      {
        seed: options.seed ?? randomSeed(),
        bail: options.bail,
        // One process simulates no faster by doing several things at a time.
        jobs: options.jobs ?? (names.every((name) => name === 'simulated') ? 1 : WAITING_JOBS),
        signal: ctrlC.signal,
      },
      reporters.onScenario,
      reporters.onAgreement,
    )
    reporters.onEnd(result)
    code = exitCodeOf(result)
  } finally {
    if (!(await disposeAll(environments))) code = EXIT.environment
  }
  return ctrlC.signal.aborted ? EXIT.interrupted : code
}

/** Ends what environments keep warm. What one of them cannot end it says, and the others are ended all the same. */
async function disposeAll(environments: readonly Environment[]): Promise<boolean> {
  const endings = await Promise.allSettled(environments.map((one) => one[Symbol.asyncDispose]()))
  const failures = endings.flatMap((ending) => (ending.status === 'rejected' ? [problemOf(ending.reason)] : []))
  for (const { message, remedy } of failures) complain(remedy === null ? message : `${message}. ${remedy}`)
  return failures.length === 0
}

async function durationsOf({ durations }: RunCommandOptions): Promise<ReadonlyMap<string, number> | string> {
  if (durations === undefined) return NOTHING_RECORDED
  const { recordedDurations } = await import('../recorded-durations.ts')
  return recordedDurations(durations)
}

function isWanted({ name, source, tags }: Scenario, { tag, grep }: RunCommandOptions): boolean {
  if (tag.length > 0 && !tag.some((wanted) => tags.includes(wanted))) return false
  return grep === undefined || grep.test(name) || grep.test(source.file)
}

function exitCodeOf({ scenarios, agreements }: RunResult): ExitCode {
  const verdicts = new Set(scenarios.map(({ verdict }) => verdict))
  if (verdicts.has('error')) return EXIT.environment
  if (verdicts.has('fail') || agreements.some(({ verdict }) => verdict === 'disagree')) return EXIT.failed
  // Not one scenario could be shown: a gate must not take that for green. A part of a suite may be empty.
  return verdicts.has('pass') || scenarios.length === 0 ? EXIT.passed : EXIT.environment
}

function nothingToRun(paths: readonly string[], found: number): string {
  const where = `"${paths.join(' ')}"`
  if (found === 0)
    return `Failed to find a scenario in ${where}: there is no .yaml file. Name a file or a folder of them.`
  return `Failed to find a scenario to run: --tag and --grep leave none of the ${found} in ${where}.`
}

function wrongUse(message: string): ExitCode {
  complain(message)
  return EXIT.invalid
}

function randomSeed(): number {
  return Math.floor(Math.random() * 1_000_000)
}
