/** What a file of evidence is, by its name: what environments hand up, and what is added to it. */
const ABOUT: readonly (readonly [name: RegExp, about: string])[] = [
  [/^trace\.json$/, "the step's request as every hop received it, sent it on and answered it"],
]

/** In a few words; empty for a name that says it by itself. */
export function aboutEvidence(name: string): string {
  return ABOUT.find(([pattern]) => pattern.test(name))?.[1] ?? ''
}
