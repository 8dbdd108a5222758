import type {
  CoreV1Event,
  V1Deployment,
  V1Endpoints,
  V1Node,
  V1Pod,
  V1ReplicaSet,
  V1Service,
} from '@kubernetes/client-node'
import { table } from '../chain-files.ts'

/** What the API lists; `problem` says why it does not. */
export interface Listed<Item> {
  readonly items: readonly Item[]
  readonly problem: string | null
}

/** Every event with its time, count and object, in the order of time. */
export function eventsText({ items, problem }: Listed<CoreV1Event>): string {
  const rows = items
    .map((event) => ({ event, at: textOf(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime) }))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ event, at }) => {
      const { type, reason, involvedObject, message, count, series, firstTimestamp, eventTime } = event
      const object = `${involvedObject.kind}/${involvedObject.name}`
      const times = `${series?.count ?? count ?? 1}`
      const since = textOf(firstTimestamp ?? eventTime)
      return [at, times, since, type ?? '', reason ?? '', object, oneLine(message ?? '')]
    })
  return section(problem, ['LAST SEEN', 'COUNT', 'FIRST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'], rows)
}

/** Deployments, ReplicaSets and pods, each with its conditions and what its containers are at. */
export function workloadsText(
  deployments: Listed<V1Deployment>,
  replicaSets: Listed<V1ReplicaSet>,
  pods: Listed<V1Pod>,
): string {
  const counts = (wanted: number | undefined, status: { replicas?: number; readyReplicas?: number } | undefined) => {
    return [`${status?.readyReplicas ?? 0}/${wanted ?? 0}`, String(status?.replicas ?? 0)]
  }
  return [
    section(
      deployments.problem,
      ['DEPLOYMENT', 'READY', 'PODS', 'CONDITIONS'],
      deployments.items.map(({ metadata, spec, status }) => {
        return [metadata?.name ?? '', ...counts(spec?.replicas, status), conditionsOf(status?.conditions)]
      }),
    ),
    section(
      replicaSets.problem,
      ['REPLICASET', 'READY', 'PODS', 'CONDITIONS'],
      replicaSets.items.map(({ metadata, spec, status }) => {
        return [metadata?.name ?? '', ...counts(spec?.replicas, status), conditionsOf(status?.conditions)]
      }),
    ),
    section(
      pods.problem,
      ['POD', 'PHASE', 'IP', 'NODE', 'CONTAINERS', 'CONDITIONS'],
      pods.items.map(({ metadata, spec, status }) => {
        const phase = metadata?.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating'
        const containers = (status?.containerStatuses ?? []).map(containerText).join('; ')
        const conditions = conditionsOf(status?.conditions)
        return [metadata?.name ?? '', phase, status?.podIP ?? '-', spec?.nodeName ?? '-', containers, conditions]
      }),
    ),
  ].join('\n')
}

/** Services with their ports, and the addresses behind them. */
export function networkText(services: Listed<V1Service>, endpoints: Listed<V1Endpoints>): string {
  return [
    section(
      services.problem,
      ['SERVICE', 'CLUSTER-IP', 'PORTS', 'SELECTOR'],
      services.items.map(({ metadata, spec }) => {
        const ports = (spec?.ports ?? []).map(({ port, targetPort }) => `${port} to ${targetPort ?? port}`).join(', ')
        const selector = Object.entries(spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`)
        return [metadata?.name ?? '', spec?.clusterIP ?? '-', ports, selector.join(',')]
      }),
    ),
    section(
      endpoints.problem,
      ['ENDPOINTS OF', 'READY', 'NOT READY'],
      endpoints.items.map(({ metadata, subsets = [] }) => {
        const addresses = (key: 'addresses' | 'notReadyAddresses') =>
          subsets.flatMap((subset) => (subset[key] ?? []).map(({ ip }) => `${ip}:${subset.ports?.[0]?.port ?? '-'}`))
        return [
          metadata?.name ?? '',
          addresses('addresses').join(', ') || '-',
          addresses('notReadyAddresses').join(', '),
        ]
      }),
    ),
  ].join('\n')
}

/** Nodes with their versions and conditions. */
export function nodesText({ items, problem }: Listed<V1Node>): string {
  const rows = items.map(({ metadata, status }) => {
    const version = status?.nodeInfo?.kubeletVersion ?? ''
    return [metadata?.name ?? '', version, conditionsOf(status?.conditions)]
  })
  return section(problem, ['NODE', 'VERSION', 'CONDITIONS'], rows)
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}

/** `Ready=False (ContainersNotReady: …), Initialized=True` */
function conditionsOf(conditions: readonly Condition[] = []): string {
  const texts = conditions.map(({ type, status, reason, message }) => {
    const why = [reason ?? '', oneLine(message ?? '')].filter((text) => text !== '').join(': ')
    return why === '' ? `${type}=${status}` : `${type}=${status} (${why})`
  })
  return texts.join(', ')
}

type ContainerStatus = NonNullable<NonNullable<V1Pod['status']>['containerStatuses']>[number]

/** `gateway ready, started again 2 times (Error, exit 1)` */
function containerText({ name, ready, restartCount, state, lastState }: ContainerStatus): string {
  const waits = state?.waiting?.reason
  const ended = state?.terminated ?? lastState?.terminated
  return [
    `${name} ${ready ? 'ready' : 'not ready'}`,
    ...(waits === undefined ? [] : [`waits: ${waits}`]),
    ...(restartCount === 0 ? [] : [`started again ${restartCount} times`]),
    ...(ended === undefined ? [] : [`ended: ${ended.reason ?? 'ended'}, exit ${ended.exitCode}`]),
  ].join(', ')
}

function section(problem: string | null, head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (problem !== null) return `${head[0]}: failed to list them: ${problem}\n`
  return rows.length === 0 ? `${head[0]}: none\n` : table([head, ...rows])
}

function oneLine(text: string): string {
  return text.trim().split('\n').join(' | ')
}

/** The client gives a time as text or as a date, whatever its types say. */
function textOf(time: Date | string | undefined): string {
  return time === undefined ? '-' : new Date(time).toISOString()
}
