import type { Place } from '../diagnostics/place.ts'
import { Problems } from '../diagnostics/problems.ts'
import { readYaml } from '../diagnostics/read-yaml.ts'
import type { Scenario, Variant } from './scenario.ts'

/** A part of a scenario: the runs of one variant, of one row, of one variant with one row. Null is every one. */
export interface Part {
  readonly variant: string | null
  /** The row's number in `examples`, from 1. */
  readonly row: number | null
}

/**
 * The scenario with those of its variants and rows that a part has; its steps stay whole, since each counts on those before it.
 * With several parts, what any of them has. Null where nothing is left.
 */
export function narrowed(scenario: Scenario, parts: readonly Part[]): Scenario | null {
  const has = (variant: Variant, row: number): boolean =>
    parts.some((part) => (part.variant ?? variant.name) === variant.name && (part.row ?? row) === row)
  const rows = scenario.examples.map((_, index) => index + 1)
  const variants = scenario.variants.filter((variant) => rows.some((row) => has(variant, row)))
  const examples = scenario.examples.filter((_, index) => variants.some((variant) => has(variant, index + 1)))
  return variants.length === 0 ? null : { ...scenario, variants, examples }
}

/** The part that a line of the scenario's file is in: a variant, a row of examples, or all of it elsewhere. */
export function partAtLine({ source, variants, examples }: Scenario, line: number): Part {
  const file = readYaml(source, new Problems())
  if (file === null) return { variant: null, row: null }
  const { place } = file
  const holds = (at: Place): boolean => {
    const { start, end } = at.written(null)
    const last = source.spanAt(Math.max(start, end - 1), 1).line
    return at.keySpan.line <= line && line <= last
  }
  const variant = variants.find(({ name }) => name !== null && holds(place.at('variants', name)))
  const row = place.has(['examples']) ? examples.findIndex((_, index) => holds(place.at('examples', index))) : -1
  return { variant: variant?.name ?? null, row: row === -1 ? null : row + 1 }
}

/**
 * The rows that `--example` means, by their numbers: a number from 1, or values as the title of a run shows them, `id=7` or
 * `id=7, name=x`.
 */
export function rowsOf({ examples }: Scenario, written: string): number[] {
  const values = valuesIn(written)
  return examples.flatMap((row, index) => {
    if (values === null) return written === String(index + 1) && Object.keys(row).length > 0 ? [index + 1] : []
    return values.every(([name, value]) => row[name] === value) ? [index + 1] : []
  })
}

/** The pairs of `id=7, name=x`; null where it is a number. */
function valuesIn(written: string): readonly (readonly [name: string, value: string])[] | null {
  if (/^\d+$/.test(written)) return null
  return written.split(/, ?(?=\w+=)/).map((pair) => {
    const equals = pair.indexOf('=')
    return [pair.slice(0, Math.max(0, equals)), pair.slice(equals + 1)]
  })
}
