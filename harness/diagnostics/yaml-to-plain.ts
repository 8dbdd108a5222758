import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml'
import { keyText } from './place.ts'
import type { Problems } from './problems.ts'
import type { Source } from './source.ts'

export type PlainValue = null | boolean | number | string | PlainValue[] | { [key: string]: PlainValue }

/** Whether a value is a mapping. */
export function isPlainMap(value: PlainValue): value is { [key: string]: PlainValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** How often aliases of one file may be used: more than people write, fewer than it takes to blow a file up. */
const MAX_ALIASES = 100
/** Values of one file, those that aliases repeat included. */
const MAX_VALUES = 200_000

const KEY_HINT = 'Write `key: value`; quote a key with special characters.'
const PROTO_HINT = 'To send it, write the JSON as a text: body: \'{"__proto__": 1}\'.'

/** Turns YAML nodes into a plain JSON value. What has no JSON form, and keys written twice, go to the problems. */
export class PlainReader {
  /** What every alias read so far stands for. */
  readonly aliases = new Map<Alias, Node>()
  readonly #source: Source
  readonly #problems: Problems
  readonly #anchors = new Map<string, Node>()
  #isRepeating = false
  #aliasUses = 0
  #values = 0

  constructor(source: Source, problems: Problems) {
    this.#source = source
    this.#problems = problems
  }

  read(node: unknown): PlainValue {
    this.#values++
    if (this.#values > MAX_VALUES) {
      if (this.#values === MAX_VALUES + 1)
        this.#report(node, 'E_YAML_SIZE', `the file holds more than ${MAX_VALUES} values`)
      return null
    }
    if (isAlias(node)) return this.#readAlias(node)
    const value = this.#readValue(node)
    if (isAnchored(node) && !this.#isRepeating) this.#anchors.set(node.anchor, node)
    return value
  }

  #readValue(node: unknown): PlainValue {
    if (isMap(node)) return this.#readMap(node)
    if (isSeq(node)) return node.items.map((item) => this.read(item))
    return isScalar(node) ? this.#readScalar(node, node.value) : null
  }

  #readScalar(node: unknown, value: unknown): PlainValue {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#report(node, 'E_YAML_VALUE', 'JSON has no such number', 'Quote it if it is a text.')
      return null
    }
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
    return null
  }

  #readMap(node: YAMLMap): PlainValue {
    const members: { [key: string]: PlainValue } = {}
    for (const pair of node.items) {
      const key = this.#readKey(pair)
      if (key === null) continue
      if (Object.hasOwn(members, key)) {
        this.#report(
          pair.key,
          'E_YAML_DUPLICATE_KEY',
          `"${key}" is already written in this mapping`,
          'Keep one of the two.',
        )
      }
      members[key] = this.read(pair.value)
    }
    return members
  }

  #readKey({ key }: Pair): string | null {
    const text = isScalar(key) && key.value !== null ? keyText(key) : null
    // Assigned, this one would become the object's prototype, and the schemas drop it without a word.
    if (text === '__proto__') this.#report(key, 'E_YAML_KEY', '"__proto__" cannot be a key', PROTO_HINT)
    else if (text !== null) return text
    else this.#report(key, 'E_YAML_KEY', 'a key must be a text', KEY_HINT)
    return null
  }

  #readAlias(node: Alias): PlainValue {
    const target = this.aliases.get(node) ?? this.#anchors.get(node.source)
    if (target === undefined) {
      this.#report(node, 'E_YAML_ALIAS', `there is no anchor &${node.source} before this`)
      return null
    }
    this.#aliasUses++
    if (this.#aliasUses > MAX_ALIASES) {
      if (this.#aliasUses === MAX_ALIASES + 1)
        this.#report(node, 'E_YAML_ALIAS', `aliases are used more than ${MAX_ALIASES} times`)
      return null
    }
    this.aliases.set(node, target)
    return this.#repeat(target)
  }

  /** Reads an anchored value once more. Anchors in it keep what they mean where they stand. */
  #repeat(target: Node): PlainValue {
    const wasRepeating = this.#isRepeating
    this.#isRepeating = true
    const value = this.read(target)
    this.#isRepeating = wasRepeating
    return value
  }

  #report(node: unknown, code: string, message: string, hint?: string): void {
    const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null
    const span = range ? this.#source.spanAt(range[0], range[1] - range[0]) : this.#source.spanAt(0, 1)
    this.#problems.add(this.#source, span, code, message, hint)
  }
}

function isAnchored(node: unknown): node is Node & { anchor: string } {
  return (isMap(node) || isSeq(node) || isScalar(node)) && typeof node.anchor === 'string'
}
