/** What `chain check` is told. */
export interface CheckCommandOptions {
  readonly env: string
  readonly nginx?: string
  readonly json: boolean
}
