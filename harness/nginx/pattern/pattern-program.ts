import type { ByteSet } from './byte-set.ts'
import {
  fixedLength,
  type LookNode,
  type ParsedPattern,
  type PatternNode,
  type Place,
  type RepeatNode,
} from './pattern-node.ts'
import { firstBytes, isAnchored } from './pattern-start.ts'

/** One step of a compiled pattern, and what comes behind it. Registers are numbers that going back restores. */
export type Step =
  | { readonly op: 'byte'; readonly set: ByteSet; readonly next: Step }
  /** As many bytes of a set as may be. */
  | { readonly op: 'run'; readonly set: ByteSet; readonly repeat: RepeatNode; readonly next: Step }
  | { readonly op: 'place'; readonly place: Place; readonly next: Step }
  /** Tries one way after the other. */
  | { readonly op: 'fork'; readonly ways: readonly Step[] }
  /** Notes where the reader stands. */
  | { readonly op: 'note'; readonly register: number; readonly next: Step }
  /** A group captured what lies between a note and here. */
  | { readonly op: 'capture'; readonly group: number; readonly from: number; readonly next: Step }
  | { readonly op: 'reference'; readonly group: number; readonly caseless: boolean; readonly next: Step }
  | { readonly op: 'if-captured'; readonly group: number; readonly yes: Step; readonly no: Step }
  /** Begins what is decided for itself. `otherwise` is taken where it fails; null where that fails too. */
  | { readonly op: 'begin'; readonly register: number; readonly otherwise: Step | null; readonly next: Step }
  /** Forgets the other ways since `begin`. `returns`: goes on where it began. */
  | { readonly op: 'commit'; readonly register: number; readonly returns: boolean; readonly next: Step }
  /** Undoes everything since `begin`, and goes on there; fails where there is nothing behind it. */
  | { readonly op: 'undo'; readonly register: number; readonly next: Step | null }
  | { readonly op: 'back'; readonly bytes: number; readonly next: Step }
  | { readonly op: 'zero'; readonly register: number; readonly next: Step }
  /** Goes through a group of its own, and on. */
  | { readonly op: 'call'; readonly group: number; readonly next: Step }
  | LoopStep
  | { readonly op: 'iterate'; readonly loop: LoopStep }
  | { readonly op: 'end' }

export interface LoopStep {
  readonly op: 'loop'
  readonly repeat: RepeatNode
  /** Counts the repetitions; the register behind it has where the last one began. */
  readonly register: number
  body: Step
  readonly next: Step
}

/** A pattern as steps. The first registers hold what the groups captured: where it begins and ends, -1 where nothing. */
export interface Program {
  readonly start: Step
  readonly registers: number
  readonly groups: number
  /** Whether it matches at the start of a text only, and the bytes that a match begins with; null where that may be any. */
  readonly isAnchored: boolean
  readonly firstBytes: ByteSet | null
  /** Where groups begin, by their numbers: what calls them goes there. */
  readonly entries: ReadonlyMap<number, Step>
}

const END: Step = { op: 'end' }
const FAIL: Step = { op: 'fork', ways: [] }

/** Compiles a pattern for the matcher. */
export function compileProgram(parsed: ParsedPattern): Program {
  const compiler = new Compiler(parsed)
  const start = compiler.compile(parsed.root, END)
  const entries = new Map([...compiler.entries, [0, start]])
  return {
    start,
    registers: compiler.registers,
    groups: parsed.groups,
    isAnchored: isAnchored(parsed.root),
    firstBytes: firstBytes(parsed.root),
    entries,
  }
}

class Compiler {
  registers: number
  readonly entries = new Map<number, Step>()
  readonly #names: ReadonlyMap<string, number>

  constructor({ groups, names }: ParsedPattern) {
    this.registers = 2 * (groups + 1)
    this.#names = new Map(names.map(({ name, group }) => [name, group]))
  }

  /** @param next what comes behind the piece */
  compile(node: PatternNode, next: Step): Step {
    switch (node.kind) {
      case 'bytes':
        return { op: 'byte', set: node.set, next }
      case 'sequence':
        return node.items.reduceRight((behind, item) => this.compile(item, behind), next)
      case 'alternatives':
        return { op: 'fork', ways: node.branches.map((branch) => this.compile(branch, next)) }
      case 'group': {
        const from = this.#register(1)
        const close: Step = { op: 'capture', group: node.number, from, next }
        const open: Step = { op: 'note', register: from, next: this.compile(node.body, close) }
        this.entries.set(node.number, open)
        return open
      }
      case 'repeat':
        return this.#repeat(node, next)
      case 'atomic':
        return this.#atomic(node.body, next)
      case 'look':
        return this.#look(node, next, null)
      case 'place':
        return { op: 'place', place: node.place, next }
      case 'reference':
        return { op: 'reference', group: this.#group(node.to), caseless: node.caseless, next }
      case 'call':
        return { op: 'call', group: this.#group(node.to), next }
      case 'definition':
        this.compile(node.body, FAIL)
        return next
      case 'condition': {
        const yes = this.compile(node.yes, next)
        const no = this.compile(node.no, next)
        if (typeof node.test === 'object') return this.#look(node.test, yes, no)
        return { op: 'if-captured', group: this.#group(node.test), yes, no }
      }
    }
  }

  #repeat(repeat: RepeatNode, next: Step): Step {
    const { body, greed } = repeat
    if (body.kind === 'bytes') return { op: 'run', set: body.set, repeat, next }
    if (greed === 'possessive') return this.#atomic({ ...repeat, greed: 'greedy' }, next)
    const register = this.#register(2)
    const loop: LoopStep = { op: 'loop', repeat, register, body: FAIL, next }
    loop.body = this.compile(body, loop)
    return { op: 'zero', register, next: loop }
  }

  #atomic(body: PatternNode, next: Step): Step {
    const register = this.#register(2)
    const commit: Step = { op: 'commit', register, returns: false, next }
    return { op: 'begin', register, otherwise: null, next: this.compile(body, commit) }
  }

  /** Looking back, each branch begins as far before as it is long. @param otherwise where it is not so; null where that fails */
  #look({ behind, negated, branches }: LookNode, next: Step, otherwise: Step | null): Step {
    const register = this.#register(2)
    const found: Step = negated
      ? { op: 'undo', register, next: otherwise }
      : { op: 'commit', register, returns: true, next }
    const ways = branches.map((branch): Step => {
      const first = this.compile(branch, found)
      return behind ? { op: 'back', bytes: fixedLength(branch) ?? 0, next: first } : first
    })
    return { op: 'begin', register, otherwise: negated ? next : otherwise, next: { op: 'fork', ways } }
  }

  #register(count: number): number {
    this.registers += count
    return this.registers - count
  }

  #group(to: number | string): number {
    return typeof to === 'number' ? to : (this.#names.get(to) ?? 0)
  }
}
