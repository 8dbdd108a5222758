import { EvidenceFolder } from '../../evidence-folder.ts'
import { EXIT, type ExitCode, highest } from '../../exit-codes.ts'
import { watchSignals } from '../../interrupt.ts'
import { LastFailed } from '../../last-failed.ts'
import { openReporters } from '../../reporters.ts'
import { complain } from '../../terminal.ts'
import { WatchError } from '../../watch/folder-watch.ts'
import { type WatchRound, watchSuite } from '../../watch/watch-suite.ts'
import { chosenOf } from './choose.ts'
import { disposeAll, openEnvironments } from './environments.ts'
import type { RunCommandOptions } from './options.ts'
import { playRound } from './round.ts'
import type { Settings } from './settings.ts'

/** More names than these say no more. */
const MAX_NAMES = 3

/** `chain run --watch`: what environments keep warm stays so from round to round. Evidence is kept where it has a folder. */
export async function watch(
  paths: readonly string[],
  options: RunCommandOptions,
  settings: Settings,
): Promise<ExitCode> {
  const { names, cluster, seed } = settings
  using interrupt = watchSignals()
  const environments = await openEnvironments(names, cluster, options.keep, interrupt.signal)
  if (environments === null) return EXIT.environment
  const lastFailed = LastFailed.in(process.cwd())
  let refusal: string | null = null
  const play = async ({ suite, changed }: WatchRound, signal: AbortSignal): Promise<readonly string[]> => {
    const startedMs = changed.length === 0 ? 0 : performance.now()
    const evidence = options.evidence === undefined ? null : EvidenceFolder.open(options.evidence, seed)
    if (typeof evidence === 'string') throw new WatchError(evidence)
    const reporters = await openReporters(options.reporter, options.verbose)
    if (typeof reporters === 'string') throw new WatchError(reporters)
    const choice = chosenOf(suite, options, settings, lastFailed)
    const chosen = typeof choice === 'string' ? [] : choice
    if (changed.length > 0) process.stdout.write(`\n${savedText(changed, chosen.length)}\n`)
    const round = {
      suite,
      chosen,
      environments,
      options,
      seed,
      reporters,
      lastFailed,
      evidence,
      interrupt,
      signal,
      startedMs,
    }
    const { report } = await playRound(round, async () => undefined)
    const saved = evidence?.end() ?? null
    if (saved !== null) complain(saved)
    if (!signal.aborted) process.stdout.write('Waiting for a file to be saved. Ctrl-C ends it.\n')
    return report.notRun.map(({ source }) => source.file)
  }
  try {
    await watchSuite(paths, play, interrupt.signal)
  } catch (error) {
    if (!(error instanceof WatchError)) throw error
    refusal = error.message
  }
  const isDisposed = await disposeAll(environments)
  if (refusal !== null) complain(refusal)
  return highest([
    refusal === null ? EXIT.passed : EXIT.invalid,
    isDisposed ? EXIT.passed : EXIT.environment,
    interrupt.by === null ? EXIT.passed : EXIT[interrupt.by],
  ])
}

function savedText(changed: readonly string[], count: number): string {
  const names = changed.slice(0, MAX_NAMES).join(', ')
  const more = changed.length > MAX_NAMES ? ` and ${changed.length - MAX_NAMES} more` : ''
  return `Saved ${names}${more}: ${count} scenario${count === 1 ? '' : 's'}`
}
