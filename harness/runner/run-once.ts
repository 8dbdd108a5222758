import { isSecretName } from '../../gateway/secret-names.ts'
import type { ChangedBefore } from '../diagnose/blame.ts'
import type { Span } from '../diagnostics/span.ts'
import type { NginxProgram } from '../environments/environment.ts'
import { type Environment, EnvironmentError, type World } from '../environments/environment.ts'
import type { Scenario, Step, Variant } from '../scenario/scenario.ts'
import { formsOf, MASK, maskText, secretsOfMessage } from '../secrets/mask.ts'
import { filesOf } from './chain-files.ts'
import { evidenceOf, type FailedRun } from './failed-run.ts'
import { interruption } from './interruption.ts'
import { INTERRUPTED, problemOf } from './problem.ts'
import type { Problem, ScenarioRun, StepResult } from './result.ts'
import { runStep } from './run-step.ts'
import { secretsOfVariables, valuesOf } from './variables.ts'
import { isBad, judgeRun, stepsVerdictOf } from './verdict.ts'

export interface OnceOptions {
  /** Decides everything that an environment leaves to chance. */
  readonly seed: number
  /** See {@link StartOptions}. */
  readonly nginxVersion?: string | null
  /** Stops the run in the middle of a step. Scenarios that are not done by then are not reported. */
  readonly signal?: AbortSignal
  /**
   * Gets every run that failed or broke while its environment is as the run left it: the world ends when it is done. It must not
   * reject. What it gives, a name of where the evidence was put or null, is in the run's result.
   */
  readonly onFailure?: (failed: FailedRun) => Promise<string | null>
}

/** Runs the steps once, on one variant's chain with one row of examples. Never throws. */
export async function runOnce(
  scenario: Scenario,
  [variant, example]: readonly [Variant, Readonly<Record<string, string>>],
  environment: Environment,
  options: OnceOptions,
): Promise<ScenarioRun> {
  const startedMs = performance.now()
  const steps = scenario.stepsFor(example)
  const done: StepResult[] = []
  const secrets = new Set([...secretsOfRow(example, scenario), ...secretsOfVariables(scenario.variables, steps)])
  const told = new Map<string, string>()
  const changes: ChangedBefore[] = []
  let evidence: string | null = null
  let nginx: NginxProgram | null = null
  const runWith = (problem: Problem | null): Omit<ScenarioRun, 'evidence'> => {
    const stepsVerdict = problem?.verdict ?? stepsVerdictOf(done)
    const judged = judgeRun(variant, stepsVerdict, problem, done)
    return {
      variant: variant.name,
      example: Object.keys(example).length > 0 ? maskExample(example, scenario, steps) : null,
      span: variant.span,
      nginx,
      must: variant.must,
      stepsVerdict,
      ...judged,
      steps: [...done],
      files: isBad(judged.verdict) ? filesOf(variant.chain, changes) : [],
      secrets: [...secrets],
      notRun: steps.slice(done.length).map(({ title, span }) => ({ title, span })),
      problem,
      durationMs: performance.now() - startedMs,
    }
  }
  const tellFailure = async (problem: Problem | null, world: World | null): Promise<void> => {
    const run = runWith(problem)
    if (options.onFailure === undefined || !isBad(run.verdict)) return
    const files = world === null ? told : await evidenceOf(world, told, options.signal)
    const lookInside = world?.lookInside() ?? []
    const { name, source } = scenario
    const failed = { scenario: { name, source }, environment: environment.name, run, evidence: files, lookInside }
    evidence = await options.onFailure(failed)
  }
  using interrupted = interruption(options.signal)
  const isStopped = (): boolean => options.signal?.aborted === true
  let isTold = false
  const tried = await tryOut(variant.span, told, async () => {
    if (isStopped()) return INTERRUPTED
    await using world = await environment.start(variant.chain, options)
    nginx = await world.nginx()
    const captures = new Map(valuesOf(scenario.variables))
    const context = { chain: variant.chain, world, captures, secrets, changes, evidence: told }
    // Where it had to be refused, and nobody did: what the steps would show is not what it is about.
    for (const step of variant.refused === null ? steps : []) {
      if (isStopped()) return INTERRUPTED
      // A step may have a minute to wait yet; disposing its world ends it.
      const result = await interrupted.orDone(runStep(step, context))
      if (result === null) return INTERRUPTED
      done.push(result)
      if (result.verdict !== 'pass') break
    }
    isTold = true
    await tellFailure(null, world)
    return null
  })
  // What a start says that was told to end, or a world that is left in the middle, is about neither.
  const problem = tried !== null && isStopped() ? INTERRUPTED : tried
  if (!isTold && problem !== INTERRUPTED) await tellFailure(problem, null)
  return { ...runWith(problem), evidence }
}

/**
 * The problem that the action ended with, or that it threw: starting a chain and disposing it may do that.
 * @param told gets what an environment that broke has to say
 */
async function tryOut(
  at: Span,
  told: Map<string, string>,
  action: () => Promise<Problem | null>,
): Promise<Problem | null> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof EnvironmentError) for (const file of error.evidence) told.set(...file)
    return problemOf(error, at)
  }
}

/** The values of a row that are secret by their names. */
function secretsOfRow(example: Readonly<Record<string, string>>, scenario: Scenario): string[] {
  return Object.entries(example).flatMap(([name, value]) =>
    isSecretColumn(name, scenario) ? secretFormsOf(value) : [],
  )
}

/** A row may take its value from the environment: then the text says from where, and is none. */
function secretFormsOf(value: string): readonly string[] {
  return value.includes(`\${env:`) ? [] : formsOf(value)
}

/** Whether the values of a column of examples are secret: by its name, or since the scenario says so. */
export function isSecretColumn(name: string, { secretColumns }: Pick<Scenario, 'secretColumns'>): boolean {
  return isSecretName(name) || secretColumns.includes(name)
}

/** A row of examples without the values that its steps send where secrets stand, and without those called like one. */
function maskExample(
  example: Readonly<Record<string, string>>,
  scenario: Scenario,
  steps: readonly Step[],
): Record<string, string> {
  const secrets = steps.flatMap((step) => ('request' in step ? secretsOfMessage(step.request) : []))
  const shown = (name: string, value: string): string =>
    isSecretColumn(name, scenario) && !value.includes(`\${env:`) ? MASK : maskText(value, secrets)
  return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, shown(name, value)]))
}
