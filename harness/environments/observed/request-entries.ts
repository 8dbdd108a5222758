import { headerValue, type RequestMessage } from '../../chain/message.ts'
import type { LogEntry } from './log-entries.ts'
import type { Address, Observation } from './observation.ts'

/** How a request begins, by HTTP/1.1 and by HTTP/2. */
const REQUEST_START = /^(?:http process request line$|http2 HEADERS frame )/

/** The entries of the client's request: of its connection, from its request line to that of the next request on it. */
export function entriesOf(entries: readonly LogEntry[], request: RequestMessage): LogEntry[] | null {
  const requests = splitRequests(entries)
  const id = headerValue(request.headers, 'x-request-id')
  const protocol = request.httpVersion === '2.0' ? 'http2' : 'http'
  const idLine = id === undefined ? null : `${protocol} header: "x-request-id: ${id}"`.toLowerCase()
  const requestLine = `${protocol} request line: "${request.method} ${request.target} HTTP/${request.httpVersion}"`
  const has = (wanted: (text: string) => boolean) => requests.find((one) => one.some(({ text }) => wanted(text)))
  // A request that nginx refused for its first line has left neither: there it is the last one that came.
  return has((text) => text.toLowerCase() === idLine) ?? has((text) => text === requestLine) ?? requests.at(-1) ?? null
}

function splitRequests(entries: readonly LogEntry[]): LogEntry[][] {
  const requests: LogEntry[][] = []
  const open = new Map<number, LogEntry[]>()
  for (const entry of entries) {
    const { connection, text } = entry
    if (connection === null) continue
    if (REQUEST_START.test(text)) {
      const request: LogEntry[] = []
      requests.push(request)
      open.set(connection, request)
    }
    open.get(connection)?.push(entry)
  }
  return requests
}

/** `accept on` names no connection; the entry of the connection that was accepted comes next. */
export function endsOf(
  entries: readonly LogEntry[],
  [first]: readonly LogEntry[],
): Pick<Observation, 'client' | 'server'> {
  const at = entries.findIndex(
    ({ connection, text }) => connection === first?.connection && text.startsWith('accept: '),
  )
  const before = entries.slice(0, Math.max(at, 0)).findLast(({ text }) => text.startsWith('accept on '))
  return { client: addressIn(entries[at]), server: addressIn(before) }
}

function addressIn(entry: LogEntry | undefined): Address | null {
  const [, v6, v4, port] = /^accept(?: on|:) (?:\[([^\]]+)\]|([^:\s]+)):(\d+)/.exec(entry?.text ?? '') ?? []
  const address = v6 ?? v4
  return address === undefined ? null : { address, port: Number(port) }
}
