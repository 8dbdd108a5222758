import path from 'node:path'
import { type Cluster, KubeConfig, type RequestContext } from '@kubernetes/client-node'
import { EnvironmentError } from '../environment.ts'
import { defaultFiles } from './default-files.ts'

/** What an API that has much to do may take for an answer. fetch alone would wait for five minutes. */
export const REQUEST_TIMEOUT_MS = 30_000

/** A kubeconfig that was named; null where it is what kubectl would use anyway. */
class NamedKubeConfig extends KubeConfig {
  readonly file: string | null

  constructor(file: string | null) {
    super()
    this.file = file
  }

  /** Every request of an API client goes through here. */
  override async applySecurityAuthentication(context: RequestContext): Promise<void> {
    await super.applySecurityAuthentication(context)
    context.setSignal(AbortSignal.timeout(REQUEST_TIMEOUT_MS))
  }
}

/** `kubectl` with the options that lead it to the same cluster. */
export function kubectlOf(config: KubeConfig): string {
  const file = config instanceof NamedKubeConfig ? config.file : null
  const options = [...(file === null ? [] : ['--kubeconfig', file]), '--context', config.getCurrentContext()]
  return ['kubectl', ...options.map(inShell)].join(' ')
}

/**
 * @param file null for what kubectl would use
 * @throws {EnvironmentError} there is none, it leads to no cluster, or to one that the client cannot speak to
 */
export function loadKubeConfig(file: string | null): KubeConfig {
  const config = new NamedKubeConfig(file)
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
  const cluster = config.getCurrentCluster()
  if (cluster === null) {
    throw new EnvironmentError(
      `Failed to use kubeconfig "${name}": its current context leads to no cluster.`,
      'Choose one by "kubectl config use-context".',
    )
  }
  refuseServer(name, cluster)
  return config
}

/** What the client of Kubernetes would refuse, at the first request and in its own words. */
function refuseServer(name: string, { server, skipTLSVerify }: Cluster): void {
  const url = URL.canParse(server) ? new URL(server) : null
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && skipTLSVerify === true)) return
  if (url?.protocol === 'http:') {
    throw new EnvironmentError(
      `Failed to use kubeconfig "${name}": its server ${server} is plain HTTP, where anyone on the way can read the credentials.`,
      'Name the https:// address. For one that is meant to be plain, as "kubectl proxy", set "insecure-skip-tls-verify: true".',
    )
  }
  throw new EnvironmentError(
    `Failed to use kubeconfig "${name}": its server "${server}" is no address of a Kubernetes API.`,
    'Write it as https://HOST:PORT.',
  )
}

/** As a shell takes it for one word. */
function inShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
