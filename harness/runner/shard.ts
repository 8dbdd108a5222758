import type { Scenario } from '../scenario/scenario.ts'

/** One of `count` parts of a suite; `index` counts from 1. */
export interface Shard {
  readonly index: number
  readonly count: number
}

/**
 * The scenarios of one part, in file order. Every part takes about the same time by what an earlier run recorded: the longest
 * ones are dealt out first, each to the part that has least so far. The same suite and record give the same parts everywhere,
 * so that CI jobs need not talk to each other; every scenario is in exactly one of them.
 * @param durationsMs by the scenario's file; one that is not there is taken for an average one
 */
export function scenariosOfShard(
  scenarios: readonly Scenario[],
  { index, count }: Shard,
  durationsMs: ReadonlyMap<string, number>,
): Scenario[] {
  const known = [...durationsMs.values()]
  const average = known.length === 0 ? 1 : known.reduce((sum, each) => sum + each, 0) / known.length
  const durationOf = ({ source }: Scenario): number => durationsMs.get(source.file) ?? average
  const loads: number[] = new Array(count).fill(0)
  const mine = new Set<Scenario>()
  for (const scenario of scenarios.toSorted((one, other) => durationOf(other) - durationOf(one))) {
    const part = loads.indexOf(Math.min(...loads))
    loads[part] = (loads[part] ?? 0) + durationOf(scenario)
    if (part === index - 1) mine.add(scenario)
  }
  return scenarios.filter((scenario) => mine.has(scenario))
}
