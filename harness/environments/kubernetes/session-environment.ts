import type { Chain } from '../../chain/chain.ts'
import type { Environment, EnvironmentName, StartOptions, World } from '../environment.ts'

/** What worlds of one process share: a cluster, or namespaces in one. */
export interface WorldSession {
  start(chain: Chain, options: StartOptions): Promise<World>
  /** Ends what is shared, once no world has it. */
  end(): Promise<void>
}

/** An environment whose worlds share a session, which is opened when the first of them starts. */
export class SessionEnvironment implements Environment {
  readonly name: EnvironmentName
  readonly #open: () => Promise<WorldSession>
  #session: Promise<WorldSession> | null = null

  constructor(name: EnvironmentName, open: () => Promise<WorldSession>) {
    this.name = name
    this.#open = open
  }

  async start(chain: Chain, options: StartOptions): Promise<World> {
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
