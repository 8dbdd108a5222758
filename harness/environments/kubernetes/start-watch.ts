import { EnvironmentError } from '../environment.ts'
import { imageError } from './image-error.ts'
import type { Kube } from './kube.ts'
import type { KubeDeployment, KubeEvent, KubePod } from './kube-objects.ts'

/** A Deployment whose pods are waited for. */
export interface Awaited {
  readonly name: string
  readonly replicas: number
  /** What its pods are to be at. */
  readonly version: string
  /** Whether the chain names its image, by `gateway: {image}`. */
  readonly isImageOfChain: boolean
}

/** Between two readings of Deployments and events. */
const READ_MS = 2_000
/** A quota counts a pod that has just gone for a moment; a ConfigMap may come after its pod. */
const REFUSED_MS = 10_000
/** Pods that leave make room. */
const NO_ROOM_MS = 20_000
/** Answers, not seconds: a slow machine also asks slowly. The node tells about 25 events of a pod, then one in five minutes. */
const FAILED_PROBES = 15
/** What an autoscaler says of a pod that it makes a node for: that of Kubernetes, and Karpenter. */
const NODE_IS_COMING: readonly string[] = ['TriggeredScaleUp', 'Nominated']
/** The words of kubelet where the program answered: a refused connection may still become an answer. */
const FAILED_BY_STATUS = 'HTTP probe failed with statuscode'

/**
 * Finds out, while pods are waited for, that they will not become ready, and why. What may pass by itself is given some seconds.
 * Who may not read events is told what the pods and Deployments themselves know.
 */
export class StartWatch {
  readonly #kube: Pick<Kube, 'deploymentStates' | 'events'>
  #readMs = performance.now()
  #deployments: readonly KubeDeployment[] = []
  /** Null where they may not be read, or have not been. */
  #events: readonly KubeEvent[] | null = null
  /** How often each probe had failed when it was first read: what a pod has got over does not count. */
  readonly #failedBefore = new Map<string, number>()
  /** What is wrong by now, and since when. */
  #since = new Map<string, number>()

  constructor(kube: Pick<Kube, 'deploymentStates' | 'events'>) {
    this.#kube = kube
  }

  /**
   * Looks at Deployments whose pods are not all ready.
   * @param pods those of the namespace, as they are now
   * @returns what is in the way of one of them, in words; null where nothing is known to be
   * @throws {EnvironmentError} one that will never be ready
   */
  async look(awaited: readonly Awaited[], pods: readonly KubePod[]): Promise<string | null> {
    if (performance.now() - this.#readMs >= READ_MS) {
      const [deployments, events] = await Promise.all([this.#kube.deploymentStates(), this.#kube.events()])
      this.#deployments = deployments
      this.#events = events
      this.#readMs = performance.now()
    }
    const before = this.#since
    this.#since = new Map()
    let known: string | null = null
    for (const deployment of awaited) {
      const own = pods.filter(({ app, version, leaving }) => {
        return app === deployment.name && version === deployment.version && !leaving
      })
      const isLeaving = pods.some(({ leaving }) => leaving)
      const found = [
        this.#ofDeployment(deployment, own, isLeaving, before),
        ...own.filter(({ ready }) => !ready).map((pod) => this.#ofPod(deployment, pod, before)),
      ]
      known ??= found.find((one) => one !== null) ?? null
    }
    return known
  }

  /** @throws {EnvironmentError} its pods are refused, and not because others that leave still count */
  #ofDeployment(
    { name, replicas }: Awaited,
    own: readonly KubePod[],
    isLeaving: boolean,
    before: ReadonlyMap<string, number>,
  ): string | null {
    const refusal = this.#deployments.find((one) => one.name === name)?.refusal ?? null
    if (refusal === null || own.length >= replicas) return null
    if (!isLeaving && this.#lasts(`refusal of ${name}`, REFUSED_MS, before)) {
      throw new EnvironmentError(
        `Failed to start Deployment ${name}: the cluster refuses its pods: ${refusal}.`,
        'A quota or an admission rule of the cluster says so: satisfy it (--requests, --limits), or have it changed.',
      )
    }
    return refusal
  }

  /** @throws {EnvironmentError} it will not be ready */
  #ofPod({ name, isImageOfChain }: Awaited, pod: KubePod, before: ReadonlyMap<string, number>): string | null {
    if (pod.imageTrouble !== null) throw imageError(`start Deployment ${name}`, pod.imageTrouble, isImageOfChain)
    if (pod.crash !== null) throw crashed(name, pod.crash)
    if (pod.refusal !== null) {
      if (this.#lasts(`refusal of ${pod.name}`, REFUSED_MS, before)) {
        throw new EnvironmentError(
          `Failed to start Deployment ${name}: a container of its pod cannot be made: ${pod.refusal}.`,
          'The node says so: look at the rules of the cluster, and at what the pod is made of.',
        )
      }
      return pod.refusal
    }
    const events = this.#events?.filter((event) => event.object === pod.name) ?? []
    if (pod.unschedulable !== null) {
      const isHopeless = this.#events !== null && !events.some(({ reason }) => NODE_IS_COMING.includes(reason))
      if (isHopeless && this.#lasts(`no room for ${pod.name}`, NO_ROOM_MS, before)) {
        throw new EnvironmentError(
          `Failed to start Deployment ${name}: no node has room for its pod: ${pod.unschedulable}.`,
          'Make room in the cluster, or ask for less by --requests.',
        )
      }
      return pod.unschedulable
    }
    this.#refuseFailedProbes(name, events)
    return events.findLast(({ type }) => type === 'Warning')?.message ?? null
  }

  /** @throws {EnvironmentError} the program answers, and never what it has to */
  #refuseFailedProbes(name: string, events: readonly KubeEvent[]): void {
    for (const { id, message, count } of events) {
      if (!message.includes(FAILED_BY_STATUS)) continue
      const before = this.#failedBefore.get(id) ?? count
      this.#failedBefore.set(id, before)
      if (count - before < FAILED_PROBES) continue
      throw new EnvironmentError(
        `Failed to start Deployment ${name}: its pod runs and is never ready: ${message}.`,
        'Kubernetes asks it until it answers with a status of 200 to 399; its log may say why it does not.',
      )
    }
  }

  /** Whether something has been wrong for so long, at every look. */
  #lasts(what: string, patienceMs: number, before: ReadonlyMap<string, number>): boolean {
    const nowMs = performance.now()
    const sinceMs = before.get(what) ?? nowMs
    this.#since.set(what, sinceMs)
    return nowMs - sinceMs >= patienceMs
  }
}

function crashed(deployment: string, end: string): EnvironmentError {
  return new EnvironmentError(
    `Failed to start Deployment ${deployment}: its container ends again and again (CrashLoopBackOff; ${end}).`,
    'Read its log, and run the same image by hand.',
  )
}
