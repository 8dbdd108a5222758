import path from 'node:path'
import { checkShape } from '../diagnostics/check-shape.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Place } from '../diagnostics/place.ts'
import { Problems } from '../diagnostics/problems.ts'
import { displayPath, readSource } from '../diagnostics/read-source.ts'
import { readYaml, type YamlFile } from '../diagnostics/read-yaml.ts'
import { Source } from '../diagnostics/source.ts'
import type { PlainValue } from '../diagnostics/yaml-to-plain.ts'
import { ChainBuilder } from './build-chain.ts'
import { buildStep } from './build-step.ts'
import { buildVariants } from './build-variants.ts'
import { checkEdits } from './check-edits.ts'
import { checkPlaceholders } from './check-placeholders.ts'
import { ABSENCES, CODES } from './codes.ts'
import { readRows } from './examples.ts'
import { MAX_FILLED_LENGTH, MAX_STEPS_IN_ALL } from './limits.ts'
import { fill, filledLength, hasPlaceholder, type Row } from './placeholders.ts'
import type { Scenario, Step, Variant } from './scenario.ts'
import { scenarioHead, type WrittenScenario } from './schema.ts'
import { type ServiceNames, StepContext } from './step-context.ts'

/** A scenario, or every reason why the file is none. There are diagnostics exactly where there is no scenario. */
export interface ScenarioFileResult {
  readonly scenario: Scenario | null
  readonly diagnostics: readonly Diagnostic[]
}

export interface ScenarioOptions {
  /** The absolute scenarios folder: no path in a file leads out of it. `findRoot` finds it. */
  readonly root: string
}

/** Reads and checks a scenario file whole. Never throws on what a file holds. */
export function loadScenario(file: string, options: ScenarioOptions): ScenarioFileResult {
  const result = readSource(file)
  if ('source' in result) return parseScenario(result.source, options)
  const source = new Source(displayPath(file), '')
  const problems = new Problems()
  problems.add(source, source.spanAt(0, 1), result.problem.code, result.problem.message)
  return { scenario: null, diagnostics: problems.list }
}

/** Checks the text of a scenario file; relative paths in it begin at the folder of `source.file`. */
export function parseScenario(source: Source, { root }: ScenarioOptions): ScenarioFileResult {
  const problems = new Problems()
  const file = readYaml(source, problems)
  const scenario = file === null ? null : readScenario(source, file, root, problems)
  if (problems.list.length === 0) return { scenario, diagnostics: [] }
  return { scenario: null, diagnostics: withoutConsequences(source.file, problems.list) }
}

/** Below the first syntax error a file is read as something else than it was meant to be: what is wrong there is noise. */
function withoutConsequences(file: string, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const isSyntax = ({ code, span }: Diagnostic) => code === 'E_YAML_SYNTAX' && span.file === file
  const firstLine = Math.min(...diagnostics.filter(isSyntax).map(({ span }) => span.line))
  if (firstLine === Number.POSITIVE_INFINITY) return diagnostics
  const isKnown = ({ code, span }: Diagnostic) => span.file !== file || (span.line < firstLine && !ABSENCES.has(code))
  return diagnostics.filter((diagnostic) => isSyntax(diagnostic) || isKnown(diagnostic))
}

function readScenario(source: Source, { value, place }: YamlFile, root: string, problems: Problems): Scenario | null {
  const head = checkShape(scenarioHead, value, place, CODES, problems)?.value ?? null
  const parts = head ?? salvage(value)
  const chains = new ChainBuilder(
    head?.scenario ?? '',
    { root, dir: path.dirname(path.resolve(source.file)) },
    problems,
  )
  const variants = buildVariants(parts, place, chains, problems)
  if (head?.chain === undefined && head !== null && head.variants === undefined) {
    problems.add(
      source,
      place.at('scenario').keySpan,
      'E_CHAIN_INCOMPLETE',
      'the scenario has no chain',
      'Write chain: chains/NAME',
    )
  }
  const rows = readRows(parts.examples, place.at('examples'), problems)
  const stepsByRow = readSteps(value, place.at('steps'), rows, new StepContext(problems, serviceNames(variants)))
  if (head === null || variants === null || problems.list.length > 0) return null
  for (const steps of stepsByRow.values()) {
    checkExpectations(steps, place, problems)
    for (const { chain } of variants) checkEdits(steps, chain, place.at('steps'), problems)
  }
  const { scenario: name, tags = [] } = head
  return { name, source, tags, variants, examples: rows.map(toExample), stepsFor: (row) => stepsOf(stepsByRow, row) }
}

