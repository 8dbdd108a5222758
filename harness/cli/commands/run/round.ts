import type { Environment } from '../../../environments/environment.ts'
import type { FailedRun } from '../../../runner/failed-run.ts'
import type { RunReport } from '../../../runner/result.ts'
import { runScenarios } from '../../../runner/run-scenario.ts'
import type { Scenario } from '../../../scenario/scenario.ts'
import type { EvidenceFolder } from '../../evidence-folder.ts'
import type { Interrupt } from '../../interrupt.ts'
import type { LastFailed } from '../../last-failed.ts'
import { distinct, type Suite, withVariables } from '../../load-suite.ts'
import { pause } from '../../pause.ts'
import type { Reporters } from '../../reporters.ts'
import { complainOf } from '../../terminal.ts'
import type { RunCommandOptions } from './options.ts'

/** Scenarios at a time where an environment really waits: for time-outs, for processes. That costs no processor. */
const WAITING_JOBS = 8

/** All that a suite needs to be run. */
export interface Round {
  /** Everything that was read. */
  readonly suite: Suite
  /** What of it is run. */
  readonly chosen: readonly Scenario[]
  readonly environments: readonly Environment[]
  readonly options: Pick<
    RunCommandOptions,
    'bail' | 'traces' | 'verbose' | 'jobs' | 'pauseOnFailure' | 'allowUnsupported'
  >
  readonly seed: number
  readonly reporters: Reporters
  readonly lastFailed: LastFailed
  /** Null where none is kept. */
  readonly evidence: EvidenceFolder | null
  readonly interrupt: Interrupt
  /** Ends the round, for whatever reason. */
  readonly signal: AbortSignal
  /** When it was asked for, as `performance.now()` counts. */
  readonly startedMs: number
}

/**
 * Runs what was chosen and reports it.
 * @param end what is to be done before the report is ended, and where the run breaks
 */
export async function playRound(
  round: Round,
  end: () => Promise<void>,
): Promise<{ report: RunReport; isReported: boolean }> {
  const { suite, options, reporters, lastFailed, interrupt, startedMs } = round
  const { scenarios, invalid: unset } = withVariables(round.chosen)
  const invalid = [...suite.invalid, ...unset]
  if (invalid.length > 0) complainOf(distinct(invalid.flatMap(({ diagnostics }) => diagnostics)))
  lastFailed.expect(suite.scenarios, round.chosen)
  const onInterrupt = (): void => reporters.onHush()
  interrupt.signal.addEventListener('abort', onInterrupt)
  try {
    const result = await play(scenarios, round).finally(end)
    lastFailed.save()
    // As the clock on the wall shows it: with what was loaded and ended for the run.
    const startedAt = new Date(performance.timeOrigin + startedMs).toISOString()
    const durationMs = performance.now() - startedMs
    const { allowUnsupported } = options
    const report = { ...result, startedAt, durationMs, invalid, allowUnsupported, interruptedBy: interrupt.by }
    return { report, isReported: reporters.onEnd(report) }
  } finally {
    interrupt.signal.removeEventListener('abort', onInterrupt)
  }
}

async function play(scenarios: readonly Scenario[], round: Round) {
  const { environments, options, seed, lastFailed, evidence, interrupt, signal } = round
  const { onStart, onBegin, onDone, onHush, onScenario, onAgreement } = noting(lastFailed, round.reporters)
  // One process simulates no faster by doing several things at a time.
  const isPatient = environments.some(({ name }) => name !== 'simulated')
  const onFailure = async (failed: FailedRun): Promise<string | null> => {
    const folder = evidence?.save(failed) ?? null
    if (options.pauseOnFailure && failed.lookInside.length > 0) {
      onHush()
      await pause(failed, folder, interrupt.signal)
    }
    return folder
  }
  onStart({ scenarios, environments: environments.map(({ name }) => name) })
  const runOptions = {
    seed,
    signal,
    bail: options.bail,
    keepTraces: options.traces || options.verbose,
    jobs: options.pauseOnFailure ? 1 : (options.jobs ?? (isPatient ? WAITING_JOBS : 1)),
    onBegin,
    onDone,
    onFailure,
  }
  return runScenarios(scenarios, environments, runOptions, onScenario, onAgreement)
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
