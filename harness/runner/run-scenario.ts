import type { Environment, EnvironmentName } from '../environments/environment.ts'
import type { Scenario } from '../scenario/scenario.ts'
import { frozen } from '../trace/frozen.ts'
import { AddressWatch } from './address-watch.ts'
import type { Played } from './agree.ts'
import { GapCount } from './gap-count.ts'
import { inOrder } from './in-order.ts'
import { INTERRUPTED } from './problem.ts'
import type {
  Agreement,
  AgreementSummary,
  RunResult,
  ScenarioReference,
  ScenarioResult,
  ScenarioRun,
  ScenarioSummary,
  StepResult,
} from './result.ts'
import { type OnceOptions, runOnce } from './run-once.ts'
import { isBad, worst } from './verdict.ts'

export interface RunOptions extends OnceOptions {
  /** Stops after the first scenario that fails, breaks, or on which environments disagree. */
  readonly bail?: boolean
  /** Keeps the traces of steps that passed too, in what `onResult` and `runScenario` give. */
  readonly keepTraces?: boolean
  /** How many scenarios run at a time; one where it is left out. What they show does not depend on it. */
  readonly jobs?: number
  /** Gets each scenario as it begins on an environment. */
  readonly onBegin?: (scenario: ScenarioReference, environment: EnvironmentName) => void
  /** Gets each scenario as it is done on an environment: its result may have to wait for those of others. */
  readonly onDone?: (scenario: ScenarioReference, environment: EnvironmentName) => void
}

/**
 * Runs scenarios, each on every environment, and compares what the environments show where there are several. Everything
 * is told in the order of the scenarios, whatever order they end in.
 * @param onResult gets each result; only a summary of it is kept, so that memory does not grow with what the scenarios send
 * @param onAgreement gets each comparison, after the results that were compared
 */
export async function runScenarios(
  scenarios: readonly Scenario[],
  environments: readonly Environment[],
  options: RunOptions,
  onResult: (result: ScenarioResult) => void,
  onAgreement: (agreement: Agreement) => void = () => undefined,
): Promise<RunResult> {
  const startedAt = new Date().toISOString()
  const startedMs = performance.now()
  const done: ScenarioSummary[] = []
  const agreements: AgreementSummary[] = []
  const gaps = new GapCount()
  const notRun = new Set<ScenarioReference>(scenarios)
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal])
  const tried = environments.length === 0 ? [] : scenarios
  const nginxVersion = environments.map((one) => one.nginxVersion()).find((version) => version !== null) ?? null
  const play = async (scenario: Scenario) => {
    const everywhere = await runEverywhere(scenario, environments, { nginxVersion, ...options, signal })
    const isGone = everywhere.results.some(({ runs }) => runs.some(findsItGone))
    if (isGone) stop.abort()
    return { ...everywhere, isGone }
  }
  let isToldGone = false
  for await (const { scenario, results, agreement, isGone } of inOrder(until(signal, tried), options.jobs ?? 1, play)) {
    // Those that wait for an environment find out together that it is gone: it is told once.
    if (isGone ? isToldGone : results.length < environments.length) continue
    isToldGone ||= isGone
    notRun.delete(scenario)
    gaps.add(results)
    for (const result of results) {
      onResult(result)
      done.push(summaryOf(result))
    }
    if (agreement !== null) {
      onAgreement(agreement)
      agreements.push(agreementSummaryOf(agreement))
    }
    if (options.bail === true && areBad(results, agreement)) {
      // Those that run beside it are not reported: a run with more jobs must not report more.
      stop.abort()
      break
    }
  }
  const durationMs = performance.now() - startedMs
  const left = Array.from(notRun, ({ name, source }) => ({ name, source }))
  return { scenarios: done, agreements, gaps: gaps.list, notRun: left, seed: options.seed, startedAt, durationMs }
}

/**
 * What one scenario showed in each environment; `agreement` is null where there was nothing to compare it with. Environments
 * that a signal stopped, or never began, have no result.
 */
interface Everywhere {
  readonly scenario: Scenario
  readonly results: readonly ScenarioResult[]
  readonly agreement: Agreement | null
}

