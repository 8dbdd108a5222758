import { setTimeout as sleep } from 'node:timers/promises'
import {
  ApiException,
  CoordinationV1Api,
  CoreV1Api,
  type KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  type V1Lease,
  V1MicroTime,
  type V1Namespace,
} from '@kubernetes/client-node'
import { EnvironmentError, EnvironmentGoneError } from '../environment.ts'
import { waitUntil } from '../kubernetes/wait-until.ts'
import { orAborted } from '../or-aborted.ts'
import { apiError, isAbort } from './api-error.ts'
import { kubectlOf } from './kube-config.ts'
import { LABEL, MANAGED_BY } from './settings.ts'

/** The Lease in each of our namespaces tells that its run lives. */
const LEASE = 'request-chain'
const LEASE_SECONDS = 15
const RENEW_MS = 3_000
/** Between two looks at a lease that may be renewed. */
const LOOK_MS = 500
const REMOVE_TIMEOUT_MS = 180_000
/** What the API answers where our lease is not there, or another one is in its place. */
const LOST: ReadonlySet<number> = new Set([404, 409, 422])

/** A namespace of this run's own stays, though it should not. */
export class NotRemovedError extends EnvironmentError {}

/** A namespace of this run's own, from its making to its removal. Nothing that was there before is ever touched. */
export class OwnNamespace {
  readonly name: string
  readonly #config: KubeConfig
  readonly #core: CoreV1Api
  readonly #coordination: CoordinationV1Api
  readonly #lost = new AbortController()
  #renewal: NodeJS.Timeout | null = null
  /** What this run has made, and nothing that has its name after it. */
  #made: V1Namespace = {}
  #lease: V1Lease = {}

  /**
   * Makes a namespace and holds it. One that a run of before left behind, which has died, is removed first.
   * @param run tells this run from others
   * @param signal ends that; nothing of it stays then
   * @throws {EnvironmentError} it is somebody else's, or another run has it @throws the signal's reason
   */
  static async make(config: KubeConfig, name: string, run: string, signal?: AbortSignal): Promise<OwnNamespace> {
    const namespace = new OwnNamespace(config, name)
    try {
      await namespace.#make(run, signal)
      return namespace
    } catch (error) {
      throw apiError(`make namespace "${name}"`, config, error)
    }
  }

  private constructor(config: KubeConfig, name: string) {
    this.name = name
    this.#config = config
    this.#core = config.makeApiClient(CoreV1Api)
    this.#coordination = config.makeApiClient(CoordinationV1Api)
  }

  /** Aborts with an {@link EnvironmentGoneError} when another run has it, since this one slept for longer than a lease lasts. */
  get lost(): AbortSignal {
    return this.#lost.signal
  }

