import { type ServerResponse, STATUS_CODES } from 'node:http'
import { bufferOf, type Header, headerValue, type ResponseMessage } from '../chain/message.ts'

/** What a client gets for its request. */
export type Answer =
  /** The chain's own, byte for byte. */
  | { readonly kind: 'response'; readonly response: ResponseMessage }
  /** The chain closed the connection without an answer, as `return 444` does. */
  | { readonly kind: 'closed' }
  /** No answer of the chain, but a sentence that says why there is none. */
  | { readonly kind: 'told'; readonly status: number; readonly sentence: string }

/** Headers that say how the bytes of one connection are framed: this connection is another one (RFC 9110 section 7.6.1). */
const OF_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/** Gives a client its answer. A client that has left gets nothing. */
export function sendAnswer(response: ServerResponse, answer: Answer): void {
  if (answer.kind === 'closed') response.destroy()
  else if (answer.kind === 'told') sendText(response, answer.status, answer.sentence)
  else sendMessage(response, answer.response)
}

function sendText(response: ServerResponse, status: number, sentence: string): void {
  const body = Buffer.from(`${sentence}\n`)
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Length': body.length }).end(body)
}

function sendMessage(response: ServerResponse, { status, headers, body, trailers = [] }: ResponseMessage): void {
  const own = headers.filter(([name]) => !OF_CONNECTION.has(name.toLowerCase()))
  // Date and reason phrase are the chain's, or nobody's.
  response.sendDate = false
  try {
    response.writeHead(status, STATUS_CODES[status] ?? '', own.flat())
  } catch (error) {
    // Node.js checks names, values and the status; what real programs answer passes.
    sendText(response, 502, `Failed to pass the answer on: ${messageOf(error)}.`)
    return
  }
  if (trailers.length > 0) response.addTrailers(trailers.map(([name, value]): [string, string] => [name, value]))
  // An answer that broke off ends with its connection: the client would wait for the rest.
  if (isCut(response, own, body.length)) response.end(bufferOf(body), () => response.destroy())
  else response.end(bufferOf(body))
}

function isCut({ req, statusCode }: ServerResponse, headers: readonly Header[], length: number): boolean {
  const announced = headerValue(headers, 'content-length')
  const hasBody = req.method !== 'HEAD' && statusCode >= 200 && statusCode !== 204 && statusCode !== 304
  return hasBody && announced !== undefined && Number(announced) > length
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error)
}
