interface Node<T> {
  value: T | undefined
  readonly children: Map<number, Edge<T>>
}

interface Edge<T> {
  label: string
  node: Node<T>
}

/** Strings mapped to values, asked for the longest one that a text starts with. The cost is the text's length, not the tree's size. */
export class RadixTree<T> {
  readonly #root: Node<T> = { value: undefined, children: new Map() }

  set(key: string, value: T): void {
    let node = this.#root
    let at = 0
    while (at < key.length) {
      const edge = node.children.get(key.charCodeAt(at))
      if (edge === undefined) {
        const leaf: Node<T> = { value: undefined, children: new Map() }
        node.children.set(key.charCodeAt(at), { label: key.slice(at), node: leaf })
        node = leaf
        break
      }
      const shared = sharedLength(edge.label, key, at)
      if (shared < edge.label.length) split(edge, shared)
      node = edge.node
      at += shared
    }
    node.value = value
  }

  /** The value of the longest key that `text` starts with; undefined where there is none. */
  longestPrefixOf(text: string): T | undefined {
    let node = this.#root
    let found = node.value
    let at = 0
    while (at < text.length) {
      const edge = node.children.get(text.charCodeAt(at))
      if (edge === undefined || !text.startsWith(edge.label, at)) break
      node = edge.node
      at += edge.label.length
      if (node.value !== undefined) found = node.value
    }
    return found
  }
}

function sharedLength(label: string, key: string, at: number): number {
  let length = 0
  while (length < label.length && label.charCodeAt(length) === key.charCodeAt(at + length)) length++
  return length
}

function split<T>(edge: Edge<T>, length: number): void {
  const rest: Edge<T> = { label: edge.label.slice(length), node: edge.node }
  edge.node = { value: undefined, children: new Map([[rest.label.charCodeAt(0), rest]]) }
  edge.label = edge.label.slice(0, length)
}
