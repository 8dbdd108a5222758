import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Place } from '../diagnostics/place.ts'
import { Problems } from '../diagnostics/problems.ts'
import { isPlainMap, type PlainValue } from '../diagnostics/yaml-to-plain.ts'
import { buildStep } from './build-step.ts'
import { checkPlaceholders } from './check-placeholders.ts'
import { MAX_FILLED_LENGTH, MAX_STEPS_IN_ALL } from './limits.ts'
import { fill, filledLength, hasPlaceholder, type Row } from './placeholders.ts'
import type { Step } from './scenario.ts'
import { StepContext } from './step-context.ts'

/** Builds the steps for every row, by the row's key. Steps without placeholders are the same in all of them. */
export function readSteps(
  file: PlainValue,
  place: Place,
  rows: readonly Row[],
  context: StepContext,
): ReadonlyMap<string, readonly Step[]> {
  const written = isPlainMap(file) && Array.isArray(file.steps) ? file.steps : []
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

/** The steps of one row, as `Scenario.stepsFor` gives them. */
export function stepsOf(
  stepsByRow: ReadonlyMap<string, readonly Step[]>,
  row: Readonly<Record<string, string>>,
): readonly Step[] {
  const steps = stepsByRow.get(rowKey(row))
  if (steps === undefined) throw new Error(`The scenario has no such row of examples: ${JSON.stringify(row)}`)
  return steps
}

/** A row as its values' texts. */
export function toExample(row: Row): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(row, ([name, { text }]) => [name, text]))
}

function rowKey(example: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(example))
}
