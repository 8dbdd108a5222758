import { fixedLength, type GroupName, type LookNode, type PatternNode } from './pattern-node.ts'
import { PatternProblem } from './pattern-problem.ts'

/** Options that a pattern sets for itself: `(?i)`. */
export interface PatternOptions {
  readonly caseless: boolean
  readonly multiline: boolean
  readonly dotAll: boolean
  /** White space and comments do not count; `more`: not in classes either. */
  readonly extended: 'no' | 'yes' | 'more'
  readonly noAutoCapture: boolean
  readonly ungreedy: boolean
}

/** A group that another piece refers to, and where: it is looked up when all groups are known. */
export interface GroupReference {
  readonly to: number | string
  readonly at: number
}

/** A pattern being read: where the reader stands, and what holds there. */
export class PatternText {
  readonly source: string
  /** Whether PCRE2 reads it, or PCRE 8 before it. */
  readonly pcre2: boolean
  at = 0
  options: PatternOptions
  /** Groups that capture, so far. */
  groups = 0
  readonly #names = new Map<string, number>()
  readonly #references: GroupReference[] = []
  /** Whether a group is called, and whether groups share a number: PCRE calls one of them. */
  hasCalls = false
  hasSharedNumbers = false
  /** Conditions that have too many branches, each with where PCRE says so. */
  readonly tooManyBranches: number[] = []
  /** What looks back. */
  readonly lookbehinds: LookNode[] = []
  /** Whether everything up to `\E` stands for itself. */
  quoted = false
  /** Groups around the reader. */
  depth = 0
  /** Those of them that only look. */
  lookDepth = 0

  constructor(source: string, caseless: boolean, pcre2: boolean) {
    this.source = source
    this.pcre2 = pcre2
    this.options = {
      caseless,
      multiline: false,
      dotAll: false,
      extended: 'no',
      noAutoCapture: false,
      ungreedy: false,
    }
  }

  get names(): readonly GroupName[] {
    return [...this.#names].map(([name, group]) => ({ name, group }))
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length
  }

  peek(offset = 0): string {
    return this.source.charAt(this.at + offset)
  }

  startsWith(text: string): boolean {
    return this.source.startsWith(text, this.at)
  }

  /** Takes a text that stands here. @returns whether it did */
  takes(text: string): boolean {
    const stands = this.startsWith(text)
    if (stands) this.at += text.length
    return stands
  }

  /** Takes what a sticky expression matches here; null where it does not. */
  take(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at
    const match = expression.exec(this.source)
    if (match !== null) this.at += match[0].length
    return match
  }

  /** Gives a group its name; the reader stands behind it. */
  nameGroup(name: string, group: number): void {
    for (const [known, number] of this.#names) {
      if (known === name && number === group) return
      if (known === name) this.fail('two named subpatterns have the same name (PCRE2_DUPNAMES not set)')
      if (number === group) this.fail('different names for subpatterns of the same number are not allowed')
    }
    this.#names.set(name, group)
  }

  refer(reference: GroupReference): PatternNode {
    this.refersTo(reference)
    return { kind: 'reference', to: reference.to, caseless: this.options.caseless }
  }

  call(reference: GroupReference): PatternNode {
    this.needsPcre2('(?1)')
    this.refersTo(reference)
    this.hasCalls = true
    return { kind: 'call', to: reference.to }
  }

  /** Something stands here that needs a group. */
  refersTo(reference: GroupReference): void {
    this.#references.push(reference)
  }

  /** Looks at what PCRE looks at when it has read everything, in its order. */
  check(): void {
    const lengths = this.lookbehinds.flatMap(({ branches }) => branches.map(fixedLength))
    if (lengths.includes(null)) this.refuse('it looks back by a length that differs: PCRE2 takes that since 10.43')
    for (const { to, at } of this.#references) {
      const isKnown = typeof to === 'number' ? to <= this.groups : this.#names.has(to)
      if (!isKnown) this.fail('reference to non-existent subpattern', at)
    }
    if (this.hasCalls && this.hasSharedNumbers) this.refuse('it calls a group, and groups of it share a number')
    const [at] = this.tooManyBranches
    if (at !== undefined) this.fail('conditional subpattern contains more than two branches', at)
  }

  /** PCRE refuses the pattern. @param at where it stopped reading */
  fail(message: string, at = this.at): never {
    throw PatternProblem.invalid(this.source, message, at, this.pcre2)
  }

  /** What stands here is of PCRE2. */
  needsPcre2(what: string): void {
    if (!this.pcre2) this.refuse(`"${what}" means something else to PCRE 8, or nothing`)
  }

  /** PCRE takes the pattern, and the model does not. */
  refuse(because: string): never {
    throw PatternProblem.unsupported(this.source, because)
  }
}
