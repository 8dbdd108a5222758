import type { Span } from './span.ts'
import { upperBound, type View, type Viewed, viewed } from './view.ts'

/** A part of a scenario file that says what a text becomes: a value between two offsets, in one variant or in all. */
export interface Written {
  readonly source: Source
  readonly start: number
  readonly end: number
  /** Null where it counts for every variant. */
  readonly variant: string | null
}

/** How a text came about that is not the text of its file. */
export interface Composition {
  /** The text before; null where all of it is new. */
  readonly before: Source | null
  /** The offset of the part that is new, and how many characters it took the place of. */
  readonly at: number
  readonly removed: number
  readonly inserted: string
  readonly written: Written
}

/** A text with the path of its file, as the user should see it. */
export interface SourceText {
  readonly file: string
  readonly text: string
}

/** A text with a name, able to say where an offset stands. `file` is the path as the user should see it. */
export class Source implements SourceText {
  readonly file: string
  readonly text: string
  /** Null where the text is the file's own. */
  readonly composition: Composition | null
  /** How the text is read where it does not count as it stands. */
  readonly views: readonly View[]
  #lineStarts: number[] | null = null
  #viewed: Viewed | null = null

  constructor(
    file: string,
    text: string,
    composition: Composition | null = null,
    views: readonly View[] = composition?.before?.views ?? [],
  ) {
    this.file = file
    this.text = text
    this.composition = composition
    this.views = views
  }

  /** The text that counts: of a template with its values, of a YAML file the value that is meant. Places are of the file. */
  get content(): string {
    return this.#view().text
  }

  /** The span in the file of `length` characters at `offset` of the text that counts. */
  contentSpanAt(offset: number, length: number): Span {
    if (this.views.length === 0) return this.spanAt(offset, length)
    const place = this.#view().placeOf(offset, length)
    return this.spanAt(place.at, place.length)
  }

  /** The same text, read through one view more. */
  through(view: View): Source {
    return new Source(this.file, this.text, this.composition, [...this.views, view])
  }

  /** Another text of the same file, read in the same way. */
  withText(text: string): Source {
    return new Source(this.file, text, null, this.views)
  }

  /** The offset at which a span of this text begins. */
  offsetOf({ line, column }: Span): number {
    return (this.#starts()[line - 1] ?? 0) + column - 1
  }

  /**
   * The span of `length` characters at `offset` (0-based, UTF-16 code units). A span that would run over the end of
   * its line is cut there, so that a caret line can always be drawn.
   */
  spanAt(offset: number, length: number): Span {
    const starts = this.#starts()
    const line = upperBound(starts, offset)
    const start = starts[line - 1] ?? 0
    const end = (starts[line] ?? this.text.length + 1) - 1
    return {
      file: this.file,
      line,
      column: offset - start + 1,
      length: Math.max(1, Math.min(length, end - offset)),
    }
  }

  /** The text of a line (1-based) without its line break; empty where the file has no such line. */
  lineText(line: number): string {
    const starts = this.#starts()
    const start = starts[line - 1]
    if (start === undefined) return ''
    const end = (starts[line] ?? this.text.length + 1) - 1
    return this.text.slice(start, end).replace(/\r$/, '')
  }

  #view(): Viewed {
    this.#viewed ??= viewed(this.text, this.views)
    return this.#viewed
  }

  #starts(): number[] {
    if (this.#lineStarts === null) {
      const starts = [0]
      for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1)
      this.#lineStarts = starts
    }
    return this.#lineStarts
  }
}
