import { ApiException, AppsV1Api, CoreV1Api, DiscoveryV1Api, type KubeConfig } from '@kubernetes/client-node'
import { stringify } from 'yaml'
import type { EvidenceFiles } from '../environment.ts'
import { eventsText, type Listed, networkText, nodesText, workloadsText } from './namespace-texts.ts'

/** As much of a container's log as a reader goes through, from the end. */
const TAIL_LINES = 1_000

/**
 * Everything about a namespace that helps after a failure: the folder `kubernetes` of its evidence. What cannot be read says
 * why in its place, so that a user who may read little still gets that.
 */
export async function namespaceFiles(config: KubeConfig, namespace: string): Promise<EvidenceFiles> {
  const core = config.makeApiClient(CoreV1Api)
  const apps = config.makeApiClient(AppsV1Api)
  const discovery = config.makeApiClient(DiscoveryV1Api)
  const [deployments, replicaSets, pods, services, endpoints, slices, events, nodes, configMaps] = await Promise.all([
    listed(apps.listNamespacedDeployment({ namespace })),
    listed(apps.listNamespacedReplicaSet({ namespace })),
    listed(core.listNamespacedPod({ namespace })),
    listed(core.listNamespacedService({ namespace })),
    listed(core.listNamespacedEndpoints({ namespace })),
    listed(discovery.listNamespacedEndpointSlice({ namespace })),
    listed(core.listNamespacedEvent({ namespace })),
    listed(core.listNode()),
    listed(core.listNamespacedConfigMap({ namespace })),
  ])
  const files = new Map([
    ['kubernetes/events.txt', eventsText(events)],
    ['kubernetes/workloads.txt', workloadsText(deployments, replicaSets, pods)],
    ['kubernetes/network.txt', networkText(services, endpoints)],
    ['kubernetes/nodes.txt', nodesText(nodes)],
    ['kubernetes/deployments.yaml', yamlOf(deployments)],
    ['kubernetes/replicasets.yaml', yamlOf(replicaSets)],
    ['kubernetes/pods.yaml', yamlOf(pods)],
    ['kubernetes/services.yaml', yamlOf(services)],
    ['kubernetes/endpoints.yaml', yamlOf(endpoints)],
    ['kubernetes/endpointslices.yaml', yamlOf(slices)],
    ['kubernetes/configmaps.yaml', yamlOf(configMaps)],
  ])
  const containers = pods.items.flatMap(({ metadata, status }) =>
    (status?.containerStatuses ?? []).map(({ name, restartCount }) => {
      return { pod: metadata?.name ?? '', container: name, isRestarted: restartCount > 0 }
    }),
  )
  const logs = containers.flatMap(({ pod, container, isRestarted }) => {
    const log = { namespace, name: pod, container, tailLines: TAIL_LINES }
    const name = `kubernetes/logs/${pod}.${container}`
    return [
      entry(`${name}.log`, core.readNamespacedPodLog(log)),
      ...(isRestarted ? [entry(`${name}.previous.log`, core.readNamespacedPodLog({ ...log, previous: true }))] : []),
    ]
  })
  return new Map([...files, ...(await Promise.all(logs))])
}

async function listed<Item>(list: Promise<{ readonly items: readonly Item[] }>): Promise<Listed<Item>> {
  try {
    return { items: (await list).items, problem: null }
  } catch (error) {
    return { items: [], problem: messageOf(error) }
  }
}

async function entry(name: string, text: Promise<string>): Promise<readonly [name: string, text: string]> {
  return [name, await text.catch((error: unknown) => `Failed to read it: ${messageOf(error)}\n`)]
}

/** Objects without what only machines read, and without environment variables: those may hold anything. */
function yamlOf({ items, problem }: Listed<object>): string {
  if (problem !== null) return `# Failed to list them: ${problem}\n`
  // Plain data: the client's objects have dates and classes.
  const plain: unknown = JSON.parse(JSON.stringify(items, (key, value) => (LEFT_OUT.has(key) ? undefined : value)))
  return stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false })
}

function messageOf(error: unknown): string {
  if (error instanceof ApiException) return `the Kubernetes API says ${error.code}`
  return error instanceof Error ? error.message : String(error)
}

const LEFT_OUT = new Set(['managedFields', 'env', 'envFrom', 'kubectl.kubernetes.io/last-applied-configuration'])
