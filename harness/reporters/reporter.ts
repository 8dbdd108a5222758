import type { Width } from '../diagnostics/wrap.ts'
import type { Agreement, RunReport, ScenarioResult } from '../runner/result.ts'

/** Something that tells of a run. It reads results and nothing else. */
export interface Reporter {
  /** Each scenario as it is done, with the traces of what failed (of everything, where the runner keeps them: `--traces`). */
  onScenario?(result: ScenarioResult): void
  /** After the results of a scenario in several environments: whether they show the same. */
  onAgreement?(agreement: Agreement): void
  /** The whole run, without traces. Called once in any case: a report is whole also of a run that was stopped, or had nothing to run. */
  onEnd(report: RunReport): void
}

/** What a reporter writes to: a terminal, a file. */
export interface ReporterOptions {
  readonly write: (text: string) => void
  readonly color: boolean
  /** Its columns, where it is a terminal; asked for again for every screen, since a window changes. */
  readonly width?: Width
}
