/** For the lines before and behind the failures: counts, gaps, how many failures were left out. */
const RESERVED_BYTES = 32 * 1024

/** A job summary as Markdown, no longer than GitHub takes it: more than 1 MiB of a step is refused as a whole. */
export class Summary {
  readonly #maxBytes: number
  readonly #failures: string[] = []
  #bytes = RESERVED_BYTES
  #leftOut = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Adds a failure: its title, and the screen that a terminal shows. */
  failure(title: string, screen: string): void {
    const block = `<details><summary>${escapedHtml(title)}</summary>\n\n${fenced(screen)}\n\n</details>\n`
    const bytes = Buffer.byteLength(block)
    if (this.#bytes + bytes > this.#maxBytes) {
      this.#leftOut++
      return
    }
    this.#bytes += bytes
    this.#failures.push(block)
  }

  /**
   * The whole; empty where there is room for nothing.
   * @param head lines of plain text @param counts the cells of a table, its head first
   */
  text(head: string, counts: readonly (readonly string[])[], notes: readonly string[]): string {
    if (this.#maxBytes < RESERVED_BYTES) return ''
    const [first = [], ...rows] = counts
    const lines = [first, first.map(() => '---'), ...rows].map((cells) => `| ${cells.map(escapedHtml).join(' | ')} |`)
    const left = this.#leftOut === 0 ? [] : [`${this.#leftOut} more failures have no room here.`]
    return [
      `## ${escapedHtml(head)}`,
      lines.join('\n'),
      ...this.#failures,
      ...[...notes, ...left].map((note) => `- ${escapedHtml(note)}`),
      '',
    ].join('\n\n')
  }
}

/** A block whose fence is longer than any in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

/** A text that is neither HTML nor Markdown, on one line. */
function escapedHtml(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[&<>"'`*_[\]|\\~#@:!]/g, (character) => `&#${character.charCodeAt(0)};`)
}
