import { distance } from 'fastest-levenshtein'

/** Longer words are not typing mistakes of ours, and comparing them costs time. */
const MAX_WORD_LENGTH = 80

/**
 * The candidate that `word` was most likely meant to be ("did you mean"), case ignored; undefined where none is near:
 * at most a third of the word's letters, and never more than three, may differ.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > MAX_WORD_LENGTH) return undefined
  const wanted = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.min(3, Math.ceil(word.length / 3)) + 1
  for (const candidate of candidates) {
    const apart = distance(wanted, candidate.toLowerCase())
    if (apart < bestDistance && apart < candidate.length) {
      best = candidate
      bestDistance = apart
    }
  }
  return best
}

/** The end of a message about an unknown word: `: did you mean "request"?`, or what there is to choose from. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const near = suggest(word, candidates)
  if (near !== undefined) return `: did you mean "${near}"?`
  return candidates.length === 0 ? '' : `; known here: ${candidates.join(', ')}`
}
