import type { UpstreamPrefix } from '../../../chain/message.ts'
import type { Rule } from '../../../trace/trace.ts'
import type { Block } from '../../syntax/block.ts'
import type { Directive, Word } from '../../syntax/syntax.ts'
import { parseNumber, parseSizeBytes, parseTimeMs } from '../../syntax/values.ts'
import { lowerCase, wireText } from '../../syntax/wire.ts'
import { ruleOf } from '../scope.ts'

/** The directives of one module in a block, by their names behind its prefix: `pass` for `proxy_pass`. */
export class UpstreamLines {
  readonly block: Block
  readonly prefix: UpstreamPrefix

  constructor(block: Block, prefix: UpstreamPrefix) {
    this.block = block
    this.prefix = prefix
  }

  /** Most blocks have none. */
  get areThere(): boolean {
    return this.block.directives.some(({ name }) => name.text.startsWith(`${this.prefix}_`))
  }

  all(name: string): readonly Directive[] {
    return this.block.all(this.#named(name))
  }

  one(name: string): Directive | undefined {
    return this.block.one(this.#named(name))
  }

  word(name: string): Word | undefined {
    return this.block.word(this.#named(name))
  }

  rule(name: string): Rule | null {
    const directive = this.one(name)
    return directive === undefined ? null : ruleOf(directive)
  }

  flag(name: string, otherwise: boolean): boolean {
    return this.block.flag(this.#named(name), otherwise)
  }

  timeMs(name: string, otherwise: number): number {
    return parseTimeMs(this.#text(name), false) ?? otherwise
  }

  count(name: string, otherwise: number): number {
    return parseNumber(this.#text(name)) ?? otherwise
  }

  bytes(name: string): number | null {
    return parseSizeBytes(this.#text(name), false)
  }

  /** The words of all its lines; null where there is none. */
  words(name: string): ReadonlySet<string> | null {
    const words = this.all(name).flatMap(({ args }) => args.map(({ text }) => text))
    return words.length === 0 ? null : new Set(words)
  }

  /** Names of headers, in lower case. */
  names(name: string): readonly string[] | null {
    const words = this.words(name)
    return words === null ? null : [...words].map((text) => lowerCase(wireText(text)))
  }

  #text(name: string): string {
    return this.word(name)?.text ?? ''
  }

  #named(name: string): string {
    return `${this.prefix}_${name}`
  }
}
