import { type Readable, Writable } from 'node:stream'
import { Log } from '@kubernetes/client-node'
import type { AccessEntry } from '../../../gateway/access-entry.ts'
import type { ConfigNames } from '../gateway-lines.ts'
import { accessEntryOf } from '../observed/access-entry.ts'
import type { Kube } from './kube.ts'
import { waitUntil } from './wait-until.ts'

/** The gateway writes its log in blocks, a tenth of a second apart; a busy machine takes longer to hand them on. */
const ENTRY_TIMEOUT_MS = 5_000

/** How far back the log is read where following it did not show the request: its patience, and the request's own time. */
const READ_AGAIN_SECONDS = 30

/** A gateway of the user's own may write lines of the same form, or none: it is given so long to show it, once. */
const FOREIGN_TIMEOUT_MS = 1_000

/** What kubelet asks a gateway every second is no traffic. */
const PROBE_TARGET = '/health'

/** The access log of the gateway's pods, followed as `kubectl logs -f` does. */
export class GatewayLogs {
  readonly #kube: Kube
  readonly #names: () => ConfigNames
  readonly #following = new Map<string, AbortController>()
  #entries: AccessEntry[] = []
  readonly #own: boolean
  #timeoutMs: number

  /**
   * @param names what the chain calls the files of the gateway's config now
   * @param own whether the gateway is the project's, which writes a line for every request
   */
  constructor(kube: Kube, names: () => ConfigNames, own: boolean) {
    this.#kube = kube
    this.#names = names
    this.#own = own
    this.#timeoutMs = own ? ENTRY_TIMEOUT_MS : FOREIGN_TIMEOUT_MS
  }

  /** Follows these pods, and no others any more. */
  async follow(pods: readonly { readonly name: string }[]): Promise<void> {
    const names = new Set(pods.map(({ name }) => name))
    for (const [name, controller] of this.#following) {
      if (names.has(name)) continue
      controller.abort()
      this.#following.delete(name)
    }
    for (const name of names) {
      if (this.#following.has(name)) continue
      const log = new Log(this.#kube.config)
      const options = { follow: true, sinceSeconds: 1 }
      this.#following.set(name, await log.log(this.#kube.namespace, name, 'gateway', this.#reader(), options))
    }
  }

  /** Forgets what has come so far. */
  clear(): void {
    this.#entries = []
  }

  /** The entries of one request, once there is one. None where none comes in time. */
  async takeEntries(requestId: string): Promise<AccessEntry[]> {
    await waitUntil({
      what: 'the log of the gateway',
      check: async () => (this.#of(requestId).length > 0 ? null : 'it has no line for the request'),
      pauseMs: 3,
      timeoutMs: this.#timeoutMs,
    }).catch(() => undefined)
    const followed = this.#of(requestId)
    const entries = followed.length > 0 || !this.#own ? followed : await this.#readAgain(requestId)
    if (this.#timeoutMs === FOREIGN_TIMEOUT_MS && entries.length === 0) this.#timeoutMs = 0
    this.clear()
    return entries
  }

  /** The kubelet may stop telling a follower what comes, with the connection open: the log itself has it. */
  async #readAgain(requestId: string): Promise<AccessEntry[]> {
    const logs = [...this.#following.keys()].map((name) =>
      // A pod that has gone has no log.
      this.#kube.recentLog(name, 'gateway', READ_AGAIN_SECONDS).catch(() => ''),
    )
    const lines = (await Promise.all(logs)).flatMap((log) => log.split('\n'))
    return this.#entriesOf(lines).filter((entry) => entry.requestId === requestId)
  }

  #entriesOf(lines: readonly string[]): AccessEntry[] {
    return lines.flatMap((line) => accessEntryOf(line, this.#names()) ?? [])
  }

  close(): void {
    for (const controller of this.#following.values()) controller.abort()
    this.#following.clear()
  }

  /** A site file may give the gateway another id than the client's: then all of it is the request's but for probes. */
  #of(requestId: string): AccessEntry[] {
    const own = this.#entries.filter((entry) => entry.requestId === requestId)
    return own.length > 0 ? own : this.#entries.filter(({ target }) => target !== PROBE_TARGET)
  }

  #reader(): Writable {
    let rest = ''
    const reader = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        this.#entries.push(...this.#entriesOf(lines))
        done()
      },
    })
    // Where nobody follows any more, the stream ends with an error that is nobody's.
    reader.once('pipe', (source: Readable) => source.on('error', () => undefined))
    return reader
  }
}
