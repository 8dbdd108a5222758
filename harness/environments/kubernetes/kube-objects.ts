import type { CoreV1Event, V1ContainerStatus, V1Deployment, V1Pod, V1PodCondition } from '@kubernetes/client-node'
import { VERSION_ANNOTATION } from './manifests.ts'

/** A pod; `leaving` where it has been told to end. */
export interface KubePod {
  readonly name: string
  readonly app: string
  readonly address: string
  /** What its Deployment was at when it was started. */
  readonly version: string
  readonly ready: boolean
  readonly leaving: boolean
  /** Its containers that were started again. */
  readonly restarted: readonly string[]
  /** How a container ended that ends again and again, so that Kubernetes waits with the next start: `Error, exit 1`; else null. */
  readonly crash: string | null
  /** Why its image cannot be had; null where nothing is known to be wrong with it. */
  readonly imageTrouble: ImageTrouble | null
  /** Why a container of it cannot be made, in the node's words; null where nothing is known to be wrong. */
  readonly refusal: string | null
  /** Why no node takes it, in the scheduler's words; null where one has, or none has been looked for. */
  readonly unschedulable: string | null
}

/** A Deployment, and why it cannot make its pods, in the API's words; null where it can. */
export interface KubeDeployment {
  readonly name: string
  readonly refusal: string | null
}

/** An event of the namespace, with how often it has happened. */
export interface KubeEvent {
  readonly id: string
  readonly type: string
  readonly reason: string
  /** The name of what it is about. */
  readonly object: string
  readonly message: string
  readonly count: number
}

export interface ImageTrouble {
  readonly container: string
  readonly image: string
  /** As the API has it: `ErrImagePull`. */
  readonly reason: string
}

/** A pod of the API. */
export function toPod({ metadata, status }: V1Pod): KubePod {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready')
  return {
    name: metadata?.name ?? '',
    app: metadata?.labels?.app ?? '',
    address: status?.podIP ?? '',
    version: metadata?.annotations?.[VERSION_ANNOTATION] ?? '',
    ready: condition?.status === 'True',
    leaving: metadata?.deletionTimestamp !== undefined,
    restarted: (status?.containerStatuses ?? []).flatMap(({ name, restartCount }) => (restartCount > 0 ? [name] : [])),
    crash: crashOf(status?.containerStatuses ?? []),
    imageTrouble: imageTroubleOf(status?.containerStatuses ?? []),
    refusal: refusalOf(status?.containerStatuses ?? []),
    unschedulable: unschedulableOf(status?.conditions ?? []),
  }
}

function crashOf(containers: readonly V1ContainerStatus[]): string | null {
  const crashed = containers.find(({ state }) => state?.waiting?.reason === 'CrashLoopBackOff')
  if (crashed === undefined) return null
  const { reason = 'ended', exitCode } = crashed.lastState?.terminated ?? {}
  return exitCode === undefined ? reason : `${reason}, exit ${exitCode}`
}

/** What kubelet calls a container that it cannot make of what the pod says. */
const REFUSALS = ['CreateContainerConfigError', 'CreateContainerError']

function refusalOf(containers: readonly V1ContainerStatus[]): string | null {
  const waits = containers.map(({ state }) => state?.waiting).find((one) => REFUSALS.includes(one?.reason ?? ''))
  return waits === undefined ? null : oneLine(`${waits.reason}: ${waits.message ?? ''}`)
}

function unschedulableOf(conditions: readonly V1PodCondition[]): string | null {
  const condition = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False')
  return condition?.reason === 'Unschedulable' ? oneLine(condition.message ?? '') : null
}

/** A Deployment of the API. */
export function toDeployment({ metadata, status }: V1Deployment): KubeDeployment {
  const failure = status?.conditions?.find((one) => one.type === 'ReplicaFailure' && one.status === 'True')
  return { name: metadata?.name ?? '', refusal: failure === undefined ? null : oneLine(failure.message ?? '') }
}

/** Events of the API, the newest last. */
export function toEvents(items: readonly CoreV1Event[]): KubeEvent[] {
  return items.toSorted((a, b) => timeMs(a) - timeMs(b)).map(toEvent)
}

function toEvent({ metadata, type, reason, involvedObject, message, count, series }: CoreV1Event): KubeEvent {
  return {
    id: metadata.uid ?? '',
    type: type ?? '',
    reason: reason ?? '',
    object: involvedObject.name ?? '',
    message: oneLine(message ?? ''),
    count: series?.count ?? count ?? 1,
  }
}

/** The client gives a time as text or as a date, whatever its types say. */
function timeMs({ series, lastTimestamp, eventTime }: CoreV1Event): number {
  return new Date(series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? 0).getTime()
}

/** A text of the API as a part of a sentence. */
function oneLine(text: string): string {
  return text.trim().split('\n').join(' ').replace(/\.$/, '')
}

/** What kubelet calls an image that it cannot get. */
const IMAGE_TROUBLES = ['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName']

function imageTroubleOf(containers: readonly V1ContainerStatus[]): ImageTrouble | null {
  for (const { name: container, image, state } of containers) {
    const reason = state?.waiting?.reason ?? ''
    if (IMAGE_TROUBLES.includes(reason)) return { container, image, reason }
  }
  return null
}
