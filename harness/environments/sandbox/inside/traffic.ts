import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { until } from './until.ts'

/** So long may a server have something to do after its client has an answer; then nobody waits for its notes any more. */
const QUIET_TIMEOUT_MS = 2_000

/** The requests that servers are busy with: what is noted about one is complete when it is over. */
export class Traffic {
  readonly #running = new Set<ServerResponse | Duplex>()

  watch(server: Server): void {
    server.on('request', (_request, response: ServerResponse) => this.#follow(response))
    // A listener more would make a server take upgrades that takes none.
    if (server.listenerCount('upgrade') === 0) return
    server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => this.#follow(socket))
  }

  #follow(stream: ServerResponse | Duplex): void {
    this.#running.add(stream)
    stream.once('close', () => this.#running.delete(stream))
  }

  /** Waits until no request is running, and those that ended have been noted. */
  async quiet(): Promise<void> {
    await until(() => (this.#running.size === 0 ? true : null), QUIET_TIMEOUT_MS)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
