import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import type { ContainerRuntimeClient } from 'testcontainers'
import { GATEWAY_SERVICE } from '../../chain/chain.ts'
import { NAMESPACE } from '../../chain/cluster-dns.ts'
import { apiFact } from '../kubernetes/api-fact.ts'
import { LOG_FILE } from '../kubernetes/node-relay/protocol.ts'
import { podLogs } from '../kubernetes/pod-logs.ts'
import { containerLog } from './container-logs.ts'
import type { ClusterContainers } from './find-cluster.ts'
import { kubeConfigOf } from './kube-config.ts'
import { LOG_PARTS, type LogPart } from './log-parts.ts'

/** What the project's gateway, and uvicorn, write of kubelet's question every second whether it is ready: no traffic. */
const PROBES: readonly string[] = ['"method":"GET","target":"/health"', '"GET /health HTTP/1.1"']

/** Probes of hours stand between what came through the gateway: so many lines are looked through. */
const GATEWAY_LINES = 20_000

/** The end of a log, and who wrote it. */
export interface ClusterLog {
  /** `gateway api-gateway-6d5f…, without 14 probes`, `nginx /var/log/nginx/debug.log` */
  readonly title: string
  /** Why it cannot be read, where it cannot. */
  readonly text: string
}

/** The ends of the logs of a cluster. @param tailLines how many lines of each */
export async function clusterLogs(
  engine: ContainerRuntimeClient,
  cluster: ClusterContainers,
  parts: readonly LogPart[],
  tailLines: number,
): Promise<ClusterLog[]> {
  const logs = LOG_PARTS.filter((part) => parts.includes(part)).map(async (part) => {
    try {
      return await READ[part](engine, cluster, tailLines)
    } catch (error) {
      return [{ title: part, text: `Failed to read it: ${apiFact(error)}\n` }]
    }
  })
  return (await Promise.all(logs)).flat()
}

type Read = (engine: ContainerRuntimeClient, cluster: ClusterContainers, tailLines: number) => Promise<ClusterLog[]>

const READ: Readonly<Record<LogPart, Read>> = {
  node: logOfContainer('node'),
  relay: logOfContainer('relay'),
  backends: logsOfPods('backends', (app) => app !== GATEWAY_SERVICE),
  gateway: async (engine, cluster, tailLines) => {
    const read = logsOfPods('gateway', (app) => app === GATEWAY_SERVICE)
    const logs = await read(engine, cluster, Math.max(tailLines, GATEWAY_LINES))
    return logs.map((log) => withoutProbes(log, tailLines))
  },
  nginx: async ({ container }, cluster, tailLines) => {
    const nginx = container.getById(containerOf(cluster, 'nginx'))
    const { output } = await container.exec(nginx, ['tail', '-n', String(tailLines), LOG_FILE])
    return [{ title: `nginx ${LOG_FILE}`, text: output }]
  },
}

function logOfContainer(part: 'node' | 'relay'): Read {
  return async (engine, cluster, tailLines) => {
    const id = containerOf(cluster, part)
    return [{ title: `${part} ${id.slice(0, 12)}`, text: await containerLog(engine, id, tailLines) }]
  }
}

/** @throws {Error} it is not there yet, or any more */
function containerOf(cluster: ClusterContainers, part: LogPart): string {
  const id = cluster.get(part)
  if (id === undefined) throw new Error('its container is not there')
  return id
}

function logsOfPods(part: LogPart, isMeant: (app: string) => boolean): Read {
  return async (engine, cluster, tailLines) => {
    const config = new KubeConfig()
    config.loadFromString(await kubeConfigOf(engine, cluster.get('node')))
    const core = config.makeApiClient(CoreV1Api)
    const { items } = await core.listNamespacedPod({ namespace: NAMESPACE })
    // Those that are going were of a world before, and may have no logs any more.
    const staying = items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined)
    const meant = staying.filter(({ metadata }) => isMeant(metadata?.labels?.app ?? ''))
    return (await podLogs(core, meant, tailLines)).map(({ pod, isPrevious, text }) => {
      return { title: `${part} ${pod}${isPrevious ? ', before it was started again' : ''}`, text }
    })
  }
}

function withoutProbes({ title, text }: ClusterLog, tailLines: number): ClusterLog {
  const lines = text.trimEnd().split('\n')
  const traffic = lines.filter((line) => !PROBES.some((probe) => line.includes(probe)))
  const probes = lines.length - traffic.length
  const shown = traffic.slice(Math.max(0, traffic.length - tailLines)).join('\n')
  return { title: probes === 0 ? title : `${title}, without ${probes} probes`, text: shown }
}
