import {
  type Bytes,
  bufferOf,
  bytesFrom,
  type Header,
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
  return body === null ? null : { status, headers: head.headers, body: bytesFrom(body) }
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
  for (let at = 0; ; ) {
    const end = rest.indexOf('\r\n', at)
    if (end === -1) return null
    const size = Number.parseInt(rest.toString('latin1', at, end), 16)
    if (rest.length < end + 2 + size + 2) return null
    if (size === 0) return Buffer.concat(parts)
    parts.push(rest.subarray(end + 2, end + 2 + size))
    at = end + 2 + size + 2
  }
}
