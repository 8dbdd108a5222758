import { distance } from 'fastest-levenshtein'
import { literalCount, type PatternSegment } from './path-pattern.ts'
import { wholePath, withoutApi } from './path-segments.ts'
import type { CompiledRoute, Route, RouteTable } from './route-table.ts'

/** A route that did not take a path but stood close to doing so, and what kept it from it, in words. */
export interface NearMiss {
  readonly route: Route
  readonly because: string
}

interface Comparison {
  readonly compiled: CompiledRoute
  readonly order: number
  /** How many leading segments fit, and how far the next one is from fitting (Levenshtein). */
  readonly fitting: number
  readonly apart: number
  readonly because: string
}

const MAX_NEAR_MISSES = 3
/** Longer segments are not typing mistakes, and comparing them costs time. */
const MAX_WORD_LENGTH = 80

/** The routes that nearly took a path (raw, without its query), nearest first, at most three. */
export function nearMisses(table: RouteTable, path: string): readonly NearMiss[] {
  const whole = wholePath(path)
  const { keys } = withoutApi(whole)
  const winner = (table.byPath.find(keys) ?? table.byRewrittenPath.find(whole.keys))?.value ?? null
  const comparisons = table.routes
    .map((compiled, order) => compare(compiled, order, keys, winner))
    .filter(({ compiled, fitting }) => compiled !== winner && fitting > 0)
    .sort((a, b) => b.fitting - a.fitting || a.apart - b.apart || a.order - b.order)
    .map(({ compiled, because }) => ({ route: compiled.route, because }))
  const unprefixed = keys === whole.keys && winner === null ? table.byRewrittenPath.find(['api', ...keys]) : null
  if (unprefixed === null) return comparisons.slice(0, MAX_NEAR_MISSES)
  const { route } = unprefixed.value
  const because = `with /api in front it would have the form that this route sends, "${route.rewrite}"`
  return [{ route, because }, ...comparisons.filter((miss) => miss.route !== route)].slice(0, MAX_NEAR_MISSES)
}

function compare(
  compiled: CompiledRoute,
  order: number,
  keys: readonly string[],
  winner: CompiledRoute | null,
): Comparison {
  const { segments } = compiled.pattern
  for (const [fitting, segment] of segments.entries()) {
    const key = keys[fitting]
    if (segment.kind === 'rest') return { compiled, order, fitting, apart: 0, because: lost(segments, winner) }
    if (fits(segment, key)) continue
    const expected = segment.kind === 'literal' ? segment.text : ''
    const apart = distance(expected.slice(0, MAX_WORD_LENGTH), (key ?? '').slice(0, MAX_WORD_LENGTH))
    return { compiled, order, fitting, apart, because: `${equal(fitting)}then ${difference(segment, key)}` }
  }
  const fitting = segments.length
  const next = keys[fitting]
  if (next === undefined) return { compiled, order, fitting, apart: 0, because: lost(segments, winner) }
  return {
    compiled,
    order,
    fitting,
    apart: next.length,
    because: `all its segments equal, then "${next}" is one too many`,
  }
}

function fits(segment: PatternSegment, key: string | undefined): boolean {
  return segment.kind === 'literal' ? segment.key === key : key !== undefined && key !== ''
}

function equal(count: number): string {
  return count === 1 ? 'first segment equal, ' : `first ${count} segments equal, `
}

function difference(segment: PatternSegment, key: string | undefined): string {
  const expected =
    segment.kind === 'literal' ? `"${segment.text}"` : segment.kind === 'name' ? `{${segment.name}}` : '*'
  return key === undefined || key === '' ? `the path ends before ${expected}` : `"${key}" is not ${expected}`
}

/** It takes the path too: why another one was chosen. */
function lost(segments: readonly PatternSegment[], winner: CompiledRoute | null): string {
  const own = literalCount(segments)
  const best = winner === null ? own : literalCount(winner.pattern.segments)
  return own === best
    ? 'it matches too, but stands later in the file'
    : `it matches too, but ${own} of its segments ${own === 1 ? 'is' : 'are'} literal, not ${best}`
}
