import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { CgiExchange, CgiServer } from './cgi-server.ts'
import { GrpcExchange, GrpcServer } from './grpc-server.ts'
import type { BackendServer } from './stub-server.ts'

/** So long may a server have something to do after its client has an answer; then nobody waits for its notes any more. */
const QUIET_TIMEOUT_MS = 2_000

/** The requests that servers are busy with: what is noted about one is complete when it is over. */
export class Traffic {
  readonly #running = new Set<ServerResponse | Duplex | CgiExchange | GrpcExchange>()

  watch(server: BackendServer): void {
    if (server instanceof CgiServer) {
      server.on('request', (_request, exchange: CgiExchange) => this.#follow(exchange))
      return
    }
    if (server instanceof GrpcServer) {
      server.on('request', (exchange: GrpcExchange) => this.#follow(exchange))
      return
    }
    server.on('request', (_request, response: ServerResponse) => this.#follow(response))
    // A listener more would make a server take upgrades that takes none.
    if (server.listenerCount('upgrade') === 0) return
    server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => this.#follow(socket))
  }

  #follow(stream: ServerResponse | Duplex | CgiExchange | GrpcExchange): void {
    this.#running.add(stream)
    const over = (): boolean => this.#running.delete(stream)
    if (stream instanceof CgiExchange || stream instanceof GrpcExchange) stream.once('close', over)
    else stream.once('close', over)
  }

  /** Waits until no request is running, and those that ended have been noted. */
  async quiet(): Promise<void> {
    const deadlineMs = performance.now() + QUIET_TIMEOUT_MS
    while (this.#running.size > 0 && performance.now() < deadlineMs) await sleep(1)
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Breaks off whatever is running. */
  abort(): void {
    for (const stream of this.#running) stream.destroy()
  }
}
