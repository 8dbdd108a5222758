import type { Quantities } from '../environments/kubernetes/resources.ts'
import type { Shard } from '../runner/shard.ts'
import type { Pattern } from '../scenario/pattern.ts'

export interface RunCommandOptions {
  readonly env: string
  readonly reporter: readonly string[]
  readonly tag: readonly string[]
  readonly grep?: Pattern
  readonly bail: boolean
  readonly allowUnsupported: boolean
  readonly traces: boolean
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

export interface CheckCommandOptions {
  readonly env: string
  readonly nginx?: string
}

export interface ExplainCommandOptions {
  readonly chain: string
  readonly header: readonly string[]
  readonly json: boolean
}
