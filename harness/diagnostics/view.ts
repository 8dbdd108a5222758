/**
 * How the text of a file is read where it does not count as it stands: a template, or one value of a YAML file. It gives the
 * pieces that the text which counts is made of, in order.
 */
export type View = (text: string) => readonly Piece[]

/** A stretch of the text that counts, and the stretch of the file that stands for it. */
export interface Piece {
  readonly text: string
  readonly at: number
  readonly length: number
}

/** The text that counts, and where each of its characters comes from. */
export interface Viewed {
  readonly text: string
  /** The stretch of the file that stands for `length` characters at `offset`. */
  placeOf(offset: number, length: number): { readonly at: number; readonly length: number }
}

/** The text that counts of a text, seen through several views, one after the other. */
export function viewed(text: string, views: readonly View[]): Viewed {
  let result: Viewed = { text, placeOf: (at, length) => ({ at, length }) }
  for (const view of views) result = through(result, view(result.text))
  return result
}

function through(before: Viewed, pieces: readonly Piece[]): Viewed {
  const starts: number[] = []
  let text = ''
  for (const piece of pieces) {
    starts.push(text.length)
    text += piece.text
  }

  /** In the text before. A piece that stands there in other characters is one place. */
  function offsetOf(offset: number, end: boolean): number {
    const index = Math.max(0, upperBound(starts, end && offset > 0 ? offset - 1 : offset) - 1)
    const piece = pieces[index]
    if (piece === undefined) return 0
    const within = offset - (starts[index] ?? 0)
    if (piece.text.length === piece.length) return piece.at + Math.min(within, piece.length)
    return end ? piece.at + piece.length : piece.at
  }

  return {
    text,
    placeOf: (offset, length) => {
      const from = offsetOf(offset, false)
      const to = Math.max(from, offsetOf(offset + length, true))
      return before.placeOf(from, to - from)
    },
  }
}

/** How many of the ascending `starts` are at or before `offset`. */
export function upperBound(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * `$NAME` and `${NAME}` of the names that are given become their values, as envsubst(1) does it when the entry point of the
 * official nginx image calls it; every other text stays as it is.
 */
export function template(env: ReadonlyMap<string, string>): View {
  return (text) => {
    const pieces: Piece[] = []
    let done = 0
    for (const match of text.matchAll(/\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g)) {
      const value = env.get(match[1] ?? match[2] ?? '')
      if (value === undefined) continue
      pieces.push({ text: text.slice(done, match.index), at: done, length: match.index - done })
      pieces.push({ text: value, at: match.index, length: match[0].length })
      done = match.index + match[0].length
    }
    pieces.push({ text: text.slice(done), at: done, length: text.length - done })
    return pieces
  }
}
