import type { Environment, EnvironmentName } from '../environments/environment.ts'
import { NO_RESOURCES } from '../environments/kubernetes/resources.ts'

/** What `cluster` needs to know. The others have no options. */
export interface EnvironmentOptions {
  /** A kubeconfig; that of kubectl where it is left out. */
  readonly kubeconfig?: string
  /** The namespace that is made for the run, and removed after it. `chain` where it is left out. */
  readonly namespace?: string
}

/**
 * An environment by its name. What it keeps warm ends when it is disposed: `await using environment = …`. What it needs and this machine
 * lacks is told when a chain is started: see {@link EnvironmentError}.
 */
export async function openEnvironment(
  name: EnvironmentName,
  { kubeconfig, namespace = 'chain' }: EnvironmentOptions = {},
): Promise<Environment> {
  switch (name) {
    case 'simulated':
      return (await import('../environments/simulated/simulated.ts')).simulated
    case 'sandbox':
      return (await import('../environments/sandbox/sandbox.ts')).sandbox
    case 'k3s':
      return (await import('../environments/k3s/k3s.ts')).k3s
    case 'cluster': {
      const { clusterEnvironment } = await import('../environments/cluster/cluster.ts')
      return clusterEnvironment({
        kubeconfig: kubeconfig ?? null,
        namespace,
        attach: false,
        resources: NO_RESOURCES,
      })
    }
  }
}
