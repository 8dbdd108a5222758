import { type Logger, pino } from 'pino'
import type { AccessEntry } from './access-log.ts'
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

/** With its place as `file:line:column`. */
function withPlace<Fact extends { readonly place: Place | null }>({ place, ...rest }: Fact) {
  return { ...rest, place: place && formatPlace(place) }
}

/** Whole blocks, or what there is after a moment: a write for every line would cost a request a third of its time. */
const BLOCK_BYTES = 12 * 1024
const MOMENT_MS = 5

/**
 * A log in JSON lines. What is still in its buffer is written when the process exits.
 * @param dest a file, or the descriptor of an open one
 */
export function openLog(dest: string | number): Logger {
  const file = pino.destination({ dest, sync: false, minLength: BLOCK_BYTES })
  let isDue = false
  const flush = (): void => {
    isDue = false
    file.flush()
  }
  const write = (line: string): void => {
    file.write(line)
    if (isDue) return
    isDue = true
    setTimeout(flush, MOMENT_MS).unref()
  }
  return pino({}, { write })
}
