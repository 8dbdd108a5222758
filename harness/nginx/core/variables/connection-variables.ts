import type { Connection } from '../../site.ts'
import type { RequestState, UpstreamTry } from '../request/request-state.ts'

/** Variables that a real connection gives values to: its number, its times, its bytes. */
const OF_CONNECTION: Readonly<Record<string, (connection: Connection, dateMs: number) => string>> = {
  connection: ({ serial }) => String(serial),
  connection_requests: ({ requests }) => String(requests),
  connection_time: ({ openedMs }, dateMs) => seconds(dateMs - openedMs),
  request_time: ({ requestMs }, dateMs) => seconds(dateMs - requestMs),
  request_length: (connection) => String(connection.receivedBytes()),
  bytes_sent: (connection) => String(connection.sentBytes().head + connection.sentBytes().body),
  body_bytes_sent: (connection) => String(connection.sentBytes().body),
  msec: (_, dateMs) => seconds(dateMs),
  time_iso8601: (_, dateMs) => isoTime(dateMs),
  time_local: (_, dateMs) => logTime(dateMs),
}

/** What a request's connection makes of a variable; undefined where it came over none, or where the variable is none of these. */
export function connectionVariable(name: string, state: RequestState): string | null | undefined {
  const {
    input: { connection },
    site,
  } = state
  if (connection === undefined) return undefined
  if (Object.hasOwn(OF_TRY, name)) return ofTries(name, state, connection)
  return Object.hasOwn(OF_CONNECTION, name) ? OF_CONNECTION[name]?.(connection, site.dateMs()) : undefined
}

/** Every try in order, as `$upstream_addr` has them (ngx_http_upstream_response_time_variable). */
function ofTries(name: string, { upstreamTries }: RequestState, connection: Connection): string | null {
  if (upstreamTries.length === 0) return null
  // While nothing has gone out, the last answer is still on its way.
  const last = connection.sentBytes().head === 0 ? upstreamTries.at(-1)?.at(-1) : undefined
  const groups = upstreamTries.map((tries) =>
    tries.map((one) => OF_TRY[name]?.(one, one === last && one.status === 200) ?? '-').join(', '),
  )
  return groups.join(' : ')
}

/** Variables of the tries at upstreams, where these are real. */
const OF_TRY: Readonly<Record<string, (made: UpstreamTry, isUnderWay: boolean) => string | null>> = {
  upstream_connect_time: ({ measured }) => secondsOrNone(measured?.connectMs),
  upstream_header_time: ({ measured }) => secondsOrNone(measured?.headerMs),
  upstream_response_time: ({ measured }, isUnderWay) => (isUnderWay ? null : secondsOrNone(measured?.responseMs)),
  upstream_response_length: ({ bodyBytes }) => String(bodyBytes),
  upstream_bytes_received: ({ measured }) => String(measured?.receivedBytes ?? 0),
  upstream_bytes_sent: ({ measured }) => String(measured?.sentBytes ?? 0),
}

function secondsOrNone(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : seconds(ms)
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3)
}

/** `2026-11-27T08:15:30+01:00`, by the machine's own time zone. */
function isoTime(dateMs: number): string {
  const { year, month, day, time, zone } = localTime(dateMs)
  return `${year}-${two(month)}-${day}T${time}${zone.slice(0, 3)}:${zone.slice(3)}`
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `27/Nov/2026:08:15:30 +0100` */
function logTime(dateMs: number): string {
  const { year, month, day, time, zone } = localTime(dateMs)
  return `${day}/${MONTHS[month - 1]}/${year}:${time} ${zone}`
}

function localTime(dateMs: number) {
  const date = new Date(dateMs)
  const minutes = -date.getTimezoneOffset()
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(minutes) / 60))}${two(Math.abs(minutes) % 60)}`
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: two(date.getDate()), time, zone }
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
