import { firstDifference, type TraceDifference } from '../diagnose/compare-traces.ts'
import type { AddressNames } from '../diagnose/compare-traces-names.ts'
import { formatSpan } from '../diagnostics/span.ts'
import type { EnvironmentName } from '../environments/environment.ts'
import { maskText, secretsOf } from '../secrets/mask.ts'
import type { Agreement, Check, Difference, Problem, ScenarioResult, ScenarioRun, StepResult } from './result.ts'

/** What a scenario showed in one environment, all of its traces kept, and what each run's ClusterIPs are called. */
export interface Played {
  readonly result: ScenarioResult
  readonly addresses: readonly AddressNames[]
}

/** Of two runs: where they part, or why there is nothing to compare; neither where they agree. */
type Finding =
  | { readonly kind: 'differ'; readonly difference: Omit<Difference, 'environments'> }
  | { readonly kind: 'gap'; readonly because: string }

/**
 * Compares what one scenario showed in several environments: each of the others with the first. A difference counts for
 * more than a gap, and a gap in one pair leaves the scenario not compared.
 */
export function agreementOf(first: Played, others: readonly Played[]): Agreement {
  const { name, source, tags } = first.result
  const environments = [first, ...others].map(({ result }) => result.environment)
  const scenario = { name, source, tags, environments }
  const found = others.flatMap((other) =>
    findings(first, other).map((finding) => ({ finding, pair: [first, other] as const })),
  )
  for (const { finding, pair } of found) {
    if (finding.kind !== 'differ') continue
    const [left, right] = pair.map(({ result }) => result.environment)
    if (left === undefined || right === undefined) continue
    const difference = { ...finding.difference, environments: [left, right] as const }
    return { ...scenario, verdict: 'disagree', difference, because: null }
  }
  for (const { finding } of found) {
    if (finding.kind === 'gap')
      return { ...scenario, verdict: 'not compared', difference: null, because: finding.because }
  }
  return { ...scenario, verdict: 'agree', difference: null, because: null }
}

/** What is found in each run of the scenario that is not alike on both sides. */
function findings(left: Played, right: Played): Finding[] {
  return left.result.runs.flatMap((run, index) => {
    const other = right.result.runs[index]
    if (other === undefined) return []
    const versions = versionGap(left.result, run, right.result, other)
    if (versions !== null) return [versions]
    const finding = compareRuns(
      { run, environment: left.result.environment, addresses: left.addresses[index] ?? NO_NAMES },
      { run: other, environment: right.result.environment, addresses: right.addresses[index] ?? NO_NAMES },
    )
    return finding === null ? [] : [finding]
  })
}

/** Two versions of nginx may do two things with a request, and both be right. */
function versionGap(
  left: ScenarioResult,
  { nginx: mine }: ScenarioRun,
  right: ScenarioResult,
  { nginx: its }: ScenarioRun,
): Finding | null {
  if (mine === null || its === null || mine.version === its.version) return null
  const because = `versions differ: ${left.environment} has nginx ${mine.version}, ${right.environment} has ${its.version}`
  return { kind: 'gap', because }
}

const NO_NAMES: AddressNames = new Map()

interface Side {
  readonly run: ScenarioRun
  readonly environment: EnvironmentName
  readonly addresses: AddressNames
}

