import { AppsV1Api, CoreV1Api, DiscoveryV1Api, type KubeConfig } from '@kubernetes/client-node'
import { stringify } from 'yaml'
import type { EvidenceFiles } from '../environment.ts'
import { apiFact } from './api-fact.ts'
import { eventsText, type Listed, networkText, nodesText, workloadsText } from './namespace-texts.ts'
import { podLogs } from './pod-logs.ts'

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
  const logs = (await podLogs(core, pods.items, TAIL_LINES)).map(
    ({ pod, container, isPrevious, text }) =>
      [`kubernetes/logs/${pod}.${container}${isPrevious ? '.previous' : ''}.log`, text] as const,
  )
  return new Map([...files, ...logs])
}

async function listed<Item>(list: Promise<{ readonly items: readonly Item[] }>): Promise<Listed<Item>> {
  try {
    return { items: (await list).items, problem: null }
  } catch (error) {
    return { items: [], problem: apiFact(error) }
  }
}

/** Objects without what only machines read, and without environment variables: those may hold anything. */
function yamlOf({ items, problem }: Listed<object>): string {
  if (problem !== null) return `# Failed to list them: ${problem}\n`
  // Plain data: the client's objects have dates and classes.
  const plain: unknown = JSON.parse(JSON.stringify(items, (key, value) => (LEFT_OUT.has(key) ? undefined : value)))
  return stringify(plain, { lineWidth: 0, aliasDuplicateObjects: false })
}

const LEFT_OUT = new Set(['managedFields', 'env', 'envFrom', 'kubectl.kubernetes.io/last-applied-configuration'])
