import {
  type Bytes,
  bufferOf,
  bytesFrom,
  type Header,
  type Headers,
  type RequestMessage,
  type ResponseMessage,
} from '../../chain/message.ts'

/** A request written out. */
export function requestBytes({ method, target, httpVersion, headers, body }: RequestMessage): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  return bufferOf(`${method} ${target} HTTP/${httpVersion}\r\n${lines}\r\n${body}`)
}

/** A body in one chunk (RFC 9112 section 7.1). */
export function chunks(body: Bytes): Bytes {
  const end = '0\r\n\r\n'
  return body === '' ? end : `${body.length.toString(16)}\r\n${body}\r\n${end}`
}

/** The head of a message: its first line, its headers, and where its body starts. */
export interface Head {
  readonly line: string
  readonly headers: readonly Header[]
  readonly bodyAt: number
}

/** Reads a head; null where it is not all there yet. */
export function readHead(bytes: Buffer): Head | null {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return null
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers = lines.map((text): Header => {
    const colon = text.indexOf(':')
    return [text.slice(0, colon), text.slice(colon + 1).replace(/^ /, '')]
  })
  return { line, headers, bodyAt: end + 4 }
}

/** Reads a response; null where it is not all there yet. `ended` says that the connection is closed. */
export function readResponse(bytes: Buffer, toHead: boolean, ended: boolean): ResponseMessage | null {
  const head = readHead(bytes)
  if (head === null || !head.line.startsWith('HTTP/')) return null
  const status = Number(head.line.split(' ')[1])
  const body = readBody(
    bytes.subarray(head.bodyAt),
    head.headers,
    toHead || status === 204 || status === 304 || (status >= 100 && status < 200),
    ended,
  )
  if (body === null) return null
  const trailers = toHead ? [] : trailersOf(bytes.subarray(head.bodyAt), head.headers)
  return { status, headers: head.headers, body: bytesFrom(body), ...(trailers.length === 0 ? {} : { trailers }) }
}

/** The lines behind the last chunk. */
function trailersOf(rest: Buffer, headers: readonly Header[]): readonly Header[] {
  const isChunked = headers.some(([name, value]) => /^transfer-encoding$/i.test(name) && value === 'chunked')
  const end = isChunked ? endOfChunks(rest) : null
  return end === null ? [] : (readHead(Buffer.concat([Buffer.from('\r\n'), rest.subarray(end)]))?.headers ?? [])
}

/** Reads a body by its headers; null where it is not all there yet. */
export function readBody(rest: Buffer, headers: readonly Header[], none: boolean, ended: boolean): Buffer | null {
  if (none) return Buffer.alloc(0)
  const value = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1]
  if (value('transfer-encoding') === 'chunked') return readChunks(rest) ?? (ended ? rest : null)
  const length = value('content-length')
  if (length === undefined) return ended ? rest : null
  return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : ended ? rest : null
}

function readChunks(rest: Buffer): Buffer | null {
  const parts: Buffer[] = []
  const end = endOfChunks(rest, (chunk) => parts.push(chunk))
  // The line end of the last chunk and the empty line behind the trailers.
  return end !== null && rest.indexOf('\r\n\r\n', end - 2) !== -1 ? Buffer.concat(parts) : null
}

/** Where the line of the last chunk ends; null where it is not there yet. */
function endOfChunks(rest: Buffer, take: (chunk: Buffer) => void = () => undefined): number | null {
  for (let at = 0; ; ) {
    const end = rest.indexOf('\r\n', at)
    if (end === -1) return null
    const size = Number.parseInt(rest.toString('latin1', at, end), 16)
    if (size === 0) return end + 2
    if (rest.length < end + 2 + size + 2) return null
    take(rest.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}

/** An answer of a case as one of HTTP/2, whose names are small. */
export function answerByHttp2(
  { bytes, trailers }: { readonly bytes: Bytes; readonly trailers?: Headers },
  method: string,
): ResponseMessage {
  const read = readResponse(bufferOf(bytes), method === 'HEAD', true)
  if (read === null) throw new Error('an answer of HTTP/2 is written as one of HTTP/1.1')
  const headers = read.headers.map(([name, value]): Header => [name.toLowerCase(), value])
  return { ...read, headers, ...(trailers === undefined ? {} : { trailers }) }
}
