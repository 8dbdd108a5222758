import type { RunResult } from '../../runner/result.ts'
import { runScenarios } from '../../runner/run-scenario.ts'
import type { Scenario } from '../../scenario/scenario.ts'
import { environmentsNamed } from '../environments.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { loadSuite } from '../load-suite.ts'
import type { RunCommandOptions } from '../program.ts'
import { openReporters } from '../reporters.ts'
import { complain, complainOf } from '../terminal.ts'

/** `chain run`: load → start → send → judge → report. */
export async function run(paths: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
  const environments = environmentsNamed(options.env)
  if (typeof environments === 'string') return wrongUse(environments)
  const reporters = await openReporters(options.reporter)
  if (typeof reporters === 'string') return wrongUse(reporters)

  const suite = loadSuite(paths)
  if (suite.diagnostics.length > 0) {
    complainOf(suite.diagnostics)
    return EXIT.invalid
  }
  const scenarios = suite.scenarios.filter((scenario) => isWanted(scenario, options))
  if (scenarios.length === 0) return wrongUse(nothingToRun(paths, suite.scenarios.length))

  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  const result = await runScenarios(
    scenarios,
    environments,
    {
      seed: options.seed ?? randomSeed(),
      bail: options.bail,
      signal: interruption.signal,
    },
    reporters.onScenario,
  )
  reporters.onEnd(result)
  return interruption.signal.aborted ? EXIT.interrupted : exitCodeOf(result)
}

function isWanted({ name, source, tags }: Scenario, { tag, grep }: RunCommandOptions): boolean {
  if (tag.length > 0 && !tag.some((wanted) => tags.includes(wanted))) return false
  return grep === undefined || grep.test(name) || grep.test(source.file)
}

function exitCodeOf({ scenarios }: RunResult): ExitCode {
  const verdicts = new Set(scenarios.map(({ verdict }) => verdict))
  if (verdicts.has('error')) return EXIT.environment
  if (verdicts.has('fail')) return EXIT.failed
  // Not one scenario could be shown: a gate must not take that for green.
  return verdicts.has('pass') ? EXIT.passed : EXIT.environment
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
