import type { Server, ServerResponse } from 'node:http'
import { until } from './until.ts'

/** So long may a server have something to do after its client has an answer; then nobody waits for its notes any more. */
const QUIET_TIMEOUT_MS = 2_000

/** The requests that servers are busy with: what is noted about one is complete when it is over. */
export class Traffic {
  readonly #running = new Set<ServerResponse>()

  watch(server: Server): void {
    server.on('request', (_request, response: ServerResponse) => {
      this.#running.add(response)
      response.once('close', () => this.#running.delete(response))
    })
  }

  /** Waits until no request is running, and those that ended have been noted. */
  async quiet(): Promise<void> {
    await until(() => (this.#running.size === 0 ? true : null), QUIET_TIMEOUT_MS)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
