import { logText } from '../../../gateway/log-line.ts'
import type { BackendRecord } from '../../backends/stub-server.ts'
import { headerValue, type RequestMessage, utf8Of } from '../../chain/message.ts'
import { exchangeAt, triesOf } from '../../trace/reading.ts'
import type { Trace } from '../../trace/trace.ts'
import type { EvidenceFiles } from '../environment.ts'
import type { Evidence } from './evidence.ts'
import { isDebugLine, linesOf, readLogEntries } from './log-entries.ts'
import { entriesOf } from './request-entries.ts'

/** A request that a world has carried. */
export interface CarriedRequest {
  readonly trace: Trace
  readonly evidence: Evidence
  /** When the client had its answer, ms since 1970. */
  readonly endedAtMs: number
}

/** What nginx, gateway and backends wrote down about one request: the folder `request` of its evidence. */
export function requestFiles({ trace, evidence, endedAtMs }: CarriedRequest): EvidenceFiles {
  const { gatewayLog, backends, via } = evidence
  const files = new Map<string, string>()
  if (via === 'nginx') {
    const slice = sliceOf(evidence)
    files.set('request/nginx-access.log', `${accessLine(trace, endedAtMs)}\n`)
    files.set('request/nginx-error.log', textOf(slice.filter((line) => !isDebugLine(line))))
    files.set('request/nginx-debug.log', textOf(slice))
  }
  files.set('request/gateway.log', gatewayLog.map((entry) => `${logText(entry)}\n`).join(''))
  return files.set('request/backends.txt', backends.map(recordText).join('\n'))
}

/** Of nginx's debug log, the lines of the connection that the request came on; all of them where none is known. */
function sliceOf({ nginxLog, request }: Evidence): string[] {
  const connection = entriesOf(readLogEntries(nginxLog), request)?.[0]?.connection ?? null
  const lines = connection === null ? nginxLog.split('\n') : linesOf(nginxLog, connection)
  return lines.filter((line) => line !== '')
}

/** Bytes as Latin-1 come in, text goes out. */
function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${utf8Of(line)}\n`).join('')
}

function recordText({ service, received, answered }: BackendRecord): string {
  const { method, target, httpVersion } = received
  const head = `--- ${service} received\n${method} ${target} HTTP/${httpVersion}\n${contentText(received)}`
  if (answered === null) return `${head}--- and closed the connection without an answer\n`
  return `${head}--- and answered\n${answered.status}\n${contentText(answered)}`
}

function contentText({ headers, body }: Pick<RequestMessage, 'headers' | 'body'>): string {
  const lines = headers.map(([name, value]) => `${name}: ${utf8Of(value)}\n`).join('')
  return body === '' ? lines : `${lines}\n${utf8Of(body)}\n`
}

/**
 * What nginx would write to an access log in the format `combined`, with its times, upstreams and the request id behind it:
 * the log itself is off, since a site file may have one of its own.
 */
function accessLine(trace: Trace, endedAtMs: number): string {
  const { request, response, requestId, elapsedMs } = trace
  const nginx = exchangeAt(trace, 'nginx')
  const tries = nginx === undefined ? [] : triesOf(nginx)
  const quoted = (name: string): string => `"${escaped(headerValue(request.headers, name) ?? '-')}"`
  const list = (texts: readonly (string | number)[]): string => (texts.length === 0 ? '-' : texts.join(', '))
  return [
    `127.0.0.1 - - [${timeOf(endedAtMs)}]`,
    `"${escaped(`${request.method} ${request.target} HTTP/${request.httpVersion}`)}"`,
    `${response?.status ?? 499} ${response?.body.length ?? 0}`,
    quoted('referer'),
    quoted('user-agent'),
    `request_time=${(elapsedMs / 1_000).toFixed(3)}`,
    `upstream_addr=${list(tries.map(({ to }) => `${to.address ?? to.host}:${to.port}`))}`,
    `upstream_status=${list(tries.map(({ response: answer, outcome }) => answer?.status ?? outcome))}`,
    `request_id=${requestId}`,
  ].join(' ')
}

/** `26/Nov/2026:21:07:36 +0000` (ngx_http_log_module, `$time_local`), in UTC. */
function timeOf(ms: number): string {
  const [, day, month, year, time] = /(\d\d) (\w{3}) (\d{4}) (\S+)/.exec(new Date(ms).toUTCString()) ?? []
  return `${day}/${month}/${year}:${time} +0000`
}

/** As nginx escapes what a client sent. */
function escaped(text: string): string {
  return text.replace(/["\\]|[^ -~]/g, (one) => {
    return `\\x${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}
