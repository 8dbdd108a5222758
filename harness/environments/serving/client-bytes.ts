import type { Socket } from 'node:net'
import type { Bytes } from '../../chain/message.ts'

/** Bytes that are kept for a client that sends faster than it is answered: then it has to wait. */
const MOST_BYTES = 1024 * 1024

/** What a wait for more of a client came to. `end`: it sends no more. */
export type More = 'data' | 'end' | 'timeout'

/** What a client has sent and nobody has taken yet. */
export class ClientBytes {
  readonly #socket: Socket
  #bytes: Bytes = ''
  #hasEnded = false
  #wake: () => void = () => undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      this.#bytes += chunk
      if (this.#bytes.length > MOST_BYTES) socket.pause()
      this.#wake()
    })
    const end = (): void => {
      this.#hasEnded = true
      this.#wake()
    }
    socket.once('end', end)
    socket.once('close', end)
    socket.on('error', () => undefined)
  }

  get bytes(): Bytes {
    return this.#bytes
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Drops bytes that have been read. */
  drop(length: number): void {
    this.#bytes = this.#bytes.slice(length)
  }

  /** Waits until more than `length` bytes are there. @param timeoutMs may be for ever */
  async more(length: number, timeoutMs: number): Promise<More> {
    let isLate = false
    const timer = Number.isFinite(timeoutMs)
      ? setTimeout(() => {
          isLate = true
          this.#wake()
        }, timeoutMs)
      : undefined
    this.#socket.resume()
    while (this.#bytes.length <= length && !this.#hasEnded && !isLate) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      await promise
    }
    clearTimeout(timer)
    if (this.#bytes.length > length) return 'data'
    return this.#hasEnded ? 'end' : 'timeout'
  }

  /** Throws away what comes until the client ends, or for a time, so that it can read the last answer (`lingering_timeout`). */
  async linger(timeoutMs: number): Promise<void> {
    do this.drop(this.#bytes.length)
    while ((await this.more(0, timeoutMs)) === 'data')
  }
}
