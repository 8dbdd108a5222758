import type { Directive, Word } from './syntax.ts'

/** The directives of one block, by name. */
export class Block {
  readonly directives: readonly Directive[]
  /** An `http { }` may hold ten thousand servers, and is asked for a hundred names: it is gone through once. */
  #byName: ReadonlyMap<string, Directive[]> | null = null

  constructor(directives: readonly Directive[]) {
    this.directives = directives
  }

  all(name: string): readonly Directive[] {
    this.#byName ??= Map.groupBy(this.directives, (directive) => directive.name.text)
    return this.#byName.get(name) ?? []
  }

  /** The directive of that name; the last one where several are allowed. */
  one(name: string): Directive | undefined {
    return this.all(name).at(-1)
  }

  /** Its first argument. */
  word(name: string): Word | undefined {
    return this.one(name)?.args[0]
  }

  /** Whether a flag is on; `otherwise` where it is not given. */
  flag(name: string, otherwise: boolean): boolean {
    const word = this.word(name)
    return word === undefined ? otherwise : word.text.toLowerCase() === 'on'
  }
}
