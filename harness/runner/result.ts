import type { Blame } from '../diagnose/blame.ts'
import type { TraceDifference } from '../diagnose/compare-traces.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Source, SourceText } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import type { EnvironmentName, Gap, NginxProgram, RefusingHop } from '../environments/environment.ts'
import type { CheckName } from '../scenario/check-name.ts'
import type { HopName, Trace } from '../trace/trace.ts'

/** `error`: the environment broke. `unsupported`: this environment cannot show it. */
export type Verdict = 'pass' | 'fail' | 'error' | 'unsupported'

/** A run as it is known at its end: what each scenario showed was told when it was done. */
export interface RunResult {
  readonly scenarios: readonly ScenarioSummary[]
  /** One per scenario that ran in several environments. */
  readonly agreements: readonly AgreementSummary[]
  /** What kept scenarios from being shown by any environment, each once, in the order they were met. */
  readonly gaps: readonly KnownGap[]
  /** Scenarios that were not run to their end, since the run was stopped: by a signal, by `bail`, or by an environment that is gone. */
  readonly notRun: readonly ScenarioReference[]
  readonly seed: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
}

/** A run as reporters tell it: with what the command knows beside the results. */
export interface RunReport extends RunResult {
  /** Files that are no valid scenarios. Nothing of them was run. */
  readonly invalid: readonly InvalidFile[]
  /** Whether a scenario that no environment can show is taken for fine. */
  readonly allowUnsupported: boolean
  /** The signal that stopped the run; null where none did. */
  readonly interruptedBy: NodeJS.Signals | null
}

export interface InvalidFile {
  /** As messages show it. */
  readonly file: string
  /** Every problem of the file and of the chains that it names; at least one. */
  readonly diagnostics: readonly Diagnostic[]
}

/** What environments cannot show, and how many scenarios it kept away from all of them. */
export interface KnownGap extends Gap {
  readonly environments: readonly EnvironmentName[]
  readonly scenarioCount: number
}

export interface ScenarioReference {
  readonly name: string
  readonly source: SourceText
}

/** What stays of a scenario that is done: of 10,000 of them, the rest would fill the memory. */
export interface ScenarioSummary extends ScenarioReference {
  readonly tags: readonly string[]
  readonly environment: EnvironmentName
  readonly verdict: Verdict
  /** How many requests the gateway took by the rewritten form of a route alone: a typo in the route's path can hide behind it. */
  readonly carriedByRewrittenForm: number
  readonly durationMs: number
}

/** One scenario file on one environment: frozen plain data, which JSON keeps whole. */
export interface ScenarioResult extends ScenarioSummary {
  /** One per variant and example row; a plain scenario has exactly one. */
  readonly runs: readonly ScenarioRun[]
}

/** The steps of a scenario, run once: on one variant's chain with one row of examples. */
export interface ScenarioRun {
  readonly variant: string | null
  /** As people read it: a value that a step sends as a secret is masked. */
  readonly example: Readonly<Record<string, string>> | null
  /** The variant's place in the file (the file's first line where it has no variants). */
  readonly span: Span
  /** The nginx that carried its requests; null where it did not start, or nobody can see which it is. */
  readonly nginx: NginxProgram | null
  /** What the steps had to show: a bug's scenario must fail on the buggy chain. */
  readonly must: 'pass' | 'fail'
  /** What the steps showed by themselves. */
  readonly stepsVerdict: Verdict
  /** `pass` where the steps showed what they had to. */
  readonly verdict: Verdict
  /** Why the verdict is not `pass` although no check says so (failed for another reason than the variant names, did not fail…). */
  readonly because: string | null
  /** The steps that were run, in order: the first that does not pass is the last. */
  readonly steps: readonly StepResult[]
  /** The steps behind the one that did not pass. They count on what it should have done, so they say nothing now. */
  readonly notRun: readonly StepReference[]
  /**
   * Of a run that is not as it must be, the files of its chain as its steps left them, and before that as they found them:
   * for quoting lines. No report has the member.
   */
  readonly files: readonly Source[]
  /** Values that the scenario makes secret, in every form in which a report could show them. No report has the member. */
  readonly secrets: readonly string[]
  /** What kept it from running at all: an invalid chain, an unsupported directive, a broken environment. */
  readonly problem: Problem | null
  /** Where what its environment had to say was put, as `onFailure` says it; null where nothing was. */
  readonly evidence: string | null
  /** From before its environment was started until that was gone. */
  readonly durationMs: number
}

