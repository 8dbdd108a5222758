import { suggest } from '../../../diagnostics/suggest.ts'
import { scenariosOfShard } from '../../../runner/shard.ts'
import { narrowed, type Part, partAtLine, rowsOf } from '../../../scenario/narrow.ts'
import type { Pattern } from '../../../scenario/pattern.ts'
import { PatternBudgetError } from '../../../scenario/pattern.ts'
import type { Scenario } from '../../../scenario/scenario.ts'
import type { LastFailed } from '../../last-failed.ts'
import type { NamedSuite } from '../../load-suite.ts'
import type { RunCommandOptions } from './options.ts'
import type { Settings } from './settings.ts'

export type Choice = Pick<RunCommandOptions, 'tag' | 'grep' | 'variant' | 'example' | 'lastFailed'>

/**
 * Those scenarios, and of each those variants and rows, that lines of files and options choose: what all of them leave.
 * @param lines the lines that were named, by the scenario's file
 * @returns the scenarios, or why there is none, without a full stop
 */
export function choose(
  scenarios: readonly Scenario[],
  lines: ReadonlyMap<string, readonly number[]>,
  choice: Choice,
  lastFailed: LastFailed,
): readonly Scenario[] | string {
  const tooFar = scenarios.flatMap((scenario) => lineTooFar(scenario, lines.get(scenario.source.file) ?? []))
  if (tooFar[0] !== undefined) return tooFar[0]
  const wanted = wantedOf(scenarios, choice)
  if (typeof wanted === 'string') return wanted
  const isAgain = choice.lastFailed && !lastFailed.isEmpty
  const chosen = wanted.flatMap((scenario) => {
    const named = lines.get(scenario.source.file) ?? []
    const restrictions: readonly (readonly Part[])[] = [
      ...(named.length === 0 ? [] : [named.map((line) => partAtLine(scenario, line))]),
      ...(choice.variant.length === 0 ? [] : [choice.variant.map((variant) => ({ variant, row: null }))]),
      ...(choice.example.length === 0 ? [] : [rowParts(scenario, choice.example)]),
      ...(isAgain ? [lastFailed.partsOf(scenario)] : []),
    ]
    return restrictedBy(scenario, restrictions) ?? []
  })
  return chosen.length > 0 ? chosen : nothingLeft(scenarios, wanted, choice)
}

/** What of a suite is run: what the options choose, and of that the shard; or why there is nothing. */
export function chosenOf(
  { scenarios, lines }: NamedSuite,
  options: RunCommandOptions,
  { durations }: Settings,
  lastFailed: LastFailed,
): readonly Scenario[] | string {
  const chosen = choose(scenarios, lines, options, lastFailed)
  if (typeof chosen === 'string' || options.shard === undefined) return chosen
  return scenariosOfShard(chosen, options.shard, durations)
}

/** What every restriction leaves. */
function restrictedBy(scenario: Scenario, restrictions: readonly (readonly Part[])[]): Scenario | null {
  const parts = restrictions.reduce<readonly Part[]>(
    (left, right) => left.flatMap((one) => right.flatMap((other) => both(one, other) ?? [])),
    [{ variant: null, row: null }],
  )
  return narrowed(scenario, parts)
}

/** What two parts have in common; null where that is nothing. */
function both(one: Part, other: Part): Part | null {
  if (one.variant !== null && other.variant !== null && one.variant !== other.variant) return null
  if (one.row !== null && other.row !== null && one.row !== other.row) return null
  return { variant: one.variant ?? other.variant, row: one.row ?? other.row }
}

function rowParts(scenario: Scenario, examples: readonly string[]): Part[] {
  return examples.flatMap((written) => rowsOf(scenario, written)).map((row) => ({ variant: null, row }))
}

function lineTooFar({ source }: Scenario, lines: readonly number[]): string[] {
  const count = source.text.replace(/\n$/, '').split('\n').length
  return lines
    .filter((line) => line < 1 || line > count)
    .map((line) => `"${source.file}" has no line ${line}, it ends with line ${count}`)
}

/** Those that --tag and --grep choose; a sentence where the pattern does not come to an end. */
function wantedOf(scenarios: readonly Scenario[], { tag, grep }: Choice): readonly Scenario[] | string {
  try {
    return scenarios.filter((scenario) => isWanted(scenario, tag, grep))
  } catch (error) {
    if (!(error instanceof PatternBudgetError)) throw error
    return `--grep "${grep?.source}" does not come to an end: ${error.message}`
  }
}

function isWanted({ name, source, tags }: Scenario, wanted: readonly string[], grep: Pattern | undefined): boolean {
  if (wanted.length > 0 && !wanted.some((tag) => tags.includes(tag))) return false
  return grep === undefined || grep.test(name) || grep.test(source.file)
}

/** Which of the options it was, and what it may have meant. */
function nothingLeft(
  all: readonly Scenario[],
  wanted: readonly Scenario[],
  { variant, example, lastFailed }: Choice,
): string {
  if (wanted.length === 0) return `--tag and --grep leave none of the ${all.length}`
  const names = new Set(wanted.flatMap((scenario) => scenario.variants.flatMap(({ name }) => name ?? [])))
  const unknown = variant.find((name) => !names.has(name))
  if (unknown !== undefined) return `none of them has a variant "${unknown}"${meant(unknown, [...names])}`
  const [row] = example.filter((written) => wanted.every((scenario) => rowsOf(scenario, written).length === 0))
  if (row !== undefined) return `none of them has an example "${row}". Write its number, or one of its values: id=7`
  return `${lastFailed ? 'those that failed last time' : 'the parts that were named'} are none of them`
}

function meant(name: string, names: readonly string[]): string {
  const near = suggest(name, names)
  if (near !== undefined) return `. Did you mean "${near}"?`
  return names.length === 0 ? '' : `. There are: ${names.join(', ')}`
}
