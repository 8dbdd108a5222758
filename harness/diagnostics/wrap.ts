import { wrapAnsi } from 'fast-wrap-ansi'

/** Columns of a text; null where nothing is known of what shows it, and lines are as long as they come. */
export type Width = number | null

/** Narrower than this, words no longer stand together. */
const MIN_COLUMNS = 24

/**
 * A text of one line on as many lines as it takes, broken between words, and inside a word that is longer than a line. Lines
 * after the first begin with `indent` spaces. Colours stay.
 * @param lead the columns that are already taken on the first line
 */
export function wrapped(text: string, width: Width | undefined, indent: number, lead = indent): string {
  if (width === null || width === undefined) return text
  const columns = Math.max(MIN_COLUMNS, width - indent)
  // Where the first line has less room than the others, characters that are cut off again take the difference.
  const more = Math.max(0, lead - indent)
  const lines = wrapAnsi(`${STAND_IN.repeat(more)}${text}`, columns, { hard: true })
  return lines.slice(more).replaceAll('\n', `\n${' '.repeat(indent)}`)
}

const STAND_IN = 'x'
