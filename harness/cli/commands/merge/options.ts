/** What `chain merge` is told. */
export interface MergeCommandOptions {
  readonly reporter: readonly string[]
}
