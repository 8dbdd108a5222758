import type { Server } from 'node:http'
import type { AccessEntry } from '../../../../gateway/access-log.ts'

/** What runs as the gateway. */
export interface GatewayProgram {
  /** Its server, where it runs in this process; null where it listens by itself. */
  readonly server: Server | null
  /** The log lines since the last call. */
  takeEntries(): Promise<AccessEntry[]>
  /** Runs while its Service has endpoints. @throws {SandboxError} it does not start */
  setRunning(running: boolean): Promise<void>
  /** Ends it, its connections too. */
  stop(): Promise<void>
}
