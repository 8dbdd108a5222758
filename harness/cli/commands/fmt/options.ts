/** What `chain fmt` is told. */
export interface FmtCommandOptions {
  readonly check: boolean
}
