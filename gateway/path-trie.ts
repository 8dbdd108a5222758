import { literalCount, type PatternSegment } from './path-pattern.ts'

/** One pattern and what it stands for; `order` is its position among those that were added. */
export interface Leaf<Value> {
  readonly value: Value
  readonly segments: readonly PatternSegment[]
  readonly literals: number
  readonly order: number
}

/** One level per segment, so that the number of patterns does not count. */
interface Node<Value> {
  readonly literals: Map<string, Node<Value>>
  name: Node<Value> | null
  /** The pattern that ends here. */
  end: Leaf<Value> | null
  /** The pattern that takes the rest from here. */
  rest: Leaf<Value> | null
}

/** Patterns by their segments. Of several that take a path the one with the most literal segments wins, then the first added. */
export class PathTrie<Value> {
  readonly #root: Node<Value> = emptyNode()
  readonly #leaves: Leaf<Value>[] = []

  /** Of two patterns that take the same paths the first stays. */
  add(segments: readonly PatternSegment[], value: Value): void {
    const leaf: Leaf<Value> = { value, segments, literals: literalCount(segments), order: this.#leaves.length }
    this.#leaves.push(leaf)
    let node = this.#root
    for (const segment of segments) {
      if (segment.kind === 'rest') {
        node.rest ??= leaf
        return
      }
      node = segment.kind === 'literal' ? literalChild(node, segment.key) : nameChild(node)
    }
    node.end ??= leaf
  }

  /** All patterns, in the order in which they were added. */
  leaves(): readonly Leaf<Value>[] {
    return this.#leaves
  }

  /** The pattern that takes a path, given by the keys of its segments. */
  find(keys: readonly string[]): Leaf<Value> | null {
    return search(this.#root, keys, 0, null)
  }
}

function emptyNode<Value>(): Node<Value> {
  return { literals: new Map(), name: null, end: null, rest: null }
}

function literalChild<Value>(node: Node<Value>, key: string): Node<Value> {
  const child = node.literals.get(key) ?? emptyNode()
  node.literals.set(key, child)
  return child
}

function nameChild<Value>(node: Node<Value>): Node<Value> {
  node.name ??= emptyNode()
  return node.name
}

/** The best leaf at or under a node for the keys from `at` on, or `best` where that is better. */
function search<Value>(
  node: Node<Value>,
  keys: readonly string[],
  at: number,
  best: Leaf<Value> | null,
): Leaf<Value> | null {
  let found = better(best, node.rest)
  const key = keys[at]
  if (key === undefined) return better(found, node.end)
  const literal = node.literals.get(key)
  if (literal !== undefined) found = search(literal, keys, at + 1, found)
  if (node.name !== null && key !== '') found = search(node.name, keys, at + 1, found)
  return found
}

function better<Value>(one: Leaf<Value> | null, other: Leaf<Value> | null): Leaf<Value> | null {
  if (one === null || other === null) return one ?? other
  if (one.literals !== other.literals) return one.literals > other.literals ? one : other
  return one.order < other.order ? one : other
}