  /** Removes it, and waits until it is gone. @throws {NotRemovedError} it does not go */
  async remove(): Promise<void> {
    if (this.#renewal !== null) clearInterval(this.#renewal)
    this.#renewal = null
    try {
      await this.#delete(this.#made)
      await this.#gone(this.#made.metadata?.uid)
    } catch (error) {
      const known = apiError(`remove namespace "${this.name}"`, this.#config, error)
      if (!(known instanceof EnvironmentError)) throw known
      throw new NotRemovedError(known.message, known.remedy, { cause: error })
    }
  }

  async #make(run: string, signal: AbortSignal | undefined): Promise<void> {
    const labels = { [LABEL.managedBy]: MANAGED_BY, [LABEL.run]: run }
    const body = { metadata: { name: this.name, labels } }
    // Another run may make it between any two of these steps: only who makes it has it.
    let made: V1Namespace | null = null
    while (made === null) {
      made = await unless(409, this.#core.createNamespace({ body }))
      if (made === null) await this.#clear(signal)
    }
    this.#made = made
    try {
      await this.#furnish(run, signal)
    } catch (error) {
      await this.#undo(error)
    }
  }

  /** Holds it, and waits until pods can be made in it. */
  async #furnish(run: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#hold(run)
    await waitUntil({
      what: `namespace ${this.name}`,
      check: async () => {
        const account = { namespace: this.name, name: 'default' }
        return (await unless(404, this.#core.readNamespacedServiceAccount(account))) === null
          ? 'it has no ServiceAccount yet'
          : null
      },
      timeoutMs: 30_000,
      signal,
    })
  }

  /** What this run has just made and cannot use does not stay. @throws {Error} always: why it cannot be used, or is still there */
  async #undo(why: unknown): Promise<never> {
    const known = apiError(`use namespace "${this.name}"`, this.#config, why)
    try {
      await this.remove()
    } catch (error) {
      if (isAbort(why)) throw error
      if (!(known instanceof EnvironmentError && error instanceof EnvironmentError)) throw known
      const remedy = `${known.remedy} It is still there: ${error.message} Remove it by "${kubectlOf(this.#config)} delete namespace ${this.name}".`
      throw new EnvironmentError(known.message, remedy, { cause: why })
    }
    throw known
  }

  /** Removes what a run that has died left behind. @throws {EnvironmentError} it is not ours, or its run lives */
  async #clear(signal: AbortSignal | undefined): Promise<void> {
    const found = await unless(404, this.#core.readNamespace({ name: this.name }))
    if (found === null) return
    if (found.metadata?.labels?.[LABEL.managedBy] !== MANAGED_BY) {
      throw new EnvironmentError(
        `Failed to make namespace "${this.name}": it is there, and chain did not make it.`,
        'Name one that is not there; with --attach, chain reads one that is.',
      )
    }
    if (!isLeaving(found) && (await this.#isHeld(signal))) {
      throw new EnvironmentError(
        `Failed to make namespace "${this.name}": another run has it.`,
        'Let that one end, or name another namespace.',
      )
    }
    if (!isLeaving(found)) await Promise.all((await this.#leftWith(found)).map((one) => this.#delete(one)))
    await this.#gone(found.metadata?.uid, signal)
  }

  /** It, and the others that its run had beside it, which died with it. */
  async #leftWith(found: V1Namespace): Promise<V1Namespace[]> {
    const run = found.metadata?.labels?.[LABEL.run] ?? ''
    const labelSelector = `${LABEL.managedBy}=${MANAGED_BY},${LABEL.run}=${run}`
    // Who may not list namespaces removes the one that is in the way.
    const list = run === '' ? null : await unless(403, this.#core.listNamespace({ labelSelector }))
    return list === null ? [found] : list.items
  }

  /** Another run may have found it dead too, and have made it again by now: what is removed is what was looked at. */
  async #delete({ metadata }: V1Namespace): Promise<void> {
    const { name = '', uid = '' } = metadata ?? {}
    const body = { preconditions: { uid } }
    const wasThere = await unless(404, unless(409, this.#core.deleteNamespace({ name, body })))
    if (wasThere !== null) await this.#endPods(name)
  }

  /** At once: nobody waits for what they would still have to say, and a node may take a minute to tell that they ended. */
  async #endPods(namespace: string): Promise<void> {
    // Who may not do that waits for the node.
    await unless(403, unless(404, this.#core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 })))
  }

  /**
   * Whether its run lives: a run renews its lease, and one that was killed does not. A lease that is renewed while we look is
   * held. One that is not counts as dead once it is {@link LEASE_SECONDS} old; but not before two renewals could have been
   * seen, since the clock of the other machine may be late, and a lease that is not there may be about to be made.
   */
  async #isHeld(signal: AbortSignal | undefined): Promise<boolean> {
    const startMs = performance.now()
    const before = await this.#renewedAtMs()
    const restMs = before === null ? 0 : before + LEASE_SECONDS * 1_000 - Date.now()
    const patienceMs = Math.min(Math.max(restMs, 2 * RENEW_MS), LEASE_SECONDS * 1_000)
    if (restMs > 0) tellWait(this.name, patienceMs)
    while (performance.now() - startMs < patienceMs) {
      await orAborted(sleep(LOOK_MS), signal)
      if ((await this.#renewedAtMs()) !== before) return true
    }
    return false
  }

  async #renewedAtMs(): Promise<number | null> {
    const lease = await unless(404, this.#coordination.readNamespacedLease({ namespace: this.name, name: LEASE }))
    // The client gives the text of it, whatever its types say.
    const renewTime = lease?.spec?.renewTime
    return renewTime === undefined ? null : new Date(renewTime).getTime()
  }

  async #hold(run: string): Promise<void> {
    const spec = { holderIdentity: run, leaseDurationSeconds: LEASE_SECONDS, renewTime: new V1MicroTime() }
    const body = { metadata: { name: LEASE }, spec }
    this.#lease = await this.#coordination.createNamespacedLease({ namespace: this.name, body })
    this.#renewal = setInterval(() => this.look(), RENEW_MS)
    this.#renewal.unref()
  }

  /** Finds out whether this run has it still, and says so to others. What the API does not answer is made good by the next time. */
  async look(): Promise<void> {
    const body = { metadata: { uid: this.#lease.metadata?.uid }, spec: { renewTime: new V1MicroTime().toISOString() } }
    try {
      await this.#coordination.patchNamespacedLease(
        { namespace: this.name, name: LEASE, body },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      )
    } catch (error) {
      const isOurs = !(error instanceof ApiException && LOST.has(error.code))
      if (isOurs || this.#renewal === null) return
      this.#lost.abort(
        new EnvironmentGoneError(
          `Failed to use namespace "${this.name}": it was removed, or this run slept and another one has it since.`,
          'Run again.',
        ),
      )
    }
  }

  /** Waits until it is gone, or is another one of the same name. */
  async #gone(uid: string | undefined, signal?: AbortSignal): Promise<void> {
    await waitUntil({
      what: `namespace ${this.name} to be removed`,
      check: async () => {
        const found = await unless(404, this.#core.readNamespace({ name: this.name }))
        return found === null || (uid !== undefined && found.metadata?.uid !== uid) ? null : 'it is still there'
      },
      timeoutMs: REMOVE_TIMEOUT_MS,
      pauseMs: 200,
      signal,
    })
  }
}

/** People at a terminal, and readers of a CI log, are told why nothing happens. */
function tellWait(namespace: string, patienceMs: number): void {
  process.stderr.write(
    `cluster: waiting up to ${Math.ceil(patienceMs / 1_000)} s for the lease of namespace "${namespace}": its run lives, or was killed just now\n`,
  )
}

function isLeaving({ metadata }: V1Namespace): boolean {
  return metadata?.deletionTimestamp !== undefined
}

/** What the API answers; null where it answers with that status. */
async function unless<Answer>(status: number, request: Promise<Answer>): Promise<Answer | null> {
  try {
    return await request
  } catch (error) {
    if (error instanceof ApiException && error.code === status) return null
    throw error
  }
}
