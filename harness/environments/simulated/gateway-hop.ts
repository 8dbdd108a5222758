import type { Agent, IncomingMessage, Server } from 'node:http'
import type { AccessEntry } from '../../../gateway/access-entry.ts'
import { createGateway, type Gateway } from '../../../gateway/app.ts'
import type { GatewayConfig } from '../../../gateway/config.ts'
import type { RouteTable } from '../../../gateway/route-table.ts'
import { announcesBody } from '../../backends/announces-body.ts'
import type { Chain, GatewayConfigFiles } from '../../chain/chain.ts'
import type { Edit, GatewayFile } from '../../chain/world-change.ts'
import { editConfigMap } from '../config-map.ts'
import { type GatewayLines, gatewayLines } from '../gateway-lines.ts'
import { loadGatewayConfig } from '../load-gateway-config.ts'
import { untilClosed, type VirtualClock } from './virtual-clock.ts'

/** The real gateway app and the ConfigMap that it reads once, at start. */
export class GatewayHop {
  readonly #agent: Agent
  readonly #clock: VirtualClock
  readonly #entries: AccessEntry[] = []
  #files: GatewayConfigFiles
  #config: GatewayConfig
  #lineAt: GatewayLines
  #gateway: Gateway

  /** @throws {RefusedConfigError} with every problem of the config */
  constructor(chain: Chain, agent: Agent, clock: VirtualClock) {
    this.#agent = agent
    this.#clock = clock
    this.#files = chain.gatewayConfig
    this.#config = loadGatewayConfig(this.#files)
    this.#lineAt = gatewayLines(this.#files)
    this.#gateway = this.#create()
  }

  get server(): Server {
    return this.#gateway.server
  }

  /** The lines of the config that it runs with. */
  get lineAt(): GatewayLines {
    return this.#lineAt
  }

  get table(): RouteTable {
    return this.#config.table
  }

  /** Changes the ConfigMap; the running gateway does not notice. */
  edit(file: Exclude<GatewayFile, 'site'>, edit: Edit): void {
    this.#files = editConfigMap(this.#files, file, edit)
  }

  /** A rollout restart. @throws {RefusedConfigError} the new pod would not start, and the old one stays */
  async restart(): Promise<void> {
    this.#config = loadGatewayConfig(this.#files)
    this.#lineAt = gatewayLines(this.#files)
    const old = this.#gateway
    this.#gateway = this.#create()
    await old.close()
  }

  /** The log lines since the last call. */
  takeEntries(): AccessEntry[] {
    return this.#entries.splice(0)
  }

  /** How many log lines there are since then. */
  get entryCount(): number {
    return this.#entries.length
  }

  async close(): Promise<void> {
    await this.#gateway.close()
  }

  #create(): Gateway {
    const gateway = createGateway({
      config: this.#config,
      agent: this.#agent,
      clock: this.#clock,
      onAccess: (entry) => this.#entries.push(entry),
    })
    // It has begun to read a body, and http-proxy sends nothing on before some of it comes: that may be never.
    gateway.server.prependListener('request', (request: IncomingMessage) => {
      if (announcesBody(request)) request.once('resume', () => this.#clock.waitFor(...untilClosed(request, 'end')))
    })
    return gateway
  }
}
