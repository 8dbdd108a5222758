import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import type { Source, Written } from './source.ts'
import type { Span } from './span.ts'

/** What a key or an item is found by in the plain value: member name or index. */
export type Path = readonly PropertyKey[]

/** The nodes that the aliases of a file stand for. */
export type Aliases = ReadonlyMap<Alias, Node>

/** A value's place in a YAML file: goes along with the plain value, and knows where key and value are written. */
export class Place {
  readonly source: Source
  readonly #aliases: Aliases
  readonly #node: unknown
  readonly #key: unknown

  constructor(source: Source, aliases: Aliases, node: unknown, key: unknown = null) {
    this.source = source
    this.#aliases = aliases
    this.#node = isAlias(node) ? (aliases.get(node) ?? node) : node
    this.#key = key
  }

  /** The place of a member or an item, as deep as the path leads: an absent member is at the mapping it is absent from. */
  at(...path: Path): Place {
    let place: Place = this
    for (const step of path) {
      const next = place.#child(step)
      if (next === null) return place
      place = next
    }
    return place
  }

  /** Whether the file has a member or an item at a path. */
  has(path: Path): boolean {
    const last = path.at(-1)
    return last === undefined || this.at(...path.slice(0, -1)).#child(last) !== null
  }

  /** The value's span; the key's where there is no value. */
  get span(): Span {
    return this.#spanOf(this.#node) ?? this.#spanOf(this.#key) ?? this.source.spanAt(0, 1)
  }

  /** The key's span; the value's where it has no key, such as an item of a list. */
  get keySpan(): Span {
    return this.#spanOf(this.#key) ?? this.span
  }

  /** The value as a part of the file; `variant` says in which variant it counts. */
  written(variant: string | null): Written {
    const [start, end] = hasRange(this.#node) && this.#node.range ? this.#node.range : [0, 1]
    return { source: this.source, start, end, variant }
  }

  /** A scalar as it is written (`1.0`, `007`), quotes resolved; null for anything else. */
  get text(): string | null {
    if (!isScalar(this.#node)) return null
    return typeof this.#node.value === 'string' ? this.#node.value : (this.#node.source ?? String(this.#node.value))
  }

  #child(step: PropertyKey): Place | null {
    if (isMap(this.#node)) {
      const pair = findPair(this.#node, step)
      return pair === undefined ? null : this.#member(pair)
    }
    if (!isSeq(this.#node) || typeof step !== 'number' || this.#node.items[step] === undefined) return null
    return new Place(this.source, this.#aliases, this.#node.items[step])
  }

  #member(pair: Pair): Place {
    return new Place(this.source, this.#aliases, pair.value, pair.key)
  }

  #spanOf(node: unknown): Span | null {
    const range = hasRange(node) ? node.range : null
    return range ? this.source.spanAt(range[0], range[1] - range[0]) : null
  }
}

/** Larger mappings get an index, so that going through all of their members is not quadratic. */
const INDEXED_FROM = 20
const indexes = new WeakMap<YAMLMap, Map<PropertyKey, Pair>>()

function findPair(map: YAMLMap, name: PropertyKey): Pair | undefined {
  if (map.items.length < INDEXED_FROM) return map.items.find(({ key }) => keyText(key) === name)
  let index = indexes.get(map)
  if (index === undefined) {
    index = new Map(map.items.map((pair) => [keyText(pair.key), pair]))
    indexes.set(map, index)
  }
  return index.get(name)
}

/** A mapping key as the text that it becomes in the plain value. */
export function keyText(key: unknown): string {
  if (!isScalar(key)) return ''
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
}

function hasRange(node: unknown): node is Pick<Node, 'range'> {
  return typeof node === 'object' && node !== null && 'range' in node
}
