import type { Environment } from '../environments/environment.ts'
import type { Scenario, Step, Variant } from '../scenario/scenario.ts'
import { INTERRUPTED, problemOf } from './problem.ts'
import type { Problem, RunResult, ScenarioResult, ScenarioRun, ScenarioSummary, StepResult } from './result.ts'
import { runStep } from './run-step.ts'
import { judgeRun, stepsVerdictOf, worst } from './verdict.ts'

export interface RunOptions {
  /** Decides everything that an environment leaves to chance. */
  readonly seed: number
  /** Stops the run before its next step. What was not run by then is an `error`. */
  readonly signal?: AbortSignal
  /** Stops after the first scenario that fails or breaks. */
  readonly bail?: boolean
  /** Keeps the traces of steps that passed too, in what `onResult` and `runScenario` give. */
  readonly keepTraces?: boolean
}

/**
 * Runs scenarios one by one, each on every environment.
 * @param onResult gets each result as it comes; only a summary of it is kept, so that memory does not grow with what the
 *   scenarios send
 */
export async function runScenarios(
  scenarios: readonly Scenario[],
  environments: readonly Environment[],
  options: RunOptions,
  onResult: (result: ScenarioResult) => void,
): Promise<RunResult> {
  const startedAt = new Date().toISOString()
  const startedMs = performance.now()
  const done: ScenarioSummary[] = []
  for (const [scenario, environment] of pairs(scenarios, environments)) {
    if (options.signal?.aborted === true) break
    const result = await runScenario(scenario, environment, options)
    onResult(result)
    done.push(summaryOf(result))
    if (options.bail === true && (result.verdict === 'fail' || result.verdict === 'error')) break
  }
  return { scenarios: done, seed: options.seed, startedAt, durationMs: performance.now() - startedMs }
}

/** Runs one scenario: each variant's chain with each row of examples, every time on a chain started afresh. Never throws. */
export async function runScenario(
  scenario: Scenario,
  environment: Environment,
  options: RunOptions,
): Promise<ScenarioResult> {
  const startedMs = performance.now()
  const runs: ScenarioRun[] = []
  for (const [variant, example] of pairs(scenario.variants, scenario.examples)) {
    const run = await runOnce(variant, scenario.stepsFor(example), environment, options)
    const named = Object.keys(example).length > 0 ? example : null
    runs.push({ ...run, variant: variant.name, example: named, span: variant.span, must: variant.must })
  }
  return {
    name: scenario.name,
    source: scenario.source,
    tags: scenario.tags,
    environment: environment.name,
    verdict: worst(runs.map(({ verdict }) => verdict)),
    runs,
    durationMs: performance.now() - startedMs,
  }
}

type RunOutcome = Omit<ScenarioRun, 'variant' | 'example' | 'span' | 'must'>

async function runOnce(
  variant: Variant,
  steps: readonly Step[],
  environment: Environment,
  options: RunOptions,
): Promise<RunOutcome> {
  const done: StepResult[] = []
  const problem = await tryOut(async () => {
    await using world = await environment.start(variant.chain, { seed: options.seed })
    const context = { chain: variant.chain, world, captures: new Map<string, string>() }
    for (const step of steps) {
      if (options.signal?.aborted === true) return INTERRUPTED
      const result = await runStep(step, context)
      done.push(result)
      if (result.verdict !== 'pass') break
    }
    return null
  })
  const stepsVerdict = problem?.verdict ?? stepsVerdictOf(done)
  const { verdict, because } = judgeRun(variant, stepsVerdict, problem, done)
  const notRun = steps.slice(done.length).map(({ title, span }) => ({ title, span }))
  const keep = options.keepTraces === true
  const kept = keep
    ? done
    : done.map((step) => (step.verdict === 'pass' || verdict === 'pass' ? traceless(step) : step))
  return { stepsVerdict, verdict, because, steps: kept, notRun, problem }
}

/** The problem that the action ended with, or that it threw: starting a chain and disposing it may do that. */
async function tryOut(action: () => Promise<Problem | null>): Promise<Problem | null> {
  try {
    return await action()
  } catch (error) {
    return problemOf(error)
  }
}

function summaryOf({ runs: _, ...summary }: ScenarioResult): ScenarioSummary {
  return summary
}

function traceless(step: StepResult): StepResult {
  return step.trace === null ? step : { ...step, trace: null }
}

function* pairs<Left, Right>(lefts: readonly Left[], rights: readonly Right[]): Generator<readonly [Left, Right]> {
  for (const left of lefts) for (const right of rights) yield [left, right]
}
