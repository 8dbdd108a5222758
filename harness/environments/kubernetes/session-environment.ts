import type { Chain } from '../../chain/chain.ts'
import {
  type Environment,
  type EnvironmentName,
  type Gap,
  refuseGaps,
  type StartOptions,
  type World,
} from '../environment.ts'
import { otherVersionGaps } from '../nginx-version.ts'

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
  readonly #open: (signal: AbortSignal | undefined) => Promise<WorldSession>
  readonly #nginxVersion: () => string | null
  #session: Promise<WorldSession> | null = null

  /**
   * @param gaps what of a chain its worlds cannot show
   * @param nginxVersion that of the nginx it runs, as far as it is known before a start
   */
  constructor(
    name: EnvironmentName,
    gaps: (chain: Chain) => readonly Gap[],
    open: (signal: AbortSignal | undefined) => Promise<WorldSession>,
    nginxVersion: () => string | null,
  ) {
    this.name = name
    this.#gaps = gaps
    this.#open = open
    this.#nginxVersion = nginxVersion
  }

  gaps(chain: Chain): readonly Gap[] {
    return [...this.#gaps(chain), ...otherVersionGaps(chain, this.#nginxVersion)]
  }

  /** The tag of the image says it, before anything starts. */
  nginxVersion(): string | null {
    return this.#nginxVersion()
  }

  async start(chain: Chain, options: StartOptions): Promise<World> {
    refuseGaps(this.gaps(chain))
    this.#session ??= this.#open(options.signal)
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
