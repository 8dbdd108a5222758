import { randomBytes } from 'node:crypto'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Chain } from '../../chain/chain.ts'
import { EnvironmentError, InvalidChainError, type StartOptions, UnsupportedError, type World } from '../environment.ts'
import type { GatewayImage } from '../kubernetes/deployed-chain.ts'
import { KubernetesWorld } from '../kubernetes/kubernetes-world.ts'
import type { Resources } from '../kubernetes/resources.ts'
import { orAborted } from '../or-aborted.ts'
import { type Lane, openLane } from './lane.ts'
import { tellingApiErrors } from './telling-world.ts'
import { withDescription } from './with-description.ts'

/**
 * The namespaces of one run: `t1` for the first world, `t1-2`, `t1-3` … for those that run beside it. Each is made when it is
 * first needed, serves one world after the other, and is removed when the run ends.
 */
export class Session {
  readonly #config: KubeConfig
  readonly #namespace: string
  readonly #resources: Resources
  readonly #run = randomBytes(6).toString('hex')
  /** Lanes that are open or being opened, by their numbers, which begin with 1. */
  readonly #lanes = new Map<number, Promise<Lane>>()
  readonly #inUse = new Set<number>()
  /** Why a namespace of a start that was interrupted is still there. */
  #left: EnvironmentError | null = null

  constructor(config: KubeConfig, namespace: string, resources: Resources) {
    this.#config = config
    this.#namespace = namespace
    this.#resources = resources
  }

  /** @throws {EnvironmentError} @throws the signal's reason */
  async start(chain: Chain, { seed, signal }: StartOptions): Promise<World> {
    const { number, lane } = await this.#take(signal)
    const release = (): void => void this.#inUse.delete(number)
    const { cluster } = lane
    const image = gatewayImage(chain, cluster.image)
    const starting = KubernetesWorld.start(chain, seed, { ...cluster, ...(signal && { signal }) }, image, release)
    try {
      return tellingApiErrors(await orAborted(starting, signal), this.#config)
    } catch (error) {
      if (signal?.aborted === true) {
        starting.then((world) => world[Symbol.asyncDispose](), release)
        throw error
      }
      if (error instanceof InvalidChainError || error instanceof UnsupportedError) {
        release()
        throw error
      }
      const explained = await withDescription('deploy the chain', cluster.kube, error, chain)
      // Whatever broke in it, the next world does not meet it.
      this.#lanes.delete(number)
      await lane.remove().finally(release)
      throw explained
    }
  }

  /** Removes every namespace of the run, those that are still being made with them. @throws {EnvironmentError} one does not go */
  async end(): Promise<void> {
    const lanes = [...this.#lanes.values()]
    this.#lanes.clear()
    const opened = await Promise.allSettled(lanes)
    const removals = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value.remove()] : []))
    await Promise.allSettled(removals)
    await Promise.all(removals)
    if (this.#left !== null) throw this.#left
  }

  /** The lane of the lowest number that nobody has. */
  async #take(signal: AbortSignal | undefined): Promise<{ readonly number: number; readonly lane: Lane }> {
    let number = 1
    while (this.#inUse.has(number)) number++
    this.#inUse.add(number)
    try {
      return { number, lane: await this.#open(number, signal) }
    } catch (error) {
      this.#inUse.delete(number)
      throw error
    }
  }

  #open(number: number, signal: AbortSignal | undefined): Promise<Lane> {
    const known = this.#lanes.get(number)
    if (known !== undefined) return known
    const name = number === 1 ? this.#namespace : `${this.#namespace}-${number}`
    const lane = openLane(this.#config, name, this.#run, this.#resources, signal)
    this.#lanes.set(number, lane)
    lane.catch((error: unknown) => {
      // One that could not be opened is tried again by the next world.
      this.#lanes.delete(number)
      // Nobody hears what a start says that was interrupted.
      if (signal?.aborted === true && error instanceof EnvironmentError) this.#left = error
    })
    return lane
  }
}

/** What runs as the gateway; the cluster pulls one of the user's own as it pulls ours. */
function gatewayImage({ gateway }: Chain, own: string): GatewayImage {
  const name = gateway.image ?? own
  return { name, id: name, own: gateway.image === null }
}