/** A step by its name and place: `request: GET /api/v1/processes`. */
export interface StepReference {
  readonly title: string
  readonly span: Span
}

/**
 * What stopped a run or a step before it could be judged. `fail` is a file of the chain that is wrong: `diagnostics`
 * lists every problem of it.
 */
export interface Problem {
  readonly verdict: 'error' | 'unsupported' | 'fail'
  readonly message: string
  readonly remedy: string | null
  readonly span: Span | null
  readonly diagnostics: readonly Diagnostic[]
  /** Where a program refuses the chain's files: which one. Null elsewhere. */
  readonly refusedBy: RefusingHop | null
  /** Where it is `unsupported`: everything that the environment cannot show of the chain or the step. Empty elsewhere. */
  readonly gaps: readonly Gap[]
  /** Whether the environment is gone for the rest of the run. */
  readonly isGone: boolean
  /** Where in this program it happened, for a bug report; null where the program did what it should. */
  readonly stack: string | null
}

/** One step that was run. */
export interface StepResult extends StepReference {
  readonly verdict: Verdict
  readonly checks: readonly Check[]
  /** What every hop did. Null for a step that sends nothing, and for one that passed unless traces are kept. */
  readonly trace: Trace | null
  /** What came back over a WebSocket; kept where the trace is, null for every other step. */
  readonly messages: readonly string[] | null
  readonly blame: Blame | null
  /** A line that repeats the request of a step that failed, secrets masked; null where there is none. */
  readonly curl: string | null
  readonly problem: Problem | null
  /** What nginx or a new pod of the gateway said when it refused its files; the step goes on with the old ones. Null elsewhere. */
  readonly refusal: Problem | null
  /** How many of its requests the gateway took by the rewritten form of a route alone. */
  readonly carriedByRewrittenForm: number
  readonly durationMs: number
}

/** One expectation held against what happened. */
export interface Check {
  readonly what: CheckName
  readonly hop: HopName | null
  /** The pass that it looked at, by indexes into the step's trace; null for the client's side, or a hop that was not reached. */
  readonly seen: { readonly exchange: number; readonly pass: number } | null
  readonly span: Span
  readonly passed: boolean
  /** Both as people read them, secrets masked; empty where it passed. */
  readonly expected: string
  readonly actual: string
  /** Where in a JSON body the two part (`$.items[0].id`); null elsewhere. */
  readonly at: string | null
}

/**
 * Whether environments show the same of a scenario. `not compared`: one of them has nothing to show, and the others say
 * nothing about it.
 */
export type AgreementVerdict = 'agree' | 'disagree' | 'not compared'

/** What stays of a comparison that is done. */
export interface AgreementSummary {
  readonly name: string
  readonly source: SourceText
  readonly tags: readonly string[]
  /** As they were named: each of the others is compared with the first. */
  readonly environments: readonly EnvironmentName[]
  readonly verdict: AgreementVerdict
  /** Why nothing was compared: `sandbox cannot show it: …`; null elsewhere. */
  readonly because: string | null
}

/** One scenario in several environments, compared. */
export interface Agreement extends AgreementSummary {
  /** Where the first two that disagree part; null where none do. */
  readonly difference: Difference | null
}

/** The first place where two environments part. `left` is what the first of them shows, `right` the second. */
export interface Difference extends Omit<TraceDifference, 'hop'> {
  readonly environments: readonly [left: EnvironmentName, right: EnvironmentName]
  readonly variant: string | null
  readonly example: Readonly<Record<string, string>> | null
  /** The step that shows it; null where one of them does not even start the chain. */
  readonly step: StepReference | null
  /** Null where it is not a hop that differs: then `field` is `verdict`, `messages`, `chain` or the check's name. */
  readonly hop: TraceDifference['hop'] | null
}
