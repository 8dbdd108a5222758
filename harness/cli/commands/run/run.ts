import { EvidenceFolder } from '../../evidence-folder.ts'
import { EXIT, type ExitCode, exitCodeOf, highest } from '../../exit-codes.ts'
import { watchSignals } from '../../interrupt.ts'
import { LastFailed } from '../../last-failed.ts'
import { loadSuite } from '../../load-suite.ts'
import { openReporters } from '../../reporters.ts'
import { scenarioPaths } from '../../scenario-paths.ts'
import { complain } from '../../terminal.ts'
import { chosenOf } from './choose.ts'
import { disposeAll, openEnvironments } from './environments.ts'
import type { RunCommandOptions } from './options.ts'
import { playRound } from './round.ts'
import { type Settings, settingsOf } from './settings.ts'

/** `chain run`: load → start → send → judge → report. */
export async function run(given: readonly string[], options: RunCommandOptions): Promise<ExitCode> {
  const settings = await settingsOf(options)
  if (typeof settings === 'string') return wrongUse(settings)
  const paths = scenarioPaths(given)
  if (!options.watch) return runOnce(paths, options, settings)
  const { watch } = await import('./watch.ts')
  return watch(paths, options, settings)
}

async function runOnce(paths: readonly string[], options: RunCommandOptions, settings: Settings): Promise<ExitCode> {
  const { names, cluster, seed } = settings
  const evidence = EvidenceFolder.open(options.evidence, seed)
  if (typeof evidence === 'string') return wrongUse(evidence)
  const reporters = await openReporters(options.reporter, options.verbose)
  if (typeof reporters === 'string') return wrongUse(reporters)
  using interrupt = watchSignals()
  const suite = loadSuite(paths)
  const lastFailed = LastFailed.in(process.cwd())
  if (options.lastFailed && lastFailed.isEmpty) complain('nothing failed when it was last run: everything is run')
  const choice = chosenOf(suite, options, settings, lastFailed)
  const chosen = typeof choice === 'string' ? [] : choice
  const environments = await openEnvironments(names, cluster, options.keep && chosen.length > 0, interrupt.signal)
  let isDisposed = false
  const { report, isReported } = await playRound(
    {
      suite,
      chosen,
      environments: environments ?? [],
      options,
      seed,
      reporters,
      lastFailed,
      evidence,
      interrupt,
      signal: interrupt.signal,
      startedMs: 0,
    },
    async () => {
      isDisposed = await disposeAll(environments ?? [])
    },
  )
  const saved = evidence.end()
  if (saved !== null) complain(saved)
  const isEmpty = typeof choice === 'string' && suite.invalid.length === 0
  if (isEmpty) complain(nothingToRun(paths, suite.scenarios.length, choice))
  return highest([
    exitCodeOf(report),
    isEmpty ? EXIT.invalid : EXIT.passed,
    environments !== null && isDisposed && isReported && !evidence.isBroken ? EXIT.passed : EXIT.environment,
    interrupt.by === null ? EXIT.passed : EXIT[interrupt.by],
  ])
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
