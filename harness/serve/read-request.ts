import type { IncomingMessage } from 'node:http'
import type { ClientRequest, Listener } from '../chain/client-request.ts'
import { type Bytes, bytesFrom, headersFromRaw, headerValue } from '../chain/message.ts'
import type { Answer } from './answer.ts'

/** A body of more bytes is refused: it is kept in memory, as a trace keeps it. */
const MAX_BODY_BYTES = 10 * 1024 * 1024

/** Why a request does not go through the chain. */
export type Refusal = Extract<Answer, { readonly kind: 'told' }>

/**
 * What a client of the port has sent, as a client of nginx sends it: its line and its headers as they are, and its body.
 * @returns a refusal where it cannot go through the chain; null where the client has left
 */
export async function readRequest(
  message: IncomingMessage,
  listener: Listener,
): Promise<{ readonly request: ClientRequest } | { readonly refusal: Refusal } | null> {
  const headers = headersFromRaw(message.rawHeaders)
  const httpVersion = message.httpVersion === '1.0' ? '1.0' : '1.1'
  if (headerValue(headers, 'upgrade')?.toLowerCase() === 'websocket')
    return refused(501, 'chain serve carries no WebSocket. Write a scenario with a step "websocket:".')
  if (httpVersion === '1.1' && headerValue(headers, 'host') === undefined)
    return refused(400, 'chain serve takes no request of HTTP/1.1 without Host. Send one.')
  const body = await readBody(message)
  if (body === 'gone') return null
  if (body === 'too long')
    return refused(413, `chain serve takes a body of at most ${MAX_BODY_BYTES} bytes. Send less.`)
  return {
    request: {
      via: 'nginx',
      listener,
      from: null,
      method: message.method ?? 'GET',
      target: message.url ?? '/',
      httpVersion,
      headers,
      // The headers say that it comes in chunks, and so it does, in one.
      body: headerValue(headers, 'transfer-encoding') === undefined ? body.bytes : inOneChunk(body.bytes),
    },
  }
}

function refused(status: number, sentence: string): { readonly refusal: Refusal } {
  return { refusal: { kind: 'told', status, sentence } }
}

async function readBody(message: IncomingMessage): Promise<{ readonly bytes: Bytes } | 'too long' | 'gone'> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of message.iterator({ destroyOnReturn: false })) {
      length += chunk.length
      if (length > MAX_BODY_BYTES) return 'too long'
      chunks.push(chunk)
    }
  } catch {
    return 'gone'
  }
  return { bytes: bytesFrom(Buffer.concat(chunks)) }
}

/** The chunked coding (RFC 9112 section 7.1). */
function inOneChunk(body: Bytes): Bytes {
  return `${body === '' ? '' : `${body.length.toString(16)}\r\n${body}\r\n`}0\r\n\r\n`
}
