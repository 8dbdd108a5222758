import { randomBytes } from 'node:crypto'
import { createServer, type Server, type Socket } from 'node:net'
import type { LogLine, Site } from '../../nginx/site.ts'
import { ClientConnection } from './client-connection.ts'

/** Where a site takes connections. */
interface Place {
  readonly address: string
  readonly port: number
}

/** Who is told of what happens. */
export interface Watcher {
  /** A request could not be answered: a `RefusedRequestError`, or a fault of ours. */
  failed(error: unknown): void
  /** What nginx would write to its access logs. */
  logged(lines: readonly LogLine[]): void
}

/** Connections that wait to be taken, at most (`backlog`). */
const BACKLOG = 511

/** A model of nginx on real sockets: it listens where its site says so, and what it decides is carried out. */
export class SiteServer {
  readonly #watcher: Watcher
  readonly #listening = new Map<string, Server>()
  readonly #connections = new Set<ClientConnection>()
  readonly #sockets = new Set<Socket>()
  #site: Site
  #accepted = 0

  private constructor(site: Site, watcher: Watcher) {
    this.#site = site
    this.#watcher = watcher
  }

  /**
   * Listens at every place of a site.
   * @throws {ListenError} one of them is taken
   */
  static async open(site: Site, watcher: Watcher): Promise<SiteServer> {
    const server = new SiteServer(site, watcher)
    await server.#listen(placesOf(site))
    return server
  }

  /** Goes on with another site: new connections are for it, and old ones are closed when they are through. */
  async take(site: Site): Promise<void> {
    const places = placesOf(site)
    await this.#listen(places)
    this.#site = site
    const wanted = new Set(places.map(keyOf))
    for (const [key, server] of this.#listening) {
      if (wanted.has(key)) continue
      server.close()
      this.#listening.delete(key)
    }
    for (const connection of this.#connections) connection.finish()
  }

  /** Takes no more connections, and waits until those that are open are through. */
  async quit(): Promise<void> {
    const closed = [...this.#listening.values()].map((server) => new Promise((resolve) => server.close(resolve)))
    for (const connection of this.#connections) connection.finish()
    await Promise.all(closed)
  }

  /** Closes everything at once. */
  close(): void {
    for (const server of this.#listening.values()) server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  async #listen(places: readonly Place[]): Promise<void> {
    const opened = new Map<string, Server>()
    try {
      for (const place of places.filter((one) => !this.#listening.has(keyOf(one)))) {
        opened.set(keyOf(place), await this.#open(place))
      }
    } catch (error) {
      for (const server of opened.values()) server.close()
      throw error
    }
    for (const [key, server] of opened) this.#listening.set(key, server)
  }

  async #open({ address, port }: Place): Promise<Server> {
    const { promise, resolve, reject } = Promise.withResolvers<Server>()
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket))
    server.once('error', (error) => reject(new ListenError({ address, port }, error)))
    server.listen({ host: address, port, backlog: BACKLOG, ipv6Only: address.includes(':') }, () => resolve(server))
    return promise
  }

  #accept(socket: Socket): void {
    const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = socket
    const ends = {
      client: { address: remoteAddress, port: remotePort },
      server: { address: localAddress, port: localPort },
    }
    this.#accepted++
    const connection = new ClientConnection(socket, ends, this.#accepted, {
      site: this.#site,
      requestId: () => randomBytes(16).toString('hex'),
      logged: (lines) => this.#watcher.logged(lines),
      failed: (error) => this.#watcher.failed(error),
    })
    this.#connections.add(connection)
    this.#sockets.add(socket)
    void connection.serve().finally(() => {
      this.#connections.delete(connection)
      this.#sockets.delete(socket)
    })
  }
}

/** Nobody may listen at a place. */
export class ListenError extends Error {
  readonly place: Place

  constructor(place: Place, cause: Error) {
    super(cause.message, { cause })
    this.name = 'ListenError'
    this.place = place
  }
}

/** As nginx binds them: where it listens on any address of a port, that takes those for one address of it, too. */
function placesOf({ listens }: Site): Place[] {
  const any = new Set(listens.flatMap(({ address, port }) => (address === null ? [port] : [])))
  return listens
    .filter(({ address, port }) => address === null || address.includes(':') || !any.has(port))
    .map(({ address, port }) => ({ address: address ?? '0.0.0.0', port }))
}

function keyOf({ address, port }: Place): string {
  return `${address} ${port}`
}
