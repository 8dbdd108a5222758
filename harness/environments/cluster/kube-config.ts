import path from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { EnvironmentError } from '../environment.ts'
import { defaultFiles } from './default-files.ts'

/** @param file null for what kubectl would use @throws {EnvironmentError} there is none, or it leads to no cluster */
export function loadKubeConfig(file: string | null): KubeConfig {
  const config = new KubeConfig()
  const name = file ?? defaultFiles().join(path.delimiter)
  if (name === '') {
    throw new EnvironmentError(
      'Failed to find a kubeconfig: KUBECONFIG names no file that exists, and there is no ~/.kube/config.',
      'Name one by --kubeconfig.',
    )
  }
  try {
    if (file === null) config.loadFromDefault()
    else config.loadFromFile(file)
  } catch (error) {
    const fact = error instanceof Error ? error.message : String(error)
    throw new EnvironmentError(`Failed to read kubeconfig "${name}": ${fact}.`, 'Name one that kubectl can use.', {
      cause: error,
    })
  }
  if (config.getCurrentCluster() === null) {
    throw new EnvironmentError(
      `Failed to use kubeconfig "${name}": its current context leads to no cluster.`,
      'Choose one by "kubectl config use-context".',
    )
  }
  return config
}
