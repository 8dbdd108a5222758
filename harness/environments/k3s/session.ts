import { setImmediate as immediate } from 'node:timers/promises'
import type { Chain } from '../../chain/chain.ts'
import type { StartOptions, World } from '../environment.ts'
import { EnvironmentError, forGood, InvalidChainError, UnsupportedError, withEvidence } from '../environment.ts'
import type { GatewayImage } from '../kubernetes/deployed-chain.ts'
import { KubernetesWorld } from '../kubernetes/kubernetes-world.ts'
import { orAborted } from '../or-aborted.ts'
import type { K3sCluster } from './cluster.ts'
import { ensureImage, imageId, loadIntoNode } from './images.ts'
import { InUse } from './in-use.ts'
import { takeCluster } from './take-cluster.ts'
import { tellingGone, whyGone } from './telling-gone.ts'

const INTERRUPTED_TIMEOUT_MS = 2_000

/** The cluster that this process runs its worlds on, one after the other: addresses can be pinned only once. */
export class Session {
  readonly #cluster: K3sCluster
  readonly #end: () => Promise<void>
  readonly #inUse = new InUse()
  /** Images of the user's own that the node has, by their ids. */
  readonly #loaded = new Set<string>()
  #isInterrupted = false

  /**
   * Takes the warm cluster where there is one, and keeps others off it; starts one of its own elsewhere.
   * @param signal ends that
   * @throws {EnvironmentGoneError} @throws the signal's reason
   */
  static async open(signal: AbortSignal | undefined): Promise<Session> {
    try {
      const { cluster, giveBack } = await takeCluster(signal)
      return new Session(cluster, giveBack)
    } catch (error) {
      throw forGood(error)
    }
  }

  private constructor(cluster: K3sCluster, end: () => Promise<void>) {
    this.#cluster = cluster
    this.#end = end
  }

  /** Waits until the world before is disposed, then puts the cluster into the state that the chain asks for. */
  async start(chain: Chain, { seed, signal: interrupt }: StartOptions): Promise<World> {
    const { gone } = this.#cluster.watch
    const signal = interrupt === undefined ? gone : AbortSignal.any([interrupt, gone])
    const release = await this.#inUse.take(gatewayOf(chain), interrupt)
    const starting = this.#deploy(chain, seed, signal, release)
    try {
      return tellingGone(await orAborted(starting, signal), this.#cluster)
    } catch (error) {
      starting.then((world) => world[Symbol.asyncDispose](), release)
      this.#isInterrupted ||= interrupt?.aborted === true
      if (interrupt?.aborted === true) throw error
      if (error instanceof InvalidChainError || error instanceof UnsupportedError) throw error
      const explained = await this.#explained(chain, error)
      // What hangs on a cluster that is gone keeps nobody waiting.
      if (gone.aborted) release()
      throw explained
    }
  }

  async #deploy(chain: Chain, seed: number, signal: AbortSignal, release: () => void): Promise<KubernetesWorld> {
    // Whoever has lost the cluster tells it, with evidence, before those that waited for it find out.
    await immediate()
    signal.throwIfAborted()
    const image = await this.#gatewayImage(chain)
    return KubernetesWorld.start(chain, seed, { ...this.#cluster, signal }, image, release)
  }

  /** What runs as the gateway; an image of the user's own is put into the node, once. */
  async #gatewayImage({ gateway }: Chain): Promise<GatewayImage> {
    const { engine, address } = this.#cluster
    if (gateway.image === null) return { name: address.image, id: address.image, own: true }
    await ensureImage(engine, gateway.image, '"gateway.image" of the chain')
    const id = await imageId(engine, gateway.image)
    if (!this.#loaded.has(id)) await loadIntoNode(engine, address.nodeId, gateway.image)
    this.#loaded.add(id)
    return { name: gateway.image, id, own: false }
  }

  /**
   * Nobody waits for worlds of a cluster that is gone. Where a start was interrupted, what it was about may go on for a moment: no
   * longer than is worth waiting for.
   */
  async end(): Promise<void> {
    const { gone } = this.#cluster.watch
    const patience = this.#isInterrupted ? AbortSignal.timeout(INTERRUPTED_TIMEOUT_MS) : gone
    await this.#inUse.take('', AbortSignal.any([gone, patience])).catch(() => undefined)
    await this.#end()
  }

  /** What went wrong, with what the cluster has to say. */
  async #explained(chain: Chain, error: unknown): Promise<EnvironmentError> {
    const gone = await whyGone(this.#cluster, error)
    if (gone !== null) return gone
    const known =
      error instanceof EnvironmentError
        ? error
        : new EnvironmentError(`Failed to deploy the chain: ${String(error)}.`, 'Run "chain env down" and try again.', {
            cause: error,
          })
    const { clusterFiles } = await import('../kubernetes/cluster-files.ts')
    return withEvidence(known, await clusterFiles(this.#cluster, chain))
  }
}

/** What the gateway's pods are started with. Worlds that share it need no new ones in between. */
function gatewayOf({ gateway, gatewayConfig: { routes, middleware, auth } }: Chain): string {
  return JSON.stringify([gateway.image, routes.text, middleware?.text, auth?.text])
}
