import { distance } from 'fastest-levenshtein'

/** The end of a message about an unknown word: what it was probably meant to be, or what there is to choose from. */
export function suggestion(word: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((candidate) => ({ candidate, apart: distance(word.toLowerCase().slice(0, 80), candidate.toLowerCase()) }))
    .sort((a, b) => a.apart - b.apart)
  if (nearest === undefined) return undefined
  return nearest.apart <= Math.min(3, Math.ceil(word.length / 3))
    ? `Did you mean "${nearest.candidate}"?`
    : `Known here: ${known.join(', ')}.`
}
