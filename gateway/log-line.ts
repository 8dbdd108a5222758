import { hostname } from 'node:os'
import { type Logger, pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'
import { maskTarget } from './mask-target.ts'
import { formatPlace, type Place } from './place.ts'

/** An access entry as the fields of a structured log line; secrets in query strings are masked. */
export function logLine({
  requestId,
  method,
  target,
  status,
  route,
  carriedBy,
  sends,
  upstream,
  outcome,
  decidedBy,
  publicBy,
  headerChanges,
  detail,
  elapsedMs,
}: AccessEntry) {
  return {
    requestId,
    method,
    target: maskTarget(target),
    status,
    route: route?.path ?? null,
    place: route === null ? null : formatPlace(route.place),
    carriedBy,
    sends: sends === null ? null : maskTarget(sends),
    upstream: upstream === null ? null : `${upstream.host}:${upstream.port}`,
    outcome,
    decidedBy: decidedBy && withPlace(decidedBy),
    publicBy: publicBy && formatPlace(publicBy),
    headerChanges: {
      request: headerChanges.request.map(withPlace),
      answer: headerChanges.answer.map(withPlace),
    },
    detail,
    elapsedMs,
  }
}

/** With its place as `file:line:column`. Most facts have none, and are taken as they are. */
function withPlace<Fact extends { readonly place: Place | null }>(fact: Fact) {
  return fact.place === null ? fact : { ...fact, place: formatPlace(fact.place) }
}

/**
 * So many lines are written together, or what there is after a moment: a write for every line, or handing each to the file's
 * own buffer, would cost a request as much as all else that the gateway does with it.
 */
const BLOCK_LINES = 32
const MOMENT_MS = 10

/** A log in JSON lines. */
export interface GatewayLog {
  /** What happens to the gateway itself. */
  readonly events: Logger
  /** A line for a request. */
  request(entry: AccessEntry): void
}

/**
 * Opens a log. What is still in its buffer is written when the process exits.
 * @param dest a file, or the descriptor of an open one
 */
export function openLog(dest: string | number): GatewayLog {
  let lines: string[] = []
  let timer: NodeJS.Timeout | null = null
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (lines.length > 0) file.write(lines.join(''))
    lines = []
  }
  // Before the file's own listener, which writes what the file has got by then.
  process.once('exit', flush)
  const file = pino.destination({ dest, sync: false })
  const write = (line: string): void => {
    lines.push(line)
    if (lines.length >= BLOCK_LINES) flush()
    else timer ??= setTimeout(flush, MOMENT_MS).unref()
  }
  const base = { pid: process.pid, hostname: hostname() }
  const events = pino({ base }, { write })
  const level = events.levels.values.info
  return {
    events,
    // As pino writes it, at half the cost: pino puts a line together key by key.
    request(entry) {
      write(`${JSON.stringify({ level, time: Date.now(), ...base, ...logLine(entry), msg: 'request' })}\n`)
    },
  }
}