async function runEverywhere(
  scenario: Scenario,
  environments: readonly Environment[],
  options: RunOptions & { readonly signal: AbortSignal },
): Promise<Everywhere> {
  const [only] = environments
  if (only !== undefined && environments.length === 1) {
    options.onBegin?.(scenario, only.name)
    const results = [await runScenario(scenario, only, options)].filter(isWhole)
    options.onDone?.(scenario, only.name)
    return { scenario, results, agreement: null }
  }
  // Loaded where there is something to compare: most runs have one environment.
  const { agreementOf } = await import('./agree.ts')
  const played: Played[] = []
  for (const environment of until(options.signal, environments)) {
    const watch = new AddressWatch(environment)
    options.onBegin?.(scenario, environment.name)
    const result = await runScenario(scenario, watch, { ...options, keepTraces: true })
    options.onDone?.(scenario, environment.name)
    if (isWhole(result)) played.push({ result, addresses: watch.starts })
  }
  const results = played.map(({ result }) => (options.keepTraces === true ? result : withoutTraces(result)))
  const [first, ...others] = played
  const isComplete = played.length === environments.length
  return { scenario, results, agreement: first !== undefined && isComplete ? agreementOf(first, others) : null }
}

/** Runs one scenario: each variant's chain with each row of examples, every time on a chain started afresh. Never throws. */
export async function runScenario(
  scenario: Scenario,
  environment: Environment,
  options: RunOptions,
): Promise<ScenarioResult> {
  const startedMs = performance.now()
  const runs: ScenarioRun[] = []
  for (const pair of pairs(scenario.variants, scenario.examples)) {
    const run = await runOnce(scenario, pair, environment, options)
    runs.push(options.keepTraces === true ? run : runWithoutTraces(run))
    if (findsItGone(run)) break
  }
  const { file, text } = scenario.source
  return frozen({
    name: scenario.name,
    source: { file, text },
    tags: scenario.tags,
    environment: environment.name,
    verdict: worst(runs.map(({ verdict }) => verdict)),
    runs,
    carriedByRewrittenForm: runs
      .flatMap(({ steps }) => steps)
      .reduce((sum, step) => sum + step.carriedByRewrittenForm, 0),
    durationMs: performance.now() - startedMs,
  })
}

/** Whether the environment was gone when the run wanted it. */
function findsItGone({ problem, steps }: ScenarioRun): boolean {
  return problem?.isGone === true || steps.at(-1)?.problem?.isGone === true
}

/** Whether no signal came before the scenario was done. */
function isWhole({ runs }: ScenarioResult): boolean {
  return runs.every(({ problem }) => problem !== INTERRUPTED)
}

function areBad(results: readonly ScenarioResult[], agreement: Agreement | null): boolean {
  return agreement?.verdict === 'disagree' || results.some(({ verdict }) => isBad(verdict))
}

function summaryOf({ runs: _, ...summary }: ScenarioResult): ScenarioSummary {
  return summary
}

function agreementSummaryOf({ difference: _, ...summary }: Agreement): AgreementSummary {
  return summary
}

function withoutTraces(result: ScenarioResult): ScenarioResult {
  return { ...result, runs: result.runs.map(runWithoutTraces) }
}

/** Only what somebody has to look into keeps its traces. */
function runWithoutTraces(run: ScenarioRun): ScenarioRun {
  return { ...run, steps: run.steps.map((step) => (isWorthALook(run, step) ? step : traceless(step))) }
}

function isWorthALook(run: ScenarioRun, step: StepResult): boolean {
  return run.verdict !== 'pass' && step.verdict !== 'pass'
}

function traceless(step: StepResult): StepResult {
  return step.trace === null ? step : { ...step, trace: null, messages: null }
}

function* until<Item>(signal: AbortSignal, items: readonly Item[]): Generator<Item> {
  for (const item of items) {
    if (signal.aborted) return
    yield item
  }
}

function* pairs<Left, Right>(lefts: readonly Left[], rights: readonly Right[]): Generator<readonly [Left, Right]> {
  for (const left of lefts) for (const right of rights) yield [left, right]
}
