import { type ChildProcess, spawn } from 'node:child_process'
import { Server } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Endpoint } from './endpoint.ts'
import { ip, NODE } from './ip.ts'
import { SandboxError } from './sandbox-error.ts'

const MAIN = fileURLToPath(new URL('apart-main.ts', import.meta.url))

/** The routing table that leads apart. */
export const APART = 300

/** Both ends of the way there. */
const HERE = '169.254.10.1'
const THERE = '169.254.10.2'

/** What the process over there is to do: begin by taking the end of the way that is called `there`, or listen. */
export type ApartOrder =
  | { readonly kind: 'begin'; readonly address: string; readonly gateway: string }
  | { readonly kind: 'listen'; readonly endpoint: Endpoint }

/** What became of an order, told with the server where it was to listen. */
export interface ApartAnswer {
  readonly id: number
  readonly problem: string | null
}

interface Pending {
  readonly resolve: (server: Server | null) => void
  readonly reject: (error: Error) => void
}

/**
 * A network apart from that of nginx, with a way between them: where nginx listens on a port of every address, nobody else in its
 * network can listen on that port. A process over there listens, and hands its sockets over to be served here.
 */
export class Apart {
  readonly #child: ChildProcess
  readonly #pending = new Map<number, Pending>()
  #orders = 0

  /** @throws {SandboxError} */
  static async open(): Promise<Apart> {
    const child = spawn('unshare', ['--net', process.execPath, MAIN], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
    const apart = new Apart(child)
    await apart.#begun
    await ip([
      'link add apart type veth peer name there',
      `link set there netns ${child.pid}`,
      `addr add ${HERE}/30 dev apart`,
      'link set apart up',
      `route add default via ${THERE} dev apart src ${NODE} table ${APART}`,
    ])
    await apart.#order({ kind: 'begin', address: THERE, gateway: HERE })
    return apart
  }

  /** The process tells of its start as of an order. */
  readonly #begun: Promise<unknown>

  private constructor(child: ChildProcess) {
    this.#child = child
    this.#begun = this.#answer()
    child.on('message', ({ id, problem }: ApartAnswer, handle) => {
      const pending = this.#pending.get(id)
      this.#pending.delete(id)
      if (problem !== null) pending?.reject(new SandboxError(problem))
      else pending?.resolve(handle instanceof Server ? handle : null)
    })
    const fail = (why: string) => {
      for (const { reject } of this.#pending.values())
        reject(new SandboxError(`Failed to keep a network apart: ${why}.`))
    }
    child.on('error', ({ message }) => fail(message))
    child.on('exit', () => fail('its process ended'))
    // It ends with this process, and keeps it from ending by itself no longer than an order takes.
    child.unref()
    child.channel?.unref()
  }

  /** A server that listens over there, on an address that it makes its own. @throws {SandboxError} */
  async listen(endpoint: Endpoint): Promise<Server> {
    const server = await this.#order({ kind: 'listen', endpoint })
    if (server === null) throw new SandboxError(`Failed to listen on ${endpoint.address}:${endpoint.port}.`)
    return server
  }

  #order(order: ApartOrder): Promise<Server | null> {
    this.#child.send({ id: this.#orders, ...order })
    return this.#answer()
  }

  #answer(): Promise<Server | null> {
    const id = this.#orders++
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }))
  }
}
