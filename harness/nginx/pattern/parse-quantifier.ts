import type { PatternText } from './pattern-text.ts'

/** How often the piece before it repeats, before `?` or `+` behind it. */
export interface Quantifier {
  readonly min: number
  readonly max: number
}

const SIMPLE: Readonly<Record<string, Quantifier>> = {
  '*': { min: 0, max: Number.POSITIVE_INFINITY },
  '+': { min: 1, max: Number.POSITIVE_INFINITY },
  '?': { min: 0, max: 1 },
}

const MAX_COUNT = 65_535

/** Reads a quantifier; null where none stands here. The reader stands behind it. */
export function readQuantifier(text: PatternText): Quantifier | null {
  const simple = SIMPLE[text.peek()]
  if (simple !== undefined) {
    text.at++
    return simple
  }
  const counts = text.take(/\{(\d+)(?:(,)(\d*))?\}/y)
  if (counts === null) return null
  const [whole, low = '', comma, high = ''] = counts
  const start = text.at - whole.length + 1
  const min = count(text, low, start)
  if (comma === undefined) return { min, max: min }
  if (high === '') return { min, max: Number.POSITIVE_INFINITY }
  const max = count(text, high, start + low.length + 1)
  if (max < min) text.fail('numbers out of order in {} quantifier', text.at - 1)
  return { min, max }
}

/** PCRE stops at the digit that makes a count too big. */
function count(text: PatternText, digits: string, at: number): number {
  for (let length = 1; length <= digits.length; length++) {
    if (Number(digits.slice(0, length)) > MAX_COUNT) text.fail('number too big in {} quantifier', at + length)
  }
  return Number(digits)
}
