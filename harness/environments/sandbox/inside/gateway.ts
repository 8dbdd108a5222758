import type { Server } from 'node:http'
import type { AccessEntry } from '../../../../gateway/access-entry.ts'

/** What runs as the gateway. */
export interface GatewayProgram {
  /** Its server, where it runs in this process; null where it listens by itself, on every address. */
  readonly server: Server | null
  /** Waits until what it wrote about the last request has come, where it writes anything. */
  noted(): Promise<void>
  /** The log lines since the last call. */
  takeEntries(): AccessEntry[]
  /** The end of what it said beside log lines. */
  readonly said: string
  /** A process of its own runs while its Service has pods. @throws {SandboxError} it does not start */
  setRunning(running: boolean): Promise<void>
  /** Ends it. */
  stop(): Promise<void>
}
