import { setTimeout as sleep } from 'node:timers/promises'
import { EnvironmentError } from '../environment.ts'
import { orAborted } from '../or-aborted.ts'

/** Told while something is waited for: the phase that a cluster is in, and what keeps it there. */
export type OnProgress = (progress: Progress) => void

export interface Progress {
  /** What is being done: `cluster`, `images`, `deploy`. */
  readonly phase: string
  /** What is waited for: `Deployment api-gateway: 0 of 1 pods are ready`. */
  readonly waitsFor: string
}

export interface Wait {
  readonly what: string
  /** Null where it holds now; else what is still missing, in words. */
  readonly check: () => Promise<string | null>
  /** Successes in a row that count as one: what one node of a cluster says, another may not know yet. */
  readonly times?: number
  readonly timeoutMs: number
  /** Between two questions; 40 ms where nothing is said. */
  readonly pauseMs?: number
  readonly onWait?: (missing: string) => void
  /** Ends the waiting, in the middle of a question too. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Waits for a condition, asked again and again.
 * @throws {EnvironmentError} it does not hold in time; says what was missing last @throws the signal's reason
 */
export async function waitUntil({
  what,
  check,
  times = 1,
  timeoutMs,
  pauseMs = 40,
  onWait,
  signal,
}: Wait): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  let inARow = 0
  for (;;) {
    const missing = await orAborted(check(), signal)
    inARow = missing === null ? inARow + 1 : 0
    if (missing === null && inARow >= times) return
    if (missing !== null) onWait?.(missing)
    if (performance.now() > deadlineMs) {
      throw new EnvironmentError(
        `Failed to wait for ${what}: after ${Math.round(timeoutMs / 1000)} s ${missing ?? 'it comes and goes'}.`,
        'Look at the logs named below; where they show nothing, the machine may be busy or short of memory.',
      )
    }
    await orAborted(sleep(missing === null ? 0 : pauseMs), signal)
  }
}
