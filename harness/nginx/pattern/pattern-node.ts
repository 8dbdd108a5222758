import type { ByteSet } from './byte-set.ts'

/** A place in a text that a pattern asks for without taking a byte. */
export type Place = 'start' | 'line-start' | 'end' | 'last-line-end' | 'line-end' | 'word-edge' | 'no-word-edge'

export type Greed = 'greedy' | 'lazy' | 'possessive'

/** A piece of a parsed pattern. Groups that capture have the numbers that PCRE gives them. */
export type PatternNode =
  | { readonly kind: 'bytes'; readonly set: ByteSet }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'alternatives'; readonly branches: readonly PatternNode[] }
  | { readonly kind: 'group'; readonly number: number; readonly body: PatternNode }
  | RepeatNode
  | { readonly kind: 'atomic'; readonly body: PatternNode }
  | LookNode
  | { readonly kind: 'place'; readonly place: Place }
  /** What a group, by its number or name, captured, once more. */
  | { readonly kind: 'reference'; readonly to: number | string; readonly caseless: boolean }
  /** A group once more, by its number or name; 0 is the whole pattern. */
  | { readonly kind: 'call'; readonly to: number | string }
  /** Groups that match nothing where they stand: others call them. */
  | { readonly kind: 'definition'; readonly body: PatternNode }
  | {
      readonly kind: 'condition'
      /** A group that has to have captured, by its number or name; or what has to stand here. */
      readonly test: number | string | LookNode
      readonly yes: PatternNode
      readonly no: PatternNode
    }

export interface RepeatNode {
  readonly kind: 'repeat'
  readonly body: PatternNode
  readonly min: number
  /** May be infinite. */
  readonly max: number
  readonly greed: Greed
}

export interface LookNode {
  readonly kind: 'look'
  readonly behind: boolean
  readonly negated: boolean
  readonly branches: readonly PatternNode[]
}

/** A parsed pattern. */
export interface ParsedPattern {
  readonly root: PatternNode
  /** How many groups capture. */
  readonly groups: number
  readonly names: readonly GroupName[]
}

export interface GroupName {
  readonly name: string
  readonly group: number
}

/** One of several branches; a single one as it is. */
export function oneOf(branches: readonly PatternNode[]): PatternNode {
  const [first] = branches
  return first !== undefined && branches.length === 1 ? first : { kind: 'alternatives', branches }
}

/** The pieces that stand directly in one. */
export function piecesOf(node: PatternNode): readonly PatternNode[] {
  switch (node.kind) {
    case 'sequence':
      return node.items
    case 'alternatives':
    case 'look':
      return node.branches
    case 'condition':
      return typeof node.test === 'object' ? [node.test, node.yes, node.no] : [node.yes, node.no]
    case 'group':
    case 'repeat':
    case 'atomic':
    case 'definition':
      return [node.body]
    default:
      return []
  }
}

/** Whether a piece, or one inside of it, is such a one. */
export function contains(node: PatternNode, isSuch: (node: PatternNode) => boolean): boolean {
  return isSuch(node) || piecesOf(node).some((piece) => contains(piece, isSuch))
}

/** Whether a piece may match no byte at all. */
export function isNullable(node: PatternNode): boolean {
  switch (node.kind) {
    case 'bytes':
      return false
    case 'sequence':
      return node.items.every(isNullable)
    case 'alternatives':
      return node.branches.some(isNullable)
    case 'group':
    case 'atomic':
      return isNullable(node.body)
    case 'repeat':
      return node.min === 0 || isNullable(node.body)
    case 'condition':
      return isNullable(node.yes) || isNullable(node.no)
    default:
      return true
  }
}

/** How many bytes a piece takes, whatever it matches; null where that may differ. */
export function fixedLength(node: PatternNode): number | null {
  switch (node.kind) {
    case 'bytes':
      return 1
    case 'look':
    case 'place':
    case 'definition':
      return 0
    case 'group':
    case 'atomic':
      return fixedLength(node.body)
    case 'sequence':
      return node.items.reduce<number | null>((sum, item) => plus(sum, fixedLength(item)), 0)
    case 'alternatives':
      return sameLength(node.branches)
    case 'condition':
      return sameLength([node.yes, node.no])
    case 'repeat': {
      const length = fixedLength(node.body)
      return length === null || node.min !== node.max ? null : length * node.min
    }
    case 'reference':
    case 'call':
      return null
  }
}

function sameLength(branches: readonly PatternNode[]): number | null {
  const [first, ...more] = branches.map(fixedLength)
  return first !== undefined && more.every((length) => length === first) ? first : null
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}

/** About the bytes that PCRE compiles a piece to. */
export function sizeOf(node: PatternNode): number {
  const inner = piecesOf(node).reduce((sum, piece) => sum + sizeOf(piece) + 3, 3)
  if (node.kind === 'bytes') return node.set.filter((takes) => takes === 1).length === 1 ? 2 : 33
  if (node.kind !== 'repeat' || node.body.kind === 'bytes') return inner
  return inner * Math.max(1, Number.isFinite(node.max) ? node.max : node.min)
}
