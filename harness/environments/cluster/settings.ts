/** What `--env cluster` was asked for. */
export interface ClusterOptions {
  /** A kubeconfig; null for the one that kubectl would use. */
  readonly kubeconfig: string | null
  /** Made for the run, with others of the same name and a number where scenarios run side by side; or there already, to attach to. */
  readonly namespace: string
  /** Only reads a namespace that is there. */
  readonly attach: boolean
}

/** What pods are made from. A registry that the cluster pulls from has them. */
export function imageNames() {
  return { chain: process.env.CHAIN_IMAGE ?? null, nginx: process.env.CHAIN_NGINX_IMAGE ?? 'nginx:1.29.3' }
}

/** Where the relay listens in nginx's pod, for a port-forward alone. */
export const RELAY_PORT = 7_080

/** On every namespace that we make. */
export const LABEL = { managedBy: 'app.kubernetes.io/managed-by', run: 'request-chain/run' } as const

export const MANAGED_BY = 'request-chain'
