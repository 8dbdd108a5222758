import type { Chain } from '../../chain/chain.ts'
import type { Environment, StartOptions, World } from '../environment.ts'
import type { Session } from './session.ts'
import type { ClusterOptions } from './settings.ts'

/** A Kubernetes that is there already: a chain in a namespace of its own for each world, or one that is only read. */
export class ClusterEnvironment implements Environment {
  readonly name = 'cluster'
  readonly #options: ClusterOptions
  #session: Promise<Session> | null = null

  constructor(options: ClusterOptions) {
    this.#options = options
  }

  /** The client of Kubernetes takes a second to load, which no other environment should pay for. */
  async start(chain: Chain, options: StartOptions): Promise<World> {
    if (this.#options.attach) return (await import('./attached-world.ts')).attach(chain, options, this.#options)
    this.#session ??= openSession(this.#options)
    try {
      return await (await this.#session).start(chain, options)
    } catch (error) {
      const failed = this.#session
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

async function openSession({ kubeconfig, namespace }: ClusterOptions): Promise<Session> {
  const { loadKubeConfig } = await import('./kube-config.ts')
  const { Session } = await import('./session.ts')
  return new Session(loadKubeConfig(kubeconfig), namespace)
}
