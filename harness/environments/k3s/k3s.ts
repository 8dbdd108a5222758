import type { Chain } from '../../chain/chain.ts'
import type { Environment, StartOptions, World } from '../environment.ts'
import type { Session } from './session.ts'

/** One cluster a process, started when the first world is. */
class K3s implements Environment {
  readonly name = 'k3s'
  #session: Promise<Session> | null = null

  async start(chain: Chain, options: StartOptions): Promise<World> {
    this.#session ??= openSession()
    try {
      return await (await this.#session).start(chain, options)
    } catch (error) {
      const failed = this.#session
      // A session that could not be opened is tried again by the next one; one that is open goes on.
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

/** The clients of Docker and Kubernetes take a second to load, which no other environment should pay for. */
async function openSession(): Promise<Session> {
  const { Session } = await import('./session.ts')
  return Session.open()
}

/** A real Kubernetes in one container, the real nginx beside it, the real gateway and stub backends in pods. */
export const k3s: Environment = new K3s()
