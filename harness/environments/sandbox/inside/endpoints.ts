import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import type { BackendServer } from '../../../backends/stub-server.ts'
import type { Apart } from './apart.ts'
import { type Endpoint, socketPath } from './endpoint.ts'
import { SandboxError } from './sandbox-error.ts'

interface Listener {
  readonly server: Server
  readonly sockets: Set<Socket>
}

/** Where one Service's pods listen. The server behind it never listens itself, so it may be exchanged while it runs. */
export class Endpoints {
  readonly #server: (port: number) => BackendServer | null
  readonly #apart: () => Promise<Apart>
  readonly #listeners = new Map<string, Listener>()

  /** @param apart the network of endpoints that are apart */
  constructor(server: (port: number) => BackendServer | null, apart: () => Promise<Apart>) {
    this.#server = server
    this.#apart = apart
  }

  /** Closes every endpoint but these, with its connections: nothing leads from there to here any more. */
  retain(endpoints: readonly Endpoint[]): void {
    const kept = new Set(endpoints.map(keyOf))
    for (const [key, { server, sockets }] of this.#listeners) {
      if (kept.has(key)) continue
      this.#listeners.delete(key)
      server.close()
      reset(sockets)
    }
  }

  /** Ends every connection, as the end of a pod does. */
  disconnect(): void {
    for (const { sockets } of this.#listeners.values()) reset(sockets)
  }

  /** Opens those that are not open yet. @throws {SandboxError} */
  async open(endpoints: readonly Endpoint[]): Promise<void> {
    await Promise.all(
      endpoints.filter((endpoint) => !this.#listeners.has(keyOf(endpoint))).map((each) => this.#listen(each)),
    )
  }

  async #listen(endpoint: Endpoint): Promise<void> {
    const sockets = new Set<Socket>()
    const take = (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
      this.#server(endpoint.index ?? 0)?.emit('connection', socket)
    }
    const server = endpoint.isApart ? await (await this.#apart()).listen(endpoint) : createServer()
    server.on('connection', take)
    this.#listeners.set(keyOf(endpoint), { server, sockets })
    if (endpoint.isApart) return
    const path = socketPath(endpoint)
    if (path === null) server.listen(endpoint.port, endpoint.address)
    else listenAt(path, server)
    await once(server, 'listening').catch((error: Error) => {
      throw new SandboxError(`Failed to listen on ${keyOf(endpoint)}: ${error.message}.`)
    })
  }
}

/** Whoever runs nginx may connect to it. */
function listenAt(path: string, server: Server): void {
  mkdirSync(dirname(path), { recursive: true })
  server.listen({ path, readableAll: true, writableAll: true })
}

function keyOf({ address, port, isApart = false }: Endpoint): string {
  return `${address}:${port}${isApart ? ' apart' : ''}`
}

function reset(sockets: ReadonlySet<Socket>): void {
  for (const socket of sockets) socket.resetAndDestroy()
}
