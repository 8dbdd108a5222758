/** What `chain explain` is told. */
export interface ExplainCommandOptions {
  readonly chain: string
  readonly header: readonly string[]
  readonly json: boolean
}
