import { MAX_PATTERN_LENGTH } from './limits.ts'

/** A regular expression ready for use, or why it is none: a sentence. */
export type PatternOrProblem = { readonly pattern: RegExp } | { readonly problem: string }

/**
 * Compiles a JavaScript regular expression of a scenario file. An unbounded repetition of something that itself repeats
 * without bound, such as `(a+)+`, is refused: matching it can take longer than anyone waits.
 */
export function compilePattern(text: string): PatternOrProblem {
  if (text.length > MAX_PATTERN_LENGTH)
    return { problem: `a regular expression has at most ${MAX_PATTERN_LENGTH} characters` }
  if (/\$\{[A-Za-z_][\w-]*\}/.test(text)) return { problem: 'a captured value cannot be used in a regular expression' }
  try {
    const pattern = new RegExp(text)
    return hasNestedRepetition(text)
      ? { problem: 'a repetition inside a repetition, as in (a+)+, can match forever' }
      : { pattern }
  } catch (error) {
    const fact = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error)
    return { problem: `this is not a regular expression: ${fact}` }
  }
}

const PIECE = /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|\)|[*+]\??|\{\d+,\d*\}\??|./gs

/** Star height over one, on a pattern that is known to compile. */
function hasNestedRepetition(pattern: string): boolean {
  const repeatsIn = [false]
  let closedGroupRepeats = false
  for (const [piece] of pattern.matchAll(PIECE)) {
    if (isUnbounded(piece)) {
      if (closedGroupRepeats) return true
      repeatsIn[repeatsIn.length - 1] = true
    }
    closedGroupRepeats = false
    if (piece.startsWith('(')) repeatsIn.push(false)
    if (piece === ')') {
      closedGroupRepeats = repeatsIn.pop() ?? false
      if (closedGroupRepeats) repeatsIn[repeatsIn.length - 1] = true
    }
  }
  return false
}

function isUnbounded(piece: string): boolean {
  return /^([*+]|\{\d+,\})\??$/.test(piece)
}
