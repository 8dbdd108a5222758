import { randomBytes } from 'node:crypto'
import type { KubeConfig } from '@kubernetes/client-node'
import type { Chain } from '../../chain/chain.ts'
import {
  EnvironmentGoneError,
  forGood,
  InvalidChainError,
  type StartOptions,
  UnsupportedError,
  type World,
} from '../environment.ts'
import type { GatewayImage } from '../kubernetes/deployed-chain.ts'
import { KubernetesWorld } from '../kubernetes/kubernetes-world.ts'
import type { Resources } from '../kubernetes/resources.ts'
import { orAborted } from '../or-aborted.ts'
import { isAbort } from './api-error.ts'
import { type Lane, openLane } from './lane.ts'
import { NotRemovedError } from './own-namespace.ts'
import { tellingApiErrors } from './telling-world.ts'
import { whyApiGone, whyGone } from './why-api-gone.ts'
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
  /** Why no world can be started any more. */
  #gone: EnvironmentGoneError | null = null
  /** Why a namespace of a start that was interrupted is still there. */
  #left: NotRemovedError | null = null

  constructor(config: KubeConfig, namespace: string, resources: Resources) {
    this.#config = config
    this.#namespace = namespace
    this.#resources = resources
  }

  /** @throws {EnvironmentError} @throws {EnvironmentGoneError} @throws the signal's reason */
  async start(chain: Chain, { seed, signal: interrupt }: StartOptions): Promise<World> {
    const { number, lane } = await this.#take(interrupt)
    const { lost } = lane.namespace
    const signal = interrupt === undefined ? lost : AbortSignal.any([interrupt, lost])
    const release = (): void => void this.#inUse.delete(number)
    const { cluster } = lane
    const image = gatewayImage(chain, cluster.image)
    const starting = KubernetesWorld.start(chain, seed, { ...cluster, signal }, image, release)
    try {
      return tellingApiErrors(await orAborted(starting, signal), this.#config, lane.namespace)
    } catch (error) {
      if (signal.aborted) {
        starting.then((world) => world[Symbol.asyncDispose](), release)
        throw error
      }
      if (error instanceof InvalidChainError || error instanceof UnsupportedError) {
        release()
        throw error
      }
      this.#gone ??= await whyGone('deploy the chain', this.#config, lane.namespace, error)
      if (this.#gone !== null) {
        release()
        throw this.#gone
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
    if (this.#gone !== null) throw this.#gone
    let number = 1
    while (this.#inUse.has(number)) number++
    this.#inUse.add(number)
    try {
      return { number, lane: await this.#open(number, signal) }
    } catch (error) {
      this.#inUse.delete(number)
      throw await this.#whyNotOpened(number, error)
    }
  }

  /** Where not even the first can be opened, none can. For one beside it there may be no room, which is about that one alone. */
  async #whyNotOpened(number: number, error: unknown): Promise<unknown> {
    if (isAbort(error)) return error
    const gone = number === 1 ? forGood(error) : await whyApiGone('make a namespace', this.#config, error)
    if (gone instanceof EnvironmentGoneError) this.#gone ??= gone
    // It may be still on its way to find that out.
    else await this.#lanes.get(1)?.catch(() => undefined)
    return this.#gone ?? error
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
      if (signal?.aborted === true && error instanceof NotRemovedError) this.#left = error
    })
    return lane
  }
}

/** What runs as the gateway; the cluster pulls one of the user's own as it pulls ours. */
function gatewayImage({ gateway }: Chain, own: string): GatewayImage {
  const name = gateway.image ?? own
  return { name, id: name, own: gateway.image === null }
}
