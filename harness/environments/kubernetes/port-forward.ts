import { Duplex, PassThrough, Writable } from 'node:stream'
import { type KubeConfig, PortForward } from '@kubernetes/client-node'

type WebSocket = Exclude<Awaited<ReturnType<PortForward['portForward']>>, () => unknown>

/**
 * Opens a connection to a port of a pod through the Kubernetes API, as `kubectl port-forward` does. Nothing listens on this
 * machine for it. Its two directions end together: a port-forward cannot close one of them.
 * @throws {Error} the API does not open it
 */
export async function openPortForward(
  config: KubeConfig,
  namespace: string,
  pod: string,
  port: number,
): Promise<Duplex> {
  const connection = new ForwardedConnection()
  const { output, errors, input } = connection
  const opened = await new PortForward(config)
    .portForward(namespace, pod, [port], output, errors, input)
    .catch((event: unknown) => {
      throw new Error(`Failed to forward port ${port} of pod ${pod}`, { cause: reasonOf(event) })
    })
  if (typeof opened === 'function') throw new Error('Failed to forward a port: the connection restarts by itself.')
  connection.carryBy(opened)
  return connection
}

/** A WebSocket tells of its failure by an event. */
function reasonOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'error' in event ? event.error : event
}

/** A connection whose bytes travel in the messages of a WebSocket. */
class ForwardedConnection extends Duplex {
  readonly input = new PassThrough()
  readonly output: Writable
  readonly errors: Writable
  #webSocket: WebSocket | null = null

  constructor() {
    super({ allowHalfOpen: true })
    // It may end before anybody uses it.
    this.on('error', () => undefined)
    this.output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.destroyed) this.push(chunk)
        done()
      },
    })
    this.errors = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        // Each of its streams begins with the number of the port, which may come as a message of its own.
        if (chunk.length > 0) this.destroy(new Error(chunk.toString().trim()))
        done()
      },
    })
  }

  carryBy(webSocket: WebSocket): void {
    this.#webSocket = webSocket
    webSocket.addEventListener('error', () => this.destroy())
    webSocket.addEventListener('close', this.#onClosed)
    // A port where nobody listens: what the API says of it may come, and the end, as soon as it has opened.
    if (this.destroyed) webSocket.close()
    else if (webSocket.readyState >= webSocket.CLOSING) this.#onClosed()
  }

  readonly #onClosed = (): void => {
    if (!this.destroyed) this.push(null)
    this.end()
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.input.write(chunk, done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#webSocket?.close()
    done(error)
  }
}
