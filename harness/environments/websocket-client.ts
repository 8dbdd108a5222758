import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { bytesFrom, type Header, headersFromRaw, type RequestMessage, type ResponseMessage } from '../chain/message.ts'

export interface WebSocketSession {
  /** The answer to the opening request; null where the connection ended without one. */
  readonly response: ResponseMessage | null
  readonly messages: readonly string[]
  /** The opening request as it went out: what was asked for, and the handshake's own headers. */
  readonly request: RequestMessage
}

/**
 * Opens a WebSocket over a fresh connection, sends each message and waits for one in return, then closes.
 * @param opening target and headers go out as they are; the library adds the handshake's own (RFC 6455 section 4.1)
 * @param signal ends the session where it stands
 */
export async function openWebSocket(
  socket: Duplex,
  opening: RequestMessage,
  messages: readonly string[],
  signal: AbortSignal,
): Promise<WebSocketSession> {
  // Loaded when the first WebSocket opens: most scenarios have none.
  const { WebSocket: Client } = await import('ws')
  // It tells nobody any more that it has ended.
  if (socket.destroyed) return { response: null, messages: [], request: opening }
  let sent = opening
  const webSocket = new Client('ws://chain/', {
    createConnection: () => socket,
    headers: headerRecord(opening),
    // The library tidies the URL that it is given; the target has to travel as it is.
    finishRequest: (request) => {
      request.path = opening.target
      sent = { ...opening, method: 'GET', headers: headersOf(request) }
      request.end()
    },
  })
  signal.addEventListener('abort', () => webSocket.terminate())
  webSocket.on('error', () => webSocket.terminate())

  const opened = new Promise<true>((resolve) => webSocket.once('open', () => resolve(true)))
  const closed = new Promise<null>((resolve) => webSocket.once('close', () => resolve(null)))
  const answer = await Promise.race([
    new Promise<{ readonly head: IncomingMessage; readonly isUpgrade: boolean }>((resolve) => {
      webSocket.once('upgrade', (head) => resolve({ head, isUpgrade: true }))
      // Also for a 101 without the headers of an upgrade (RFC 6455 section 4.2.2).
      webSocket.once('unexpected-response', (_request, head) => resolve({ head, isUpgrade: false }))
    }),
    closed,
  ])
  if (answer === null) return { response: null, messages: [], request: sent }
  if (!answer.isUpgrade) {
    const response = await messageOf(answer.head)
    webSocket.terminate()
    return { response, messages: [], request: sent }
  }
  const isOpen = await Promise.race([opened, closed])
  const received = isOpen === null ? [] : await converse(webSocket, messages, closed)
  webSocket.close()
  await closed
  return {
    response: { status: 101, headers: headersFromRaw(answer.head.rawHeaders), body: '' },
    messages: received,
    request: sent,
  }
}

async function converse(webSocket: WebSocket, messages: readonly string[], closed: Promise<null>): Promise<string[]> {
  const received: string[] = []
  for (const message of messages) {
    const reply = new Promise<string>((resolve) => webSocket.once('message', (data) => resolve(data.toString())))
    webSocket.send(message)
    const text = await Promise.race([reply, closed])
    if (text === null) break
    received.push(text)
  }
  return received
}

function headerRecord({ headers }: RequestMessage): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {}
  for (const [name, value] of headers) {
    const before = record[name]
    record[name] = before === undefined ? value : [before, value].flat()
  }
  return record
}

function headersOf(request: ClientRequest): Header[] {
  return request.getRawHeaderNames().flatMap((name) => {
    const value = request.getHeader(name) ?? []
    return [value].flat().map((each): Header => [name, String(each)])
  })
}

async function messageOf(response: IncomingMessage): Promise<ResponseMessage> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk)
  return {
    status: response.statusCode ?? 0,
    headers: headersFromRaw(response.rawHeaders),
    body: bytesFrom(Buffer.concat(chunks)),
  }
}
