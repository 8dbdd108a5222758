import { type VersionChange, versionChanges } from '../diagnose/version-changes.ts'
import type { Span } from '../diagnostics/span.ts'
import type { Environment } from '../environments/environment.ts'
import { flipped, type RuleName, rulesBetween, type VersionRules } from '../nginx/versions.ts'
import type { Scenario } from '../scenario/scenario.ts'
import type { Trace } from '../trace/trace.ts'
import type { ScenarioReference, ScenarioResult, Verdict } from './result.ts'
import { runScenario } from './run-scenario.ts'

/** What another version of nginx changes for a suite. */
export interface Upgrade {
  readonly from: string
  readonly to: string
  readonly scenarios: number
  /** Scenarios that name several versions: what they are about is versions. */
  readonly leftOut: number
  readonly requests: number
  /** Requests with which nginx does something else, put together by the rules that make it so. */
  readonly groups: readonly ChangedGroup[]
  /** Scenarios that end otherwise. */
  readonly verdicts: readonly ChangedVerdict[]
}

export interface ChangedGroup {
  readonly rules: readonly RuleName[]
  readonly changes: readonly VersionChange[]
  readonly requests: readonly ChangedRequest[]
}

/** A step, and what its request has to do with. */
export interface ChangedRequest {
  readonly title: string
  readonly span: Span
}

export interface ChangedVerdict extends ScenarioReference {
  readonly before: Verdict
  readonly after: Verdict
  /** What the second version says where the chain does not start. */
  readonly because: string | null
}

/** An environment whose nginx keeps these rules. */
export type EnvironmentBy = (rules: VersionRules) => Environment

/** A step that was run with two versions. */
interface Pair {
  readonly scenario: Scenario
  readonly run: number
  readonly step: number
  readonly request: ChangedRequest
  readonly before: Trace
  readonly after: Trace
}

const SEED = 1

/** Runs a suite with two versions, and holds what nginx does with each request against each other. */
export async function compareVersions(
  scenarios: readonly Scenario[],
  from: VersionRules,
  to: VersionRules,
  environmentBy: EnvironmentBy,
): Promise<Upgrade> {
  const suite = scenarios.filter((scenario) => !isAboutVersions(scenario))
  const pairs: Pair[] = []
  const verdicts: ChangedVerdict[] = []
  for (const scenario of suite) {
    const [before, after] = [await play(scenario, environmentBy(from)), await play(scenario, environmentBy(to))]
    pairs.push(...pairsOf(scenario, before, after))
    if (before.verdict !== after.verdict) verdicts.push(verdictChange(scenario, before, after))
  }
  const groups = await groupsOf(pairs, from, to, environmentBy)
  const counts = { scenarios: suite.length, leftOut: scenarios.length - suite.length, requests: pairs.length }
  return { from: from.version, to: to.version, ...counts, groups, verdicts }
}

function isAboutVersions({ variants }: Scenario): boolean {
  return new Set(variants.map(({ chain }) => chain.host.nginx?.version)).size > 1
}

function play(scenario: Scenario, environment: Environment): Promise<ScenarioResult> {
  return runScenario(scenario, environment, { seed: SEED, keepTraces: true })
}

function pairsOf(scenario: Scenario, before: ScenarioResult, after: ScenarioResult): Pair[] {
  return before.runs.flatMap(({ steps }, run) =>
    steps.flatMap(({ title, span, trace }, step) => {
      const other = after.runs[run]?.steps[step]?.trace
      if (trace === null || !other) return []
      return [{ scenario, run, step, request: { title, span }, before: trace, after: other }]
    }),
  )
}

function verdictChange({ name, source }: Scenario, before: ScenarioResult, after: ScenarioResult): ChangedVerdict {
  const because = after.runs.map(({ problem }) => problem?.message ?? null).find((message) => message !== null) ?? null
  return { name, source, before: before.verdict, after: after.verdict, because }
}

/** One request of each kind of change tells by which rules it comes. */
async function groupsOf(
  pairs: readonly Pair[],
  from: VersionRules,
  to: VersionRules,
  environmentBy: EnvironmentBy,
): Promise<ChangedGroup[]> {
  const kinds = Map.groupBy(
    pairs.map((pair) => ({ pair, changes: versionChanges(pair.before, pair.after) })),
    ({ changes }) => JSON.stringify(changes),
  )
  const groups = new Map<string, ChangedGroup>()
  for (const [first, ...others] of kinds.values()) {
    if (first === undefined || first.changes.length === 0) continue
    const rules = await rulesBehind(first.pair, from, to, environmentBy)
    const requests = [first, ...others].map(({ pair }) => pair.request)
    const known = groups.get(rules.join())
    groups.set(rules.join(), {
      rules,
      changes: distinct([...(known?.changes ?? []), ...first.changes]),
      requests: [...(known?.requests ?? []), ...requests],
    })
  }
  return [...groups.values()].sort((one, other) => other.requests.length - one.requests.length)
}

/** The rules without which the newer of the versions would do something else with a request. */
async function rulesBehind(
  { scenario, run, step, after }: Pair,
  from: VersionRules,
  to: VersionRules,
  environmentBy: EnvironmentBy,
): Promise<RuleName[]> {
  const behind: RuleName[] = []
  for (const name of rulesBetween(from, to)) {
    const { runs } = await play(scenario, environmentBy(flipped(to, name)))
    const trace = runs[run]?.steps[step]?.trace
    if (!trace || versionChanges(after, trace).length > 0) behind.push(name)
  }
  return behind
}

function distinct(changes: readonly VersionChange[]): VersionChange[] {
  return [...new Map(changes.map((change) => [JSON.stringify(change), change])).values()]
}
