import type { Duplex } from 'node:stream'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { exchangeOver } from '../http-exchange.ts'
import { openWebSocket } from '../websocket-client.ts'
import type { NodeRelay } from './node-relay.ts'

/** How long a client waits before it gives up: longer than any timeout that a chain has by default. */
const CLIENT_TIMEOUT_MS = 300_000
const CONNECT_TIMEOUT_MS = 5_000

/** What a client sees of its request. */
export interface ClientResult {
  /** Whether there was anybody to send it to. */
  readonly connected: boolean
  readonly request: RequestMessage
  readonly response: ResponseMessage | null
  readonly elapsedMs: number
}

interface Place {
  readonly address: string
  readonly port: number
}

/** A client that stands on the node, as the browsers' connections arrive there. */
export class Client {
  readonly #relay: NodeRelay

  constructor(relay: NodeRelay) {
    this.#relay = relay
  }

  /** @param place null where there is nowhere to connect to */
  async exchange(place: Place | null, message: RequestMessage): Promise<ClientResult> {
    const socket = await this.#connect(place)
    if (socket === null) return unconnected(message)
    const startedMs = performance.now()
    const timer = setTimeout(() => socket.destroy(), CLIENT_TIMEOUT_MS)
    const outcome = await exchangeOver(socket, message)
    clearTimeout(timer)
    const response = outcome.kind === 'answered' ? outcome.response : null
    return { connected: true, request: message, response, elapsedMs: performance.now() - startedMs }
  }

  /** Opens a WebSocket and holds a conversation on it. */
  async converse(
    place: Place | null,
    message: RequestMessage,
    messages: readonly string[],
  ): Promise<ClientResult & { readonly messages: readonly string[] }> {
    const socket = await this.#connect(place)
    if (socket === null) return { ...unconnected(message), messages: [] }
    const startedMs = performance.now()
    const session = await openWebSocket(socket, message, messages, AbortSignal.timeout(CLIENT_TIMEOUT_MS))
    socket.destroy()
    return { connected: true, ...session, elapsedMs: performance.now() - startedMs }
  }

  async #connect(place: Place | null): Promise<Duplex | null> {
    if (place === null) return null
    const connection = await this.#relay.connect(place.address, place.port, CONNECT_TIMEOUT_MS)
    return connection.kind === 'open' ? connection.socket : null
  }
}

function unconnected(request: RequestMessage): ClientResult {
  return { connected: false, request, response: null, elapsedMs: 0 }
}
