import type { Chain } from '../../chain/chain.ts'
import {
  type Environment,
  type EnvironmentName,
  type Gap,
  refuseGaps,
  type StartOptions,
  type World,
} from '../environment.ts'

/** What worlds of one process share: a cluster, or namespaces in one. */
export interface WorldSession {
  start(chain: Chain, options: StartOptions): Promise<World>
  /** Ends what is shared, once no world has it. */
  end(): Promise<void>
}

/** An environment whose worlds share a session, which is opened when the first of them starts. */
export class SessionEnvironment implements Environment {
  readonly name: EnvironmentName
  readonly #gaps: (chain: Chain) => readonly Gap[]
  readonly #open: () => Promise<WorldSession>
  #session: Promise<WorldSession> | null = null

  /** @param gaps what of a chain its worlds cannot show */
  constructor(name: EnvironmentName, gaps: (chain: Chain) => readonly Gap[], open: () => Promise<WorldSession>) {
    this.name = name
    this.#gaps = gaps
    this.#open = open
  }

  gaps(chain: Chain): readonly Gap[] {
    return this.#gaps(chain)
  }

  async start(chain: Chain, options: StartOptions): Promise<World> {
    refuseGaps(this.#gaps(chain))
    this.#session ??= this.#open()
    try {
      return await (await this.#session).start(chain, options)
    } catch (error) {
      const failed = this.#session
      // A session that could not be opened is tried again by the next world; one that is open goes on.
      if (failed !== null) await failed.catch(() => (this.#session = null))
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = this.#session
    this.#session = null
    const opened = await session?.catch(() => null)
    await opened?.end()
  }
}
