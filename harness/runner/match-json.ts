import type { JsonValue } from '../scenario/scenario.ts'

/**
 * Where `actual` first lacks what `expected` asks for, as a JSONPath (`$.items[0].id`); null where it has everything.
 * Members that are not asked for do not matter; arrays must be as long as they are asked to be.
 */
export function firstDifference(expected: JsonValue, actual: unknown, path = '$'): string | null {
  if (isList(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return path
    return firstOf(expected, (item, index) => firstDifference(item, actual[index], `${path}[${index}]`))
  }
  if (isMapping(expected)) {
    if (!isMapping(actual)) return path
    return firstOf(Object.entries(expected), ([key, value]) => {
      const here = path + member(key)
      return Object.hasOwn(actual, key) ? firstDifference(value, actual[key], here) : here
    })
  }
  return expected === actual ? null : path
}

/** The part of `actual` that `expected` asks about, so that a diff of both shows only what matters. */
export function partAskedFor(expected: JsonValue, actual: unknown): unknown {
  if (isList(expected) && Array.isArray(actual)) {
    return actual.map((item, index) => {
      const asked = expected[index]
      return asked === undefined ? item : partAskedFor(asked, item)
    })
  }
  if (isMapping(expected) && isMapping(actual)) {
    const present = Object.entries(expected).filter(([key]) => Object.hasOwn(actual, key))
    return Object.fromEntries(present.map(([key, value]) => [key, partAskedFor(value, actual[key])]))
  }
  return actual
}

function firstOf<Item>(items: readonly Item[], find: (item: Item, index: number) => string | null): string | null {
  for (const [index, item] of items.entries()) {
    const found = find(item, index)
    if (found !== null) return found
  }
  return null
}

function member(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function isMapping<Value>(value: Value): value is Value & { readonly [key: string]: Value & JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
