import { lowerCase } from '../../syntax/wire.ts'
import type { RequestState } from '../request/request-state.ts'
import { httpTime } from '../response/http-time.ts'

/** What nginx keeps of an answer's head beside its list of lines. */
const OWN: Readonly<Record<string, (state: RequestState) => string | null>> = {
  content_type: ({ head }) => head.contentType || null,
  content_length: ({ head }) => (head.contentLength >= 0 ? String(head.contentLength) : null),
  location: (state) => state.head.location?.value ?? linesOf(state, 'location'),
  last_modified: (state) => lastModified(state),
  connection: ({ head, keepAlive }) => (head.status === 101 ? 'upgrade' : keepAlive ? 'keep-alive' : 'close'),
  keep_alive: ({ keepAlive, location }) => {
    const { toldS } = location.settings.keepAlive
    return keepAlive && toldS !== null ? `timeout=${toldS}` : null
  },
}

/** Headers whose lines have always been joined. */
const JOINED: ReadonlySet<string> = new Set(['cache_control', 'link'])

/** `$sent_http_NAME`: a header of the answer as it is so far (ngx_http_variable_sent_*). */
export function sentHeader(state: RequestState, key: string): string | null {
  const own = Object.hasOwn(OWN, key) ? OWN[key] : undefined
  if (own !== undefined) return own(state.main)
  return linesOf(state, key)
}

function linesOf({ main: { head }, site }: RequestState, key: string): string | null {
  const values = head.headers
    .filter(({ name }) => lowerCase(name).replaceAll('-', '_') === key)
    .map(({ value }) => value)
  if (values.length === 0) return null
  return site.rules.repeatedHeadersJoined || JOINED.has(key) ? values.join(', ') : (values[0] ?? null)
}

function lastModified(state: RequestState): string | null {
  const { lastModifiedS } = state.head
  return linesOf(state, 'last_modified') ?? (lastModifiedS === null ? null : httpTime(lastModifiedS))
}
