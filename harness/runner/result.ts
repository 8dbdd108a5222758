import type { HopName, Rule, Trace } from '../chain/trace.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Span } from '../diagnostics/span.ts'
import type { EnvironmentName } from '../environments/environment.ts'

/** `error`: the environment broke. `unsupported`: this environment cannot show it. */
export type Verdict = 'pass' | 'fail' | 'error' | 'unsupported'

/** Everything a run found, as plain data: reporters read this and nothing else. */
export interface RunResult {
  readonly scenarios: readonly ScenarioResult[]
  readonly seed: number
  readonly startedAt: string
  readonly durationMs: number
}

/** One scenario file on one environment. */
export interface ScenarioResult {
  readonly name: string
  readonly file: string
  readonly tags: readonly string[]
  readonly environment: EnvironmentName
  readonly verdict: Verdict
  /** One per variant and example row; a plain scenario has exactly one. */
  readonly runs: readonly ScenarioRun[]
  readonly durationMs: number
}

/** The steps of a scenario, run once: on one variant's chain with one row of examples. */
export interface ScenarioRun {
  readonly variant: string | null
  readonly example: Readonly<Record<string, string>> | null
  /** What the steps had to show: a bug's scenario must fail on the buggy chain. */
  readonly must: 'pass' | 'fail'
  /** What the steps showed by themselves. */
  readonly stepsVerdict: Verdict
  /** `pass` where the steps showed what they had to. */
  readonly verdict: Verdict
  /** Why the verdict is not `pass` although no check says so (failed for another reason than the variant names, did not fail…). */
  readonly because: string | null
  readonly steps: readonly StepResult[]
  /** What kept it from running at all: an invalid chain, an unsupported directive, a broken environment. */
  readonly problem: Problem | null
}

/** What stopped a run or a step before it could be judged. */
export interface Problem {
  readonly verdict: 'error' | 'unsupported' | 'fail'
  readonly message: string
  readonly remedy: string | null
  readonly span: Span | null
  readonly diagnostics: readonly Diagnostic[]
}

/** One step. Steps after a problem are not run and not listed. */
export interface StepResult {
  /** The step as written: `request: GET /api/v1/processes`. */
  readonly title: string
  readonly span: Span
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  readonly trace: Trace | null
  readonly blame: Blame | null
  readonly problem: Problem | null
  readonly durationMs: number
}

/** One expectation held against what happened. `what` is its path in the file: `nginx.sends`, `status`. */
export interface Check {
  readonly what: string
  readonly hop: HopName | null
  readonly span: Span
  readonly passed: boolean
  readonly expected: string
  readonly actual: string
}

/** The first hop where the trace leaves what was expected, the rule that made it so, and why in a sentence. */
export interface Blame {
  readonly hop: HopName
  readonly service: string | null
  readonly rule: Rule | null
  readonly because: string
}
