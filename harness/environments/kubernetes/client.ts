import type { Duplex } from 'node:stream'
import type { RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { exchangeOver } from '../http-exchange.ts'
import { openWebSocket } from '../websocket-client.ts'

/** How long a client waits before it gives up: longer than any timeout that a chain has by default. */
const CLIENT_TIMEOUT_MS = 300_000

/** What a client sees of its request. */
export interface ClientResult {
  /** Whether there was anybody to send it to. */
  readonly connected: boolean
  readonly request: RequestMessage
  readonly response: ResponseMessage | null
  readonly elapsedMs: number
}

/**
 * Sends a request over a fresh connection.
 * @param socket null where there is nowhere to connect to
 */
export async function exchange(socket: Duplex | null, message: RequestMessage): Promise<ClientResult> {
  if (socket === null) return unconnected(message)
  const startedMs = performance.now()
  const timer = setTimeout(() => socket.destroy(), CLIENT_TIMEOUT_MS)
  const outcome = await exchangeOver(socket, message)
  clearTimeout(timer)
  const response = outcome.kind === 'answered' ? outcome.response : null
  return { connected: true, request: message, response, elapsedMs: performance.now() - startedMs }
}

/** Opens a WebSocket over a fresh connection and holds a conversation on it. */
export async function converse(
  socket: Duplex | null,
  message: RequestMessage,
  messages: readonly string[],
): Promise<ClientResult & { readonly messages: readonly string[] }> {
  if (socket === null) return { ...unconnected(message), messages: [] }
  const startedMs = performance.now()
  const session = await openWebSocket(socket, message, messages, AbortSignal.timeout(CLIENT_TIMEOUT_MS))
  socket.destroy()
  return { connected: true, ...session, elapsedMs: performance.now() - startedMs }
}

function unconnected(request: RequestMessage): ClientResult {
  return { connected: false, request, response: null, elapsedMs: 0 }
}
