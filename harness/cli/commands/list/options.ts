/** What `chain list` can tell of. */
export const LISTS = ['scenarios', 'tags', 'chains', 'environments'] as const

export type ListName = (typeof LISTS)[number]

/** What `chain list` is told. */
export interface ListCommandOptions {
  readonly only?: ListName
  readonly json: boolean
}
