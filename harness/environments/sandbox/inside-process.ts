import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { EnvironmentError, EnvironmentGoneError } from '../environment.ts'
import { NAMESPACES, SEARCH_PATH } from './namespaces.ts'
import type { Hands, Order, Report } from './protocol.ts'
import { whyNoSandbox } from './why-no-sandbox.ts'

const MAIN = fileURLToPath(new URL('inside/main.js', import.meta.url))

/** What it said last is enough to see why it ended. */
const MAX_SAID = 4_000

interface Pending {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** A warm sandbox: a process with namespaces of its own, which ends when this process does, however that happens. */
export class InsideProcess {
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  readonly #ready: Promise<void>
  #said = ''
  #orders = 0
  #hasFailed = false
  #ended: Promise<unknown>

  /** @throws {EnvironmentGoneError} this machine has no sandboxes @throws {EnvironmentError} this one broke */
  static async start(): Promise<InsideProcess> {
    const inside = new InsideProcess()
    try {
      await inside.#ready
    } catch (error) {
      await inside.end()
      const why = whyNoSandbox()
      throw why === null ? error : new EnvironmentGoneError(`Failed to start a sandbox: ${why.fact}.`, why.remedy)
    }
    return inside
  }

  private constructor() {
    // A session of its own: Ctrl-C is for the parent, which decides what becomes of its sandboxes.
    this.#child = spawn('unshare', [...NAMESPACES, process.execPath, MAIN], {
      cwd: '/',
      detached: true,
      env: { ...process.env, NODE_OPTIONS: '', PATH: SEARCH_PATH },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said = (this.#said + chunk.toString()).slice(-MAX_SAID)
      })
    }
    this.#ended = once(this.#child, 'close').catch(() => undefined)
    this.#ready = new Promise((resolve, reject) => {
      this.#pending.set(this.#orders, { resolve: () => resolve(), reject })
    })
    this.#child.on('message', (report: Report) => this.#take(report))
    this.#child.on('error', ({ message }) => this.#break(message))
    this.#child.on('close', () => this.#break(this.#said.trim()))
  }

  /** Whether another world may use it: it runs, and has carried out every order. */
  get isSound(): boolean {
    return !this.#hasFailed && !this.#hasEnded
  }

  /** The process that has its namespaces, as the host numbers it; null where it has not begun. */
  get pid(): number | null {
    return this.#child.pid ?? null
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined
  }

  /** Gives one order and waits until it is carried out. @throws {EnvironmentError} */
  call<Command extends keyof Hands>(
    command: Command,
    ...args: Parameters<Hands[Command]>
  ): Promise<Awaited<ReturnType<Hands[Command]>>> {
    return new Promise((resolve, reject) => {
      const id = ++this.#orders
      // The inside answers an order with what the command gives.
      this.#pending.set(id, { resolve: (result) => resolve(result as Awaited<ReturnType<Hands[Command]>>), reject })
      if (!this.#child.connected) return this.#break(this.#said.trim())
      const order: Order = { id, command, args }
      this.#child.send(order, (error) => error && this.#break(error.message))
    })
  }

  /** Whether the process that started it waits for it. An idle one must not keep anybody from ending. */
  keepAwake(awake: boolean): void {
    const handles = [this.#child, this.#child.channel, this.#child.stdout, this.#child.stderr]
    for (const handle of handles) if (isHandle(handle)) awake ? handle.ref() : handle.unref()
  }

  /** Ends it with everything in it. */
  async end(): Promise<void> {
    this.keepAwake(true)
    if (!this.#hasEnded) this.#child.kill('SIGKILL')
    await this.#ended
  }

  #take(report: Report): void {
    const id = report.kind === 'ready' ? 0 : report.id
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if (report.kind === 'failed') this.#hasFailed = true
    if (report.kind === 'failed') pending?.reject(new EnvironmentError(report.message, report.remedy ?? BROKEN))
    else pending?.resolve(report.kind === 'done' ? report.result : undefined)
  }

  #break(fact: string): void {
    for (const { reject } of this.#pending.values()) {
      reject(new EnvironmentError(`Failed to use the sandbox: it ended. ${fact}`.trim(), BROKEN))
    }
    this.#pending.clear()
  }
}

const BROKEN = 'Run "chain doctor" to see what the sandbox needs; run the scenario on "simulated" meanwhile.'

function isHandle(handle: unknown): handle is { ref(): void; unref(): void } {
  return typeof handle === 'object' && handle !== null && 'ref' in handle && 'unref' in handle
}
