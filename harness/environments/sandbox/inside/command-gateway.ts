import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import type { AccessEntry } from '../../../../gateway/access-entry.ts'
import { accessEntryOf } from '../../observed/access-entry.ts'
import { type ConfigFiles, type GatewayStart, INSIDE } from '../protocol.ts'
import { forEachLine } from './for-each-line.ts'
import type { GatewayProgram } from './gateway.ts'
import { SandboxError } from './sandbox-error.ts'
import { until } from './until.ts'

const READY_TIMEOUT_MS = 30_000
/** Longer than a log in blocks keeps a line. */
const NOTED_TIMEOUT_MS = 300
/** One that has just started on a busy machine may take longer to write its first line. */
const FIRST_NOTED_TIMEOUT_MS = 1_500
const LOOK_AGAIN_MS = 20
const MAX_SAID = 2_000
/** Characters of a line that are kept: more than any access entry has. */
const MAX_LINE = 64 * 1024
/** Access entries that are kept until they are asked for: a step sends one request. */
const MAX_ENTRIES = 10_000

/** Root's name without root's powers: the sandbox stays as it is whatever the program does (capabilities(7)). */
const POWERLESS = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--no-new-privs', '--']

/** A gateway of the user's own: a program that reads GATEWAY_CONFIG_DIR at its start and listens on PORT. */
export class CommandGateway implements GatewayProgram {
  readonly server = null
  readonly #start: GatewayStart
  readonly #command: readonly string[]
  #process: ChildProcess | null = null
  #entries: AccessEntry[] = []
  /** Whether it was seen to write access entries. */
  #logs = false
  #said = ''

  constructor(start: GatewayStart, command: readonly string[]) {
    this.#start = start
    this.#command = command
  }

  /** What it is started with. */
  get files(): ConfigFiles {
    return this.#start.files
  }

  get said(): string {
    return this.#said
  }

  async noted(): Promise<void> {
    if (this.#logs && this.#process !== null) await until(() => this.#entries.at(0) ?? null, NOTED_TIMEOUT_MS)
  }

  takeEntries(): AccessEntry[] {
    return this.#entries.splice(0)
  }

  async setRunning(running: boolean): Promise<void> {
    if (!running) return this.stop()
    if (this.#process !== null) return
    const child = this.#spawn()
    this.#process = child
    if (await this.#ready(child)) return this.#learnWhetherItLogs()
    await this.stop()
    const fact = child.exitCode === null ? `it does not answer on port ${this.#start.port}` : 'it ended'
    throw new SandboxError(
      `Failed to start the gateway "${this.#command.join(' ')}": ${fact}. It said: ${this.#said.trim() || 'nothing'}`,
      'Start it by hand with GATEWAY_CONFIG_DIR and PORT set; it must listen on 0.0.0.0.',
    )
  }

  async stop(): Promise<void> {
    const child = this.#process
    this.#process = null
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    // With everything that it started.
    process.kill(-child.pid, 'SIGKILL')
    await ended
  }

  /** From the question about its health, whose entry is nobody's. */
  async #learnWhetherItLogs(): Promise<void> {
    await until(() => this.#entries.at(0) ?? null, FIRST_NOTED_TIMEOUT_MS)
    this.#logs = this.takeEntries().length > 0
  }

  #spawn(): ChildProcess {
    const { cwd, port } = this.#start
    const [program = '', ...args] = [...POWERLESS, ...this.#command]
    const env = { ...process.env, GATEWAY_CONFIG_DIR: INSIDE.gatewayConfig, PORT: String(port) }
    const child = spawn(program, args, { cwd, detached: true, env, stdio: ['ignore', 'pipe', 'pipe'] })
    child.on('error', ({ message }) => this.#note(message))
    child.stderr.on('data', (chunk: Buffer) => this.#note(chunk.toString()))
    forEachLine(child.stdout, MAX_LINE, (line) => {
      const entry = accessEntryOf(line, this.#start.files)
      if (entry === null) return this.#note(`${line}\n`)
      if (this.#entries.length < MAX_ENTRIES) this.#entries.push(entry)
    })
    return child
  }

  #note(words: string): void {
    this.#said = (this.#said + words).slice(-MAX_SAID)
  }

  /** Whether it answers in time; whatever it says of its health. */
  async #ready(child: ChildProcess): Promise<boolean> {
    const deadline = performance.now() + READY_TIMEOUT_MS
    while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      if (await answers(this.#start.port)) return true
      if (performance.now() > deadline) return false
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
    }
    return false
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/health', agent: false, timeout: 5_000 }, (response) => {
      response.resume()
      resolve(true)
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}
