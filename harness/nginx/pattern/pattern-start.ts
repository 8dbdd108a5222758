import { type ByteSet, union } from './byte-set.ts'
import { isNullable, type PatternNode } from './pattern-node.ts'

/** Whether a piece matches at the start of a text only. */
export function isAnchored(node: PatternNode): boolean {
  switch (node.kind) {
    case 'place':
      return node.place === 'start'
    case 'sequence':
      return node.items.some((item, index) => isAnchored(item) && node.items.slice(0, index).every(takesNothing))
    case 'alternatives':
      return node.branches.length > 0 && node.branches.every(isAnchored)
    case 'group':
    case 'atomic':
      return isAnchored(node.body)
    default:
      return false
  }
}

/** The bytes that a match of a piece begins with; null where it may begin with any, or match none. */
export function firstBytes(node: PatternNode): ByteSet | null {
  switch (node.kind) {
    case 'bytes':
      return node.set
    case 'sequence': {
      const first = node.items.find((item) => !takesNothing(item))
      return first === undefined || isNullable(first) ? null : firstBytes(first)
    }
    case 'alternatives': {
      const sets = node.branches.map(firstBytes)
      return sets.every((set) => set !== null) ? union(sets) : null
    }
    case 'group':
    case 'atomic':
      return firstBytes(node.body)
    case 'repeat':
      return node.min === 0 ? null : firstBytes(node.body)
    default:
      return null
  }
}

function takesNothing({ kind }: PatternNode): boolean {
  return kind === 'place' || kind === 'look'
}
