import { hostname } from 'node:os'
import { type Logger, pino } from 'pino'
import type { AccessEntry } from './access-entry.ts'
import type { HeaderChange } from './header-changes.ts'
import { maskTarget } from './mask-target.ts'
import { formatPlace, type Place } from './place.ts'
import type { Target } from './route-table.ts'

/** An access entry as the text of a JSON object; secrets in query strings are masked. */
export function logText(entry: AccessEntry): string {
  return `{${fieldsText(entry)}}`
}

/** Every request has a line, so it is put together by hand: what most of them share is text already. */
function fieldsText(entry: AccessEntry): string {
  const { route, sends, upstream, decidedBy, publicBy, headerChanges } = entry
  let text = `"requestId":${quoted(entry.requestId)},"method":${quoted(entry.method)}`
  text += `,"target":${quoted(maskTarget(entry.target))},"status":${entry.status}`
  text += `,${route === null ? '"route":null,"place":null' : routeText(route)},"carriedBy":${quoted(entry.carriedBy)}`
  text += `,"sends":${quoted(sends && maskTarget(sends))},"upstream":${upstream && upstreamText(upstream)}`
  text += `,"outcome":${quoted(entry.outcome)},"decidedBy":${decidedBy && withPlace(decidedBy)}`
  text += `,"publicBy":${quoted(publicBy && formatPlace(publicBy))}`
  text += `,"headerChanges":{"request":[${changesText(headerChanges.request)}]`
  text += `,"answer":[${changesText(headerChanges.answer)}]}`
  return `${text},"detail":${quoted(entry.detail)},"elapsedMs":${entry.elapsedMs}`
}

function quoted(text: string | null): string {
  return JSON.stringify(text)
}

const routeText = textOnce((route: NonNullable<AccessEntry['route']>) => {
  return `"route":${quoted(route.path)},"place":${quoted(formatPlace(route.place))}`
})

const upstreamText = textOnce((upstream: Target) => quoted(`${upstream.host}:${upstream.port}`))

const changeText = textOnce((change: HeaderChange) => withPlace(change))

/** Words an object the first time that it is asked for. */
function textOnce<Worded extends object>(word: (object: Worded) => string): (object: Worded) => string {
  const texts = new WeakMap<Worded, string>()
  return (object) => {
    let text = texts.get(object)
    if (text === undefined) {
      text = word(object)
      texts.set(object, text)
    }
    return text
  }
}

function changesText(changes: readonly HeaderChange[]): string {
  let all = ''
  for (const change of changes) all += all === '' ? changeText(change) : `,${changeText(change)}`
  return all
}

/** As JSON, its place as `file:line:column`. */
function withPlace(fact: { readonly place: Place | null }): string {
  return JSON.stringify(fact.place === null ? fact : { ...fact, place: formatPlace(fact.place) })
}

/**
 * So many lines are written together, or what there is after a moment: a write for every line, or handing each to the file's
 * own buffer, would cost a request as much as all else that the gateway does with it.
 */
const BLOCK_LINES = 128
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
  const level = `{"level":${events.levels.values.info},"time":`
  const source = `,${JSON.stringify(base).slice(1, -1)},`
  return {
    events,
    // As pino writes it, at a fraction of the cost: pino puts a line together key by key.
    request(entry) {
      write(`${level}${Date.now()}${source}${fieldsText(entry)},"msg":"request"}\n`)
    },
  }
}