/** Step by step, until a step differs or one side has nothing to show. */
function compareRuns(left: Side, right: Side): Finding | null {
  const { variant, example } = left.run
  const secrets = [...left.run.secrets, ...right.run.secrets]
  const differ = (difference: TraceDifference | StepDifference, step: StepResult | null): Finding => ({
    kind: 'differ',
    difference: {
      ...NO_HOP,
      ...difference,
      left: maskText(difference.left, secrets),
      right: maskText(difference.right, secrets),
      variant,
      example: masked(example, step),
      step: step && { title: maskText(step.title, secrets), span: step.span },
    },
  })
  const count = Math.max(left.run.steps.length, right.run.steps.length)
  for (let index = 0; index < count; index++) {
    const [mine, its] = [left.run.steps[index], right.run.steps[index]]
    if (mine === undefined || its === undefined) break
    const gap = gapOf(left, mine.problem) ?? gapOf(right, its.problem)
    if (gap !== null) return gap
    const difference = compareSteps(mine, its, { left: left.addresses, right: right.addresses }, secrets)
    if (difference !== null) return differ(difference, mine)
  }
  // Steps that only one side has are those behind a problem of the other's.
  const gap = gapOf(left, left.run.problem) ?? gapOf(right, right.run.problem)
  if (gap !== null) return gap
  const [mine, its] = [outcomeOf(left.run), outcomeOf(right.run)]
  const [one, other] = [left.run.problem, right.run.problem]
  if ((one === null) === (other === null) && one?.refusedBy === other?.refusedBy) return null
  return differ({ field: 'chain', left: mine, right: its }, null)
}

/** A row of examples may hold what a request's headers then carry. */
function masked(example: ScenarioRun['example'], step: StepResult | null): ScenarioRun['example'] {
  if (example === null || !step?.trace) return example
  const secrets = secretsOf(step.trace)
  return Object.fromEntries(Object.entries(example).map(([key, value]) => [key, maskText(value, secrets)]))
}

/** A difference that no hop shows: of the step itself, or of the chain's start. */
type StepDifference = Pick<TraceDifference, 'field' | 'left' | 'right'>

const NO_HOP = { hop: null, service: null, leftRule: null, rightRule: null } as const

function compareSteps(
  left: StepResult,
  right: StepResult,
  addresses: { readonly left: AddressNames; readonly right: AddressNames },
  secrets: readonly string[],
): TraceDifference | StepDifference | null {
  if (left.trace !== null && right.trace !== null) {
    const difference = firstDifference(left.trace, right.trace, addresses, secrets)
    if (difference !== null) return difference
  }
  const messages = (step: StepResult): string => JSON.stringify(step.messages ?? [])
  if (messages(left) !== messages(right)) {
    const secrets = [left, right].flatMap(({ trace }) => (trace === null ? [] : secretsOf(trace)))
    return { field: 'messages', left: maskText(messages(left), secrets), right: maskText(messages(right), secrets) }
  }
  for (const [index, check] of left.checks.entries()) {
    const other = right.checks[index]
    if (other === undefined) break
    const [mine, its] = [checkText(check), checkText(other)]
    // What a failed check of a trace found is in the trace, which is compared by rules of its own.
    const same = left.trace === null ? mine === its : check.passed === other.passed
    if (!same) return { field: check.what, left: mine, right: its }
  }
  const refusal = (step: StepResult): string => step.refusal?.message ?? 'not refused'
  if ((left.refusal === null) !== (right.refusal === null)) {
    return { field: 'refused', left: refusal(left), right: refusal(right) }
  }
  if (left.verdict === right.verdict) return null
  return { field: 'verdict', left: verdictText(left), right: verdictText(right) }
}

function checkText({ passed, expected, actual }: Check): string {
  return passed ? 'as expected' : `${actual} instead of ${expected}`
}

function verdictText({ verdict, problem }: StepResult): string {
  return problem === null ? verdict : `${verdict}: ${problem.message}`
}

function outcomeOf({ problem }: ScenarioRun): string {
  return problem === null ? 'starts' : `does not start: ${problem.message}`
}

/** Why an environment has nothing to compare; null where it has. A chain that is wrong is something to compare. */
function gapOf({ environment, run }: Side, problem: Problem | null): Finding | null {
  if (problem === null || problem.verdict === 'fail') return null
  const place = problem.span === null ? '' : `${formatSpan(problem.span)}: `
  const how = problem.verdict === 'unsupported' ? 'cannot show it' : 'broke'
  return { kind: 'gap', because: maskText(`${environment} ${how}: ${place}${problem.message}`, run.secrets) }
}
