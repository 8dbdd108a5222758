import type { Chain } from '../../chain/chain.ts'
import {
  type Environment,
  EnvironmentError,
  type Gap,
  refuseGaps,
  type StartOptions,
  type World,
} from '../environment.ts'
import { InsideProcess } from './inside-process.ts'
import { nginxProgram } from './nginx-binary.ts'
import { SandboxWorld, sandboxGaps } from './sandbox-world.ts'
import { whyNoSandbox } from './why-no-sandbox.ts'

/** Keeps sandboxes warm: a world takes a free one, or starts one more. Any number of worlds may run side by side. */
class Sandbox implements Environment {
  readonly name = 'sandbox'
  readonly #all = new Set<InsideProcess>()
  readonly #free: InsideProcess[] = []

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
      throw error instanceof EnvironmentError ? (whatIsMissing(error) ?? error) : error
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
    await Promise.all(all.map((inside) => inside.end()))
  }

  async #take(): Promise<InsideProcess> {
    for (let inside = this.#free.pop(); inside !== undefined; inside = this.#free.pop()) {
      inside.keepAwake(true)
      if (inside.isSound) return inside
      this.#all.delete(inside)
    }
    const inside = await InsideProcess.start()
    this.#all.add(inside)
    return inside
  }

  /** One that broke is ended. */
  async #giveBack(inside: InsideProcess, reusable: boolean): Promise<void> {
    if (!this.#all.has(inside)) return
    try {
      if (reusable && inside.isSound) {
        await inside.call('clear')
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
function whatIsMissing(cause: EnvironmentError): EnvironmentError | null {
  const why = whyNoSandbox()
  return why && new EnvironmentError(`Failed to start the sandbox: ${why.fact}.`, why.remedy, { cause })
}

/** Real nginx, real gateway, stub backends on real ClusterIPs, in namespaces of their own. */
export const sandbox: Environment = new Sandbox()
