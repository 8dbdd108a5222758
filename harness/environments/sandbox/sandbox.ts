import { availableParallelism } from 'node:os'
import type { Chain } from '../../chain/chain.ts'
import {
  type Environment,
  EnvironmentError,
  EnvironmentGoneError,
  forGood,
  type Gap,
  refuseGaps,
  type StartOptions,
  type World,
} from '../environment.ts'
import { InsideProcess } from './inside-process.ts'
import { nginxProgram } from './nginx-binary.ts'
import { SandboxWorld, sandboxGaps } from './sandbox-world.ts'
import { whyNoSandbox } from './why-no-sandbox.ts'

/**
 * Sandboxes that are started at once where worlds want them. One has work for a core, and this process for another: more than a
 * few are no faster, and each costs as much to start as a dozen worlds.
 */
const AT_ONCE = Math.min(availableParallelism(), 4)

/**
 * Keeps sandboxes warm: a world takes a free one. Where none is free it waits for one, and starts one more when none has come
 * back in the time that a start takes: short worlds share a few sandboxes, and worlds that wait for time-outs hold nobody up.
 */
class Sandbox implements Environment {
  readonly name = 'sandbox'
  readonly #all = new Set<InsideProcess>()
  readonly #free: InsideProcess[] = []
  /** Worlds that wait for a sandbox, the first one first. */
  readonly #waiting: ((inside: InsideProcess | null) => void)[] = []
  /** Those that are started at once. Nobody runs out of patience before they have. */
  readonly #first: Promise<InsideProcess>[] = []
  #startMs = 0
  #patience: NodeJS.Timeout | undefined
  /** Why no world can be started here. */
  #gone: EnvironmentGoneError | null = null

  gaps(chain: Chain): readonly Gap[] {
    return sandboxGaps(chain)
  }

  nginxVersion(): string | null {
    return nginxProgram()?.version ?? null
  }

  async start(chain: Chain, options: StartOptions): Promise<World> {
    try {
      return await this.#start(chain, options)
    } catch (error) {
      const known = error instanceof EnvironmentError ? (whatIsMissing(error) ?? error) : error
      if (known instanceof EnvironmentGoneError) this.#tellGone(known)
      throw known
    }
  }

  async #start(chain: Chain, { seed }: StartOptions): Promise<World> {
    refuseGaps(sandboxGaps(chain))
    const inside = await this.#take()
    // A program of the user's own may have changed more than can be cleared.
    const giveBack = (): Promise<void> => this.#giveBack(inside, chain.gateway.command === null)
    try {
      return await SandboxWorld.start(chain, seed, inside, giveBack)
    } catch (error) {
      await giveBack()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...this.#all]
    this.#all.clear()
    this.#free.length = 0
    this.#first.length = 0
    await Promise.all(all.map((inside) => inside.end()))
  }

  async #take(): Promise<InsideProcess> {
    for (let inside = this.#free.pop(); inside !== undefined; inside = this.#free.pop()) {
      inside.keepAwake(true)
      if (inside.isSound) return inside
      this.#all.delete(inside)
    }
    if (this.#first.length < AT_ONCE) {
      const first = this.#startOne()
      this.#first.push(first)
      return first
    }
    return (await this.#nextFree()) ?? this.#startOne()
  }

  /** Those that wait for a sandbox find it out, too. */
  #tellGone(gone: EnvironmentGoneError): void {
    this.#gone ??= gone
    clearTimeout(this.#patience)
    for (const findOut of this.#waiting.splice(0)) findOut(null)
  }

  async #startOne(): Promise<InsideProcess> {
    if (this.#gone !== null) throw this.#gone
    const startedMs = performance.now()
    const inside = await InsideProcess.start().catch((error: unknown) => {
      // Where not even the first comes up, none will.
      throw this.#startMs === 0 ? forGood(error) : error
    })
    this.#startMs = performance.now() - startedMs
    this.#all.add(inside)
    return inside
  }

  /** The next one that a world gives back; null where it is better to start one more. */
  #nextFree(): Promise<InsideProcess | null> {
    const { promise, resolve } = Promise.withResolvers<InsideProcess | null>()
    this.#waiting.push(resolve)
    if (this.#waiting.length === 1) void Promise.allSettled(this.#first).then(() => this.#bePatient())
    return promise
  }

  /** Those that wait do so for as long as a start takes, from now on. */
  #bePatient(): void {
    clearTimeout(this.#patience)
    if (this.#waiting.length === 0) return
    this.#patience = setTimeout(() => {
      for (const startOneMore of this.#waiting.splice(0)) startOneMore(null)
    }, this.#startMs)
  }

  /** One that broke is ended. */
  async #giveBack(inside: InsideProcess, reusable: boolean): Promise<void> {
    if (!this.#all.has(inside)) return
    try {
      if (reusable && inside.isSound) {
        await inside.call('clear')
        const next = this.#waiting.shift()
        if (next !== undefined) {
          this.#bePatient()
          return next(inside)
        }
        inside.keepAwake(false)
        this.#free.push(inside)
        return
      }
    } catch {
      // It cannot be cleared, so it ends.
    }
    this.#all.delete(inside)
    await inside.end()
  }
}

/** Where something broke because this machine cannot have a sandbox at all, that is what a person has to know. */
function whatIsMissing(cause: EnvironmentError): EnvironmentGoneError | null {
  const why = whyNoSandbox()
  return why && new EnvironmentGoneError(`Failed to start the sandbox: ${why.fact}.`, why.remedy, { cause })
}

/** Real nginx, real gateway, stub backends on real ClusterIPs, in namespaces of their own. */
export const sandbox: Environment = new Sandbox()
