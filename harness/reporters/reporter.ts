import type { Width } from '../diagnostics/wrap.ts'
import type { EnvironmentName } from '../environments/environment.ts'
import type { Agreement, RunReport, ScenarioReference, ScenarioResult } from '../runner/result.ts'

/** Something that tells of a run. It reads results and nothing else. */
export interface Reporter {
  /** Once, before anything runs. */
  onStart?(plan: RunPlan): void
  /** Each scenario as it begins on an environment. Several may be under way. */
  onBegin?(scenario: ScenarioReference, environment: EnvironmentName): void
  /** Each scenario as it is done on an environment. */
  onDone?(scenario: ScenarioReference, environment: EnvironmentName): void
  /** The result of each scenario, in the order of the files, with the traces of what failed (of everything, where the runner keeps them: `--traces`). */
  onScenario?(result: ScenarioResult): void
  /** After the results of a scenario in several environments: whether they show the same. */
  onAgreement?(agreement: Agreement): void
  /** Somebody else is going to write to the terminal: what stands there for the moment only is taken away. */
  onHush?(): void
  /** The whole run, without traces. Called once in any case: a report is whole also of a run that was stopped, or had nothing to run. */
  onEnd(report: RunReport): void
}

/** What is going to be run. */
export interface RunPlan {
  readonly scenarios: readonly ScenarioReference[]
  /** Each scenario runs on each of them. */
  readonly environments: readonly EnvironmentName[]
}

/** What a reporter writes to: a terminal, a file. */
export interface ReporterOptions {
  readonly write: (text: string) => void
  readonly color: boolean
  /** Its columns, where it is a terminal; asked for again for every screen, since a window changes. */
  readonly width?: Width
  /** The terminal where somebody watches, as wide as it is now; null or left out for a file, a pipe, or the log of a CI system. */
  readonly terminal?: { readonly columns: number } | null
  /** Whether the traces of what passed are shown, too. */
  readonly verbose?: boolean
}
