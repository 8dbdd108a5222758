import type { CompileScope } from '../scope.ts'
import type { Server } from '../site-config.ts'
import type { VirtualServers } from './match-server.ts'
import { type Listen, shown } from './place.ts'
import { virtualServers } from './virtual-servers.ts'

/** A server with the places it listens at. */
export interface ListeningServer {
  readonly server: Server
  readonly listens: readonly Listen[]
}

/** Which servers answer at which address and port (ngx_http_add_listen, ngx_http_optimize_servers). */
export class Listeners {
  readonly #places: ReadonlyMap<string, VirtualServers>
  /** Ports of `[::]` that take IPv4 too. */
  readonly #dualPorts: ReadonlySet<number>
  readonly places: readonly { readonly address: string | null; readonly port: number }[]

  constructor(servers: readonly ListeningServer[], scope: CompileScope) {
    const groups = new Map<string, { server: Server; listen: Listen }[]>()
    const withOptions = new Set<string>()
    for (const { server, listens } of servers) {
      for (const listen of listens) {
        const key = keyOf(listen.address, listen.port)
        const group = groups.get(key) ?? []
        // Servers come one after the other.
        if (group.at(-1)?.server === server) {
          scope.error(listen.span, `a duplicate listen ${shown(listen)}`)
          continue
        }
        if (listen.setsOptions && withOptions.has(key)) {
          scope.error(listen.span, `duplicate listen options for ${shown(listen)}`)
        }
        if (listen.setsOptions) withOptions.add(key)
        group.push({ server, listen })
        groups.set(key, group)
      }
    }
    this.#places = new Map([...groups].map(([key, group]) => [key, virtualServers(group, scope)]))
    const dual = [...groups.values()].flat().filter(({ listen }) => listen.address === '::' && listen.takesIPv4)
    this.#dualPorts = new Set(dual.map(({ listen }) => listen.port))
    this.places = [...groups.values()].flatMap(([first]) =>
      first === undefined ? [] : [{ address: first.listen.address, port: first.listen.port }],
    )
  }

  /** The servers for a connection accepted on an address and port: those that name the address, else those for any. */
  at(address: string, port: number): VirtualServers | null {
    const dual = this.isMapped(address, port) ? this.#places.get(keyOf('::', port)) : undefined
    return this.#own(address, port) ?? dual ?? null
  }

  /** Whether an IPv6 socket takes this IPv4 connection: nginx then sees addresses as `::ffff:127.0.0.1` (RFC 4291 section 2.5.5.2). */
  isMapped(address: string, port: number): boolean {
    return !address.includes(':') && this.#dualPorts.has(port) && this.#own(address, port) === undefined
  }

  #own(address: string, port: number): VirtualServers | undefined {
    const any = address.includes(':') ? '::' : null
    return this.#places.get(keyOf(address, port)) ?? this.#places.get(keyOf(any, port))
  }
}

function keyOf(address: string | null, port: number): string {
  return `${address ?? '0.0.0.0'} ${port}`
}
