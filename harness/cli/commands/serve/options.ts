import type { WorldOptions } from '../../world-options.ts'

/** What `chain serve` is told. */
export interface ServeCommandOptions extends WorldOptions {
  readonly port: number
  readonly listener: string
  readonly verbose: boolean
}
