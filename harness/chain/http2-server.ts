import { performServerHandshake, type ServerHttp2Stream } from 'node:http2'
import { Duplex } from 'node:stream'
import {
  bufferOf,
  bytesFrom,
  type Header,
  headersFromRaw,
  type RequestMessage,
  type ResponseMessage,
} from './message.ts'

/** Headers that HTTP/2 does not know (RFC 9113 section 8.2.2). */
const OF_CONNECTION = /^(?:connection|keep-alive|proxy-connection|transfer-encoding|upgrade)$/i

/** A request by HTTP/2 that waits for its answer. */
export interface Http2Request {
  readonly message: RequestMessage
  answer(response: ResponseMessage): void
  /** Called once, when it is over in whatever way. */
  onceOver(over: () => void): void
}

/**
 * Serves HTTP/2 on a connection whose client begins with it ("prior knowledge", RFC 9113 section 3.3). The authority is told as
 * `host`, where it stood.
 * @param first bytes that have been read of it already
 * @param onBegin called as soon as a request has a head
 * @param onRequest called when a request is all there
 */
export function serveHttp2(
  socket: Duplex,
  first: Buffer,
  onRequest: (request: Http2Request) => void,
  onBegin: (request: Pick<Http2Request, 'onceOver'>) => void = () => undefined,
): void {
  const session = performServerHandshake(withFirst(socket, first))
  session.on('error', () => socket.destroy())
  session.on('stream', (stream, _headers, _flags, raw: string[]) => {
    const chunks: Buffer[] = []
    const onceOver = (over: () => void): void => void stream.once('close', over)
    onBegin({ onceOver })
    stream.on('error', () => undefined)
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const message = messageOf(headersFromRaw(raw), bytesFrom(Buffer.concat(chunks)))
      onRequest({ message, onceOver, answer: (response) => answer(stream, response) })
    })
  })
}

/** A connection as it was before bytes were read of it: node:http2 would read a socket below what is given back to it. */
function withFirst(socket: Duplex, first: Buffer): Duplex {
  const whole = new Duplex({
    read: () => void socket.resume(),
    write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy()
      done(error)
    },
  })
  whole.push(first)
  socket.on('data', (chunk: Buffer) => {
    if (!whole.push(chunk)) socket.pause()
  })
  socket.on('end', () => whole.push(null))
  socket.on('close', () => whole.destroy())
  return whole
}

function messageOf(lines: readonly Header[], body: string): RequestMessage {
  const pseudo = (name: string): string => lines.find(([key]) => key === name)?.[1] ?? ''
  const headers = lines.flatMap(([name, value]): Header[] => {
    if (name === ':authority') return [['host', value]]
    return name.startsWith(':') ? [] : [[name, value]]
  })
  return { method: pseudo(':method'), target: pseudo(':path'), httpVersion: '2.0', headers, body }
}

function answer(stream: ServerHttp2Stream, { status, headers, body, trailers = [] }: ResponseMessage): void {
  if (stream.destroyed) return
  const lines = headers
    .filter(([name]) => !OF_CONNECTION.test(name))
    .flatMap(([name, value]) => [name.toLowerCase(), value])
  const endStream = body === '' && trailers.length === 0
  stream.respond([':status', String(status), ...lines], {
    endStream,
    waitForTrailers: trailers.length > 0,
  })
  if (endStream) return
  stream.once('wantTrailers', () => stream.sendTrailers(grouped(trailers)))
  stream.end(bufferOf(body))
}

/** As node:http2 takes trailers: lines of one name in a list. */
function grouped(lines: readonly Header[]): Record<string, string[]> {
  const groups: Record<string, string[]> = {}
  for (const [name, value] of lines) {
    const key = name.toLowerCase()
    groups[key] = [...(groups[key] ?? []), value]
  }
  return groups
}
