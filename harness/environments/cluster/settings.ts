import type { Resources } from '../kubernetes/resources.ts'

/** What `--env cluster` was asked for. */
export interface ClusterOptions {
  /** A kubeconfig; null for the one that kubectl would use. */
  readonly kubeconfig: string | null
  /** Made for the run, with others of the same name and a number where scenarios run side by side; or there already, to attach to. */
  readonly namespace: string
  /** Only reads a namespace that is there. */
  readonly attach: boolean
  /** What every container has that the run makes. */
  readonly resources: Resources
}

/** What gateway, stubs and relay run from: a registry that the cluster pulls from has it. Null where nobody has said. */
export function chainImage(): string | null {
  return process.env.CHAIN_IMAGE ?? null
}

/** On every namespace that we make. */
export const LABEL = { managedBy: 'app.kubernetes.io/managed-by', run: 'request-chain/run' } as const

export const MANAGED_BY = 'request-chain'
