import type { Place } from '../diagnostics/place.ts'
import type { Problems } from '../diagnostics/problems.ts'
import { PLACEHOLDER_NAME, type Row } from './placeholders.ts'
import type { WrittenScenario } from './schema.ts'
import { textOf } from './step-context.ts'

/** A row of a file without examples. */
const NO_ROW: Row = new Map()

/** Reads the rows of `examples`; `place` is theirs. Every row must have the same keys. */
export function readRows(written: WrittenScenario['examples'], place: Place, problems: Problems): readonly Row[] {
  if (written === undefined) return [NO_ROW]
  const rows = written.map((row, index) => {
    const at = place.at(index)
    return new Map(Object.entries(row).map(([name, value]) => [name, readCell(value, at.at(name))]))
  })
  checkKeys(rows, place, problems)
  return rows
}

type Cell = NonNullable<WrittenScenario['examples']>[number][string]

/** The columns with a value that is written `secret: true`: then all of the column is. */
export function secretColumns(rows: readonly Row[]): readonly string[] {
  const names = rows.flatMap((row) => Array.from(row, ([name, { isSecret }]) => (isSecret ? [name] : [])).flat())
  return [...new Set(names)]
}

/** A number keeps its type only where that loses nothing of how it is written: `007` stays a text. */
function readCell(cell: Cell, place: Place) {
  const isObject = typeof cell === 'object'
  const value = isObject ? cell.value : cell
  const text = textOf(value, isObject ? place.at('value') : place)
  return { text, value: String(value) === text ? value : text, isSecret: isObject && cell.secret === true }
}

function checkKeys(rows: readonly Row[], place: Place, problems: Problems): void {
  const keys = [...(rows[0]?.keys() ?? [])]
  const add = (at: Place, message: string) => problems.add(at.source, at.keySpan, 'E_EXAMPLES_KEYS', message)
  if (keys.length === 0) add(place.at(0), 'a row of examples has at least one value')
  for (const name of keys) {
    if (!PLACEHOLDER_NAME.test(name)) add(place.at(0, name), `"${name}" cannot be written as \${${name}}`)
  }
  rows.forEach((row, index) => {
    const missing = keys.find((key) => !row.has(key))
    const extra = [...row.keys()].find((key) => !keys.includes(key))
    if (missing !== undefined) add(place.at(index), `this row has no "${missing}", which the first row has`)
    if (extra !== undefined) add(place.at(index, extra), `the first row has no "${extra}"`)
  })
}
