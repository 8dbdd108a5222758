import type { Server } from 'node:http'
import type { AccessEntry } from '../../../../gateway/access-entry.ts'
import { createGateway, type Gateway } from '../../../../gateway/app.ts'
import { parseGatewayConfig } from '../../../../gateway/config.ts'
import type { Traffic } from '../../../backends/traffic.ts'
import type { ConfigFiles } from '../protocol.ts'
import type { GatewayProgram } from './gateway.ts'
import { SandboxError } from './sandbox-error.ts'

/** The project's own gateway, in this process. */
export class OwnGateway implements GatewayProgram {
  readonly said = ''
  readonly #gateway: Gateway
  readonly #entries: AccessEntry[] = []

  /** @throws {SandboxError} the config is wrong (the outside has looked at it before) */
  constructor(files: ConfigFiles, traffic: Traffic) {
    const result = parseGatewayConfig(files)
    if (!result.ok) throw new SandboxError(`Failed to start the gateway: ${result.problems[0]?.message ?? ''}`)
    this.#gateway = createGateway({ config: result.config, onAccess: (entry) => this.#entries.push(entry) })
    traffic.watch(this.#gateway.server)
  }

  get server(): Server {
    return this.#gateway.server
  }

  async noted(): Promise<void> {}

  takeEntries(): AccessEntry[] {
    return this.#entries.splice(0)
  }

  async setRunning(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#gateway.close()
  }
}
