import { randomBytes } from 'node:crypto'
import type { KubeConfig } from '@kubernetes/client-node'
import { CLUSTER_DNS } from '../../chain/cluster-dns.ts'
import { EnvironmentError, NO_EVIDENCE } from '../environment.ts'
import type { Cluster } from '../kubernetes/cluster.ts'
import { Kube } from '../kubernetes/kube.ts'
import type { KubePod } from '../kubernetes/kube-objects.ts'
import { NginxHost, refuseWithoutDebug } from '../kubernetes/nginx-host.ts'
import { NodeRelay } from '../kubernetes/node-relay.ts'
import { openPortForward } from '../kubernetes/port-forward.ts'
import type { Resources } from '../kubernetes/resources.ts'
import { NODE_ADDRESS, nginxImage, RELAY_PORT } from '../kubernetes/settings.ts'
import { StartWatch } from '../kubernetes/start-watch.ts'
import { waitUntil } from '../kubernetes/wait-until.ts'
import { kubectlLines } from './kubectl-lines.ts'
import { NGINX, nginxDeployment } from './nginx-pod.ts'
import { noImage } from './no-image.ts'
import { OwnNamespace } from './own-namespace.ts'
import { chainImage } from './settings.ts'
import { withDescription } from './with-description.ts'

const START_TIMEOUT_MS = 120_000

/** A namespace for one world at a time, with nginx in it. */
export interface Lane {
  readonly cluster: Cluster
  /** What it stands in. */
  readonly namespace: Pick<OwnNamespace, 'lost' | 'look'>
  /** Removes the namespace and all that is in it. @throws {EnvironmentError} it does not go */
  remove(): Promise<void>
}

/**
 * Makes a namespace and starts nginx in it. Where that fails, nothing of it stays.
 * @param signal ends that
 * @throws {EnvironmentError} @throws the signal's reason
 */
export async function openLane(
  config: KubeConfig,
  name: string,
  run: string,
  resources: Resources,
  signal: AbortSignal | undefined,
): Promise<Lane> {
  const image = chainImage()
  if (image === null) throw noImage()
  const namespace = await OwnNamespace.make(config, name, run, signal)
  const kube = new Kube(config, name, resources)
  try {
    const cluster = await startNginx(kube, image, signal)
    const remove = (): Promise<void> => {
      cluster.relay.close()
      return namespace.remove()
    }
    return { cluster, namespace, remove }
  } catch (error) {
    const doing = `start nginx in namespace "${name}"`
    const explained = signal?.aborted === true ? error : await withDescription(doing, kube, error)
    await namespace.remove()
    throw explained
  }
}

async function startNginx(kube: Kube, image: string, signal: AbortSignal | undefined): Promise<Cluster> {
  const token = randomBytes(16).toString('hex')
  await kube.putDeployment(nginxDeployment(nginxImage(), image, token))
  const pod = await nginxPod(kube, nginxImage(), signal)
  const relay = new NodeRelay(() => openPortForward(kube.config, kube.namespace, pod.name, RELAY_PORT), token)
  await waitUntil({
    what: 'the relay',
    check: () =>
      relay.logSince(0).then(
        () => null,
        (error: unknown) => `the relay beside nginx does not answer (${error})`,
      ),
    timeoutMs: START_TIMEOUT_MS,
    pauseMs: 100,
    signal,
  })
  const nginx = new NginxHost(relay, () => relay.reload())
  const addresses = new Map([
    [CLUSTER_DNS, await relay.dnsServer()],
    [NODE_ADDRESS, pod.address],
  ])
  return {
    kube,
    relay,
    nginx,
    image,
    imagePullPolicy: 'IfNotPresent',
    pins: 'given',
    addresses,
    evidence: async () => NO_EVIDENCE,
    lookInside: kubectlLines(kube),
  }
}

/** nginx's pod, once it runs. */
async function nginxPod(kube: Kube, image: string, signal: AbortSignal | undefined): Promise<KubePod> {
  let found: KubePod | undefined
  const watch = new StartWatch(kube)
  await waitUntil({
    what: 'nginx',
    check: async () => {
      const pods = await kube.pods()
      found = pods.find(({ app }) => app === NGINX)
      if (found?.ready) return null
      if (found?.restarted.includes('nginx')) refuseWithoutDebug(await kube.lastLog(found.name, 'nginx'), image)
      if (found !== undefined && found.crash !== null) throw crashed(found.crash)
      const known = await watch.look([{ name: NGINX, replicas: 1, version: '', isImageOfChain: false }], pods)
      const missing = found === undefined ? 'Deployment nginx has no pod yet' : 'its pod is not ready'
      return known === null ? missing : `${missing} (${known})`
    },
    timeoutMs: START_TIMEOUT_MS,
    pauseMs: 100,
    signal,
  })
  if (found === undefined) throw new Error('Failed to find the pod of nginx, which was ready.')
  return found
}

function crashed(end: string): EnvironmentError {
  return new EnvironmentError(
    `Failed to start nginx: a container of its pod ends again and again (CrashLoopBackOff; ${end}).`,
    'Read its log; nginx, and what stands beside it, have to run as root in their containers.',
  )
}
