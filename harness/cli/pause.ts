import type { EnvironmentName } from '../environments/environment.ts'
import { whichRun } from '../reporters/failure.ts'
import { headlineOf } from '../reporters/headline.ts'
import type { FailedRun } from '../runner/failed-run.ts'
import type { RunCommandOptions } from './commands/run/options.ts'
import { isCi, writeError } from './terminal.ts'

/** Why a run cannot pause, in a sentence; null where it can, or is not asked to. */
export function whyNoPause(
  names: readonly EnvironmentName[],
  { pauseOnFailure, jobs }: Pick<RunCommandOptions, 'pauseOnFailure' | 'jobs'>,
): string | null {
  if (!pauseOnFailure) return null
  const [fact, remedy] = reasonIn(names, jobs) ?? []
  return fact === undefined ? null : `Failed to use --pause-on-failure: ${fact}. ${remedy}`
}

function reasonIn(names: readonly EnvironmentName[], jobs: number | undefined): [fact: string, remedy: string] | null {
  if (isCi()) return ['this is a CI system (CI is set), where nobody presses Enter', 'Leave it out.']
  if (process.stdin.isTTY !== true) return ['standard input is no terminal, so nobody can press Enter', 'Leave it out.']
  if (names.every((name) => name === 'simulated')) {
    return ['there is nothing to look into on "simulated"', 'Add --env sandbox, k3s or cluster.']
  }
  if ((jobs ?? 1) > 1) return ['it runs one scenario at a time', 'Leave --jobs out.']
  return null
}

/**
 * Says how to look into the chain of a failure, and waits for Enter.
 * @param folder where its evidence is; null where there is none
 * @param signal ends the wait
 */
export async function pause(failed: FailedRun, folder: string | null, signal: AbortSignal): Promise<void> {
  const { scenario, environment, run, lookInside } = failed
  const lines = [
    `chain: paused: ${scenario.name}${whichRun(run)}, on ${environment}`,
    `  ${headlineOf({ ...run, evidence: folder })}`,
    '  The chain is as the step left it. Look inside from another terminal:',
    ...lookInside.map((line) => `    ${line}`),
    ...(folder === null ? [] : [`  What it had to say is in ${folder}`]),
    '  Enter goes on; Ctrl-C ends the run. ',
  ]
  writeError(lines.join('\n'))
  await enter(signal)
}

/** Waits for a line of standard input, its end, or the signal. */
async function enter(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const done = (): void => resolve()
  process.stdin.once('data', done).once('end', done).resume()
  signal.addEventListener('abort', done)
  await promise
  signal.removeEventListener('abort', done)
  process.stdin.off('data', done).off('end', done).pause()
  process.stderr.write('\n')
}
