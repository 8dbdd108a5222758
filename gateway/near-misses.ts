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

/**
 * The routes that nearly took a path (raw, without its query), nearest first, at most three: by their paths, and where no
 * path takes it by the rewritten form too. A route whose rewritten form alone carried the path is among them: its path
 * may have a typo.
 */
export function nearMisses(table: RouteTable, path: string): readonly NearMiss[] {
  const whole = wholePath(path)
  const { keys } = withoutApi(whole)
  const byPath = table.byPath.find(keys)?.value ?? null
  const isCarriedByForm = byPath === null && table.byRewrittenPath.find(whole.keys) !== null
  return table.routes
    .map((compiled, order) => {
      const miss = compare(compiled, order, compiled.pattern.segments, keys, byPath)
      const formMiss = byPath === null && !isCarriedByForm ? compareForm(compiled, order, whole.keys) : null
      return formMiss !== null && byNearness(formMiss, miss) < 0 ? formMiss : miss
    })
    .filter(({ compiled, fitting }) => compiled !== byPath && fitting > 0)
    .sort(byNearness)
    .slice(0, MAX_NEAR_MISSES)
    .map(({ compiled, because }) => ({ route: compiled.route, because }))
}

function byNearness(a: Comparison, b: Comparison): number {
  return b.fitting - a.fitting || a.apart - b.apart || a.order - b.order
}

/** How near a path stands to the form that a route sends, a leading `/api` left out of the count as for paths; null where there is no such form. */
function compareForm(compiled: CompiledRoute, order: number, keys: readonly string[]): Comparison | null {
  const { rewritten, route } = compiled
  if (rewritten === null) return null
  const [first] = rewritten
  const hasApi = first?.kind === 'literal' && first.key === 'api'
  const segments = hasApi ? rewritten.slice(1) : rewritten
  const compared = hasApi && keys[0] === 'api' ? keys.slice(1) : keys
  const miss = compare(compiled, order, segments, compared, null)
  const form = `${route.rewrite}, the rewritten form of ${route.path}`
  const isWithoutApi = hasApi && compared === keys && takes(segments, keys)
  return {
    ...miss,
    because: isWithoutApi ? `with /api in front it is ${form}` : `did you mean ${form}? ${miss.because}`,
  }
}

function takes(segments: readonly PatternSegment[], keys: readonly string[]): boolean {
  const hasRest = segments.at(-1)?.kind === 'rest'
  if (!hasRest && keys.length > segments.length) return false
  return segments.every((segment, at) => segment.kind === 'rest' || fits(segment, keys[at]))
}

function compare(
  compiled: CompiledRoute,
  order: number,
  segments: readonly PatternSegment[],
  keys: readonly string[],
  winner: CompiledRoute | null,
): Comparison {
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
