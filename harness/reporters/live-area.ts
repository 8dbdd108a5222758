/** Erases from the cursor to the end of its line (ECMA-48, EL). */
const ERASE_LINE = '\u001b[K'
const LINE_UP = '\u001b[1A'
/** A terminal cuts a line that is too long instead of going on in the next one (DECAWM), and the other way round. */
const CUT = '\u001b[?7l'
const WRAP = '\u001b[?7h'

/**
 * The last lines of a terminal, which are drawn again and again. The cursor is left in the first column of the last one, so that
 * what another program writes begins there.
 */
export class LiveArea {
  readonly #write: (text: string) => void
  #lineCount = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Shows these lines, at least one, in place of those that stand there. */
  draw(lines: readonly string[]): void {
    this.#write(`${this.#erased()}${CUT}${lines.join('\n')}${WRAP}\r`)
    this.#lineCount = lines.length
  }

  /** Writes a text that stays, in place of the lines that stand there. It ends with a line break. */
  commit(text: string): void {
    this.#write(`${this.#erased()}${text}`)
    this.#lineCount = 0
  }

  erase(): void {
    if (this.#lineCount > 0) this.commit('')
  }

  #erased(): string {
    if (this.#lineCount === 0) return ''
    return `\r${ERASE_LINE}${`${LINE_UP}${ERASE_LINE}`.repeat(this.#lineCount - 1)}`
  }
}
