import type { Directive, Word } from '../syntax.ts'

/** The directives of one block, by name. */
export class Block {
  readonly directives: readonly Directive[]

  constructor(directives: readonly Directive[]) {
    this.directives = directives
  }

  all(name: string): Directive[] {
    return this.directives.filter((directive) => directive.name.text === name)
  }

  /** The directive of that name; the last one where several are allowed. */
  one(name: string): Directive | undefined {
    return this.directives.findLast((directive) => directive.name.text === name)
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
