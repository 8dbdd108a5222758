import { setTimeout as sleep } from 'node:timers/promises'
import type { EnvironmentName, EvidenceFiles, World } from '../environments/environment.ts'
import { interruption } from './interruption.ts'
import type { ScenarioReference, ScenarioRun } from './result.ts'

/** A run that failed or broke, with what its environment has to say; told while the environment is still as the run left it. */
export interface FailedRun {
  readonly scenario: ScenarioReference
  readonly environment: EnvironmentName
  /** With its traces. */
  readonly run: Omit<ScenarioRun, 'evidence'>
  /** Secrets are not masked. */
  readonly evidence: EvidenceFiles
  /** Lines for a shell that look into the world; none where there is no world any more, or nothing to look into. */
  readonly lookInside: readonly string[]
}

/** What an environment that hangs keeps to itself. */
const TIMEOUT_MS = 20_000

/**
 * What a world has to say, on top of what an error has told. Where it cannot be read, the file `evidence-missing.txt` says why:
 * that must not hide the failure itself.
 * @param told what is known already, by file name
 */
export async function evidenceOf(
  world: World,
  told: EvidenceFiles,
  signal: AbortSignal | undefined,
): Promise<EvidenceFiles> {
  try {
    return new Map([...told, ...(await orTimeout(world.evidence(), signal))])
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error)
    return new Map([...told, ['evidence-missing.txt', `Failed to read what the environment has to say: ${fact}\n`]])
  }
}

async function orTimeout(evidence: Promise<EvidenceFiles>, signal: AbortSignal | undefined): Promise<EvidenceFiles> {
  using interrupted = interruption(signal)
  const timer = new AbortController()
  const timeout = sleep(TIMEOUT_MS, null, { signal: timer.signal, ref: false })
  timeout.catch(() => undefined)
  try {
    const found = await interrupted.orDone(Promise.race([evidence, timeout]))
    if (found === null) throw new Error(`it was not there after ${TIMEOUT_MS / 1_000} s, or the run was stopped`)
    return found
  } finally {
    timer.abort()
  }
}
