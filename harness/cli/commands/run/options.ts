import type { Quantities } from '../../../environments/kubernetes/resources.ts'
import type { Shard } from '../../../runner/shard.ts'
import type { Pattern } from '../../../scenario/pattern.ts'

/** What `chain run` is told. */
export interface RunCommandOptions {
  readonly env: string
  readonly reporter: readonly string[]
  readonly tag: readonly string[]
  readonly grep?: Pattern
  readonly variant: readonly string[]
  readonly example: readonly string[]
  readonly lastFailed: boolean
  readonly watch: boolean
  readonly bail: boolean
  readonly allowUnsupported: boolean
  readonly traces: boolean
  readonly verbose: boolean
  readonly jobs?: number
  readonly shard?: Shard
  readonly durations?: string
  readonly keep: boolean
  readonly evidence?: string
  readonly pauseOnFailure: boolean
  readonly kubeconfig?: string
  readonly namespace?: string
  readonly attach?: boolean
  readonly requests?: Quantities
  readonly limits?: Quantities
  readonly seed?: number
}