/** The parts of a file that has a problem elsewhere, so that steps can still be checked against them. */
function salvage(value: PlainValue): Pick<WrittenScenario, 'chain' | 'variants' | 'examples'> {
  if (!isMap(value)) return {}
  const { chain, variants, examples } = scenarioHead.shape
  return {
    chain: chain.safeParse(value.chain).data,
    variants: variants.safeParse(value.variants).data,
    examples: examples.safeParse(value.examples).data,
  }
}

/** Builds the steps for every row, by the row's key. Steps without placeholders are the same in all of them. */
function readSteps(
  file: PlainValue,
  place: Place,
  rows: readonly Row[],
  context: StepContext,
): ReadonlyMap<string, readonly Step[]> {
  const written = isMap(file) && Array.isArray(file.steps) ? file.steps : []
  if (isTooMuch(written, rows)) {
    const message = `the steps, once for each of ${rows.length} rows of examples, are too many or too long`
    context.problems.add(place.source, place.keySpan, 'E_SCENARIO_SIZE', message, 'Split the file.')
    return new Map()
  }
  checkPlaceholders(written, place, [...(rows[0]?.keys() ?? [])], context.problems)
  const shared = written.map((step, index) => (hasPlaceholder(step) ? null : buildStep(step, place.at(index), context)))
  const stepsByRow = new Map<string, readonly Step[]>()
  rows.forEach((row, number) => {
    const ofRow = new StepContext(new Problems(), context.names)
    const steps = written.map((step, index) =>
      hasPlaceholder(step) ? buildStep(fill(step, row), place.at(index), ofRow) : shared[index],
    )
    stepsByRow.set(
      rowKey(toExample(row)),
      steps.filter((step) => step !== null && step !== undefined),
    )
    context.problems.addAll(
      rows.length === 1 ? ofRow.problems.list : ofRow.problems.list.map((found) => inRow(found, number + 1)),
    )
  })
  return stepsByRow
}

function isTooMuch(steps: readonly PlainValue[], rows: readonly Row[]): boolean {
  if (steps.length * rows.length > MAX_STEPS_IN_ALL) return true
  const open = steps.filter(hasPlaceholder)
  let length = 0
  for (const row of rows) {
    for (const step of open) length += filledLength(step, row)
    if (length > MAX_FILLED_LENGTH) return true
  }
  return false
}

function inRow(diagnostic: Diagnostic, number: number): Diagnostic {
  return { ...diagnostic, message: `${diagnostic.message} (with row ${number} of the examples)` }
}

function checkExpectations(steps: readonly Step[], place: Place, problems: Problems): void {
  if (steps.some(({ kind }) => kind !== 'change')) return
  const message = 'no step of this scenario expects anything'
  problems.add(place.source, place.at('steps').keySpan, 'E_EXPECTS_NOTHING', message, 'Add a request with an expect.')
}

function serviceNames(variants: readonly Variant[] | null): ServiceNames | null {
  if (variants === null) return null
  const lists = variants.map(({ chain }) => chain.services.map(({ name }) => name))
  const [first = [], ...others] = lists
  return {
    inEvery: first.filter((name) => others.every((list) => list.includes(name))),
    inAny: [...new Set(lists.flat())],
  }
}

function stepsOf(
  stepsByRow: ReadonlyMap<string, readonly Step[]>,
  row: Readonly<Record<string, string>>,
): readonly Step[] {
  const steps = stepsByRow.get(rowKey(row))
  if (steps === undefined) throw new Error(`The scenario has no such row of examples: ${JSON.stringify(row)}`)
  return steps
}

function toExample(row: Row): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(row, ([name, { text }]) => [name, text]))
}

function rowKey(example: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(example))
}

function isMap(value: PlainValue): value is { [key: string]: PlainValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
