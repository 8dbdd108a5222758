import type { Leaf, TrieNode } from './route-table.ts'

/** How many of the leading segments are not part of the match: 1 for `/api`, whose key is also that of `/%61pi`. */
export function apiSegments(keys: readonly string[]): number {
  return keys[0] === 'api' ? 1 : 0
}

/** The segments after one leading `/api`; `/api` alone is `/`. */
export function withoutApi(segments: readonly string[], skip: number): readonly string[] {
  if (skip === 0) return segments
  return segments.length === 1 ? [''] : segments.slice(1)
}

/** The best leaf at or under a node for the segments from `at` on, or `best` where that is better. */
export function search(node: TrieNode, keys: readonly string[], at = 0, best: Leaf | null = null): Leaf | null {
  let found = better(best, node.rest)
  const key = keys[at]
  if (key === undefined) return better(found, node.end)
  const literal = node.literals.get(key)
  if (literal !== undefined) found = search(literal, keys, at + 1, found)
  if (node.name !== null && key !== '') found = search(node.name, keys, at + 1, found)
  return found
}

function better(one: Leaf | null, other: Leaf | null): Leaf | null {
  if (one === null || other === null) return one ?? other
  if (one.literals !== other.literals) return one.literals > other.literals ? one : other
  return one.order < other.order ? one : other
}
