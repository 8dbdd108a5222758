import { Duplex } from 'node:stream'

/** Called for every chunk that travels: the virtual clock stands still while bytes do. */
export type OnActivity = () => void

/**
 * One end of a TCP connection that exists in memory only. What one end writes, the other reads; destroying one end
 * ends the other as a closed connection would. It has just those methods of net.Socket that node:http calls.
 */
export class MemorySocket extends Duplex {
  readonly remoteAddress: string
  /** True for good on a connection that nobody answers. */
  readonly connecting: boolean
  readonly #onActivity: OnActivity
  #peer: MemorySocket | null = null
  #resume: (() => void) | null = null

  private constructor(remoteAddress: string, onActivity: OnActivity, connecting: boolean) {
    super()
    this.remoteAddress = remoteAddress
    this.connecting = connecting
    this.#onActivity = onActivity
  }

  /** The client's end of a connection to an address that never answers. */
  static silent(serverAddress: string): MemorySocket {
    return new MemorySocket(serverAddress, () => undefined, true)
  }

  /** Both ends of a connection: the client's, and the server's, which sees `clientAddress` as its peer. */
  static connect(clientAddress: string, serverAddress: string, onActivity: OnActivity): [MemorySocket, MemorySocket] {
    const client = new MemorySocket(serverAddress, onActivity, false)
    const server = new MemorySocket(clientAddress, onActivity, false)
    client.#peer = server
    server.#peer = client
    return [client, server]
  }

  override _read(): void {
    const resume = this.#resume
    this.#resume = null
    resume?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#onActivity()
    // Never within the writer's own call: a reader that answers at once would write into a stream that is still writing.
    process.nextTick(() => this.#deliver(chunk, done))
  }

  #deliver(chunk: Buffer, done: () => void): void {
    const peer = this.#peer
    if (peer === null || peer.destroyed) {
      done()
      return
    }
    // Set before the push: the reader of the chunk may ask for the next one before the push has returned.
    peer.#resume = done
    if (peer.push(chunk)) peer._read()
  }

  override _writev(chunks: readonly { chunk: Buffer }[], done: () => void): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'latin1', done)
  }

  override _final(done: () => void): void {
    this.#onActivity()
    this.#peer?.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#onActivity()
    const peer = this.#peer
    if (peer !== null && !peer.destroyed) {
      if (this.writableFinished) peer.push(null)
      else peer.destroy()
    }
    done(error)
  }

  // node:http tunes its sockets; there is nothing to tune here.
  setTimeout(): this {
    return this
  }
  setKeepAlive(): this {
    return this
  }
  setNoDelay(): this {
    return this
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
  destroySoon(): void {
    this.end(() => this.destroy())
  }
}
