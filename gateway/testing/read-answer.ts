/** What a client sees of an answer. */
export interface SeenAnswer {
  /** Null where there is no status line. */
  readonly status: number | null
  /** `name: value`, names in lower case, sorted; those of the connection, and what nginx and the gateway add, left out. */
  readonly headers: readonly string[]
  readonly body: string
  /** Whether the connection ended before the answer did. */
  readonly isCut: boolean
}

/** What frames the message, belongs to the connection, or comes from a hop in between. */
const LEFT_OUT = /^(?:connection|keep-alive|transfer-encoding|content-length|date|server|x-request-id|trailer|upgrade):/

/** Reads all that came on a connection until it was closed; interim answers (1xx) are left out. */
export function readAnswer(bytes: string, method: string): SeenAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = bytes.slice(0, Math.max(0, end)).split('\r\n')
  const found = /^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1]
  if (found === undefined) return { status: null, headers: [], body: bytes, isCut: true }
  const status = Number(found)
  const rest = bytes.slice(end + '\r\n\r\n'.length)
  if (status < 200 && status !== 101) return readAnswer(rest, method)
  const headers = lines.map((line) => line.replace(/^[^:]*:[ \t]*/, (name) => `${name.trim().toLowerCase()} `))
  const value = (name: string) => headers.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
  const seen = { status, headers: headers.filter((line) => !LEFT_OUT.test(line)).sort() }
  if (method === 'HEAD' || status === 204 || status === 304) return { ...seen, body: rest, isCut: false }
  if (value('transfer-encoding') !== undefined) return { ...seen, ...readChunks(rest) }
  const length = value('content-length')
  return { ...seen, body: rest, isCut: length !== undefined && rest.length < Number(length) }
}

function readChunks(text: string): { body: string; isCut: boolean } {
  let body = ''
  let at = 0
  for (;;) {
    const end = text.indexOf('\r\n', at)
    const size = Number.parseInt(text.slice(at, end), 16)
    if (end === -1 || Number.isNaN(size)) return { body, isCut: true }
    if (size === 0) return { body, isCut: false }
    body += text.slice(end + 2, end + 2 + size)
    at = end + 2 + size + 2
  }
}
