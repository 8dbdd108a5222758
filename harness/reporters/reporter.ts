import type { Agreement, RunResult, ScenarioResult } from '../runner/result.ts'

/** Something that tells of a run. It reads results and nothing else. */
export interface Reporter {
  /** Each scenario as it is done, with the traces of what failed (of everything, where the runner keeps them). */
  onScenario?(result: ScenarioResult): void
  /** After the results of a scenario in several environments: whether they show the same. */
  onAgreement?(agreement: Agreement): void
  /** The whole run, without traces. */
  onEnd(run: RunResult): void
}

/** What a reporter writes to: a terminal, a file. */
export interface ReporterOptions {
  readonly write: (text: string) => void
  readonly color: boolean
}
