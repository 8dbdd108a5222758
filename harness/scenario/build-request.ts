import { isSecretName } from '../../gateway/secret-names.ts'
import { HEADER_VALUE, TOKEN } from '../chain/header-syntax.ts'
import { type Bytes, bytesFromText, type Header } from '../chain/message.ts'
import { toHttpVersion } from '../chain/services-schema.ts'
import type { Place } from '../diagnostics/place.ts'
import { buildPattern } from './build-expectations.ts'
import { parseJsonPath } from './json-path.ts'
import { PLACEHOLDER_NAME } from './placeholders.ts'
import { checkTarget, parseRequestLine, type RequestLine } from './request-line.ts'
import type { Capture, StepRequest } from './scenario.ts'
import type { WrittenStep } from './schema.ts'
import { onWire, type StepContext, textOf } from './step-context.ts'

type Parts = Pick<WrittenStep<'request'>, 'via' | 'from' | 'proxyProtocol' | 'target' | 'host' | 'headers'> &
  Partial<Pick<WrittenStep<'request'>, 'httpVersion' | 'body' | 'json'>>
type Text = string | number | boolean

/** Builds the request of a step from its request line and the keys beside it; `place` is the step. */
export function buildRequest(line: RequestLine, written: Parts, place: Place, context: StepContext): StepRequest {
  const headers = buildHeaders(written, place, context)
  const has = (name: string) => headers.some(([key]) => key.toLowerCase() === name)
  if (written.host !== undefined) {
    if (has('host'))
      context.report(place.at('host'), 'E_HEADER_INVALID', 'the Host header is already among the headers')
    headers.unshift(header('Host', written.host, place.at('host'), context))
  }
  if (written.json !== undefined && !has('content-type')) headers.push(['Content-Type', 'application/json'])
  if (written.httpVersion !== undefined && toHttpVersion(written.httpVersion) === '2.0')
    checkHttp2(line, written, headers, place, context)
  return {
    via: written.via === undefined ? 'nginx' : context.entry(written.via, place.at('via')),
    from: buildFrom(written, place, context),
    proxied: written.proxyProtocol ?? null,
    ...line,
    target: written.target === undefined ? null : buildTarget(written.target, line.method, place.at('target'), context),
    httpVersion: written.httpVersion === undefined ? '1.1' : toHttpVersion(written.httpVersion),
    headers,
    body: buildBody(written, place, context),
  }
}

/** Headers of a connection, which HTTP/2 has not (RFC 9113 section 8.2.2). */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** HTTP/2 is spoken to nginx by TLS, and has no other form of a target than a path. */
function checkHttp2(
  { url }: RequestLine,
  { via = 'nginx', target }: Parts,
  headers: readonly Header[],
  place: Place,
  context: StepContext,
): void {
  const wrong = (what: string): void => context.report(place.at('httpVersion'), 'E_SCENARIO_STEP', what)
  // RFC 9113 section 8.2.2: `TE: trailers` alone has a meaning of its own.
  const ofConnection = headers.find(([name, value]) => {
    const key = name.toLowerCase()
    return OF_CONNECTION.has(key) || (key === 'te' && value.toLowerCase() !== 'trailers')
  })
  if (via !== 'nginx') wrong(`HTTP/2 is for clients of nginx, and this one enters at "${via}"`)
  else if (!/^(?:https:|\$)/i.test(url)) wrong('HTTP/2 is spoken by TLS: the request needs an https URL')
  else if (target !== undefined && !target.startsWith('/')) wrong('a target of HTTP/2 is a path')
  else if (ofConnection !== undefined) wrong(`HTTP/2 has no header "${ofConnection[0]}"`)
}

/** Reads the value of `request:`; what is none becomes a problem. */
export function buildRequestLine(text: string, place: Place, context: StepContext): RequestLine {
  const line = parseRequestLine(text)
  if ('method' in line) return line
  context.report(place, 'E_TARGET_INVALID', line.message, line.hint)
  return { method: 'GET', url: '/' }
}

/** Reads the value of `websocket:`, a path or a URL alone: the opening request is always a GET (RFC 6455 section 4.1). */
export function buildWebSocketLine(url: string, place: Place, context: StepContext): RequestLine {
  return { method: 'GET', url: buildTarget(url, 'GET', place, context) }
}

/** Past nginx nobody asks where a client comes from. */
function buildFrom({ from, proxyProtocol, via = 'nginx' }: Parts, place: Place, context: StepContext): string | null {
  if (proxyProtocol !== undefined && via !== 'nginx')
    context.report(
      place.at('proxyProtocol'),
      'E_SCENARIO_STEP',
      `"proxyProtocol" is about nginx, and this client enters at "${via}"`,
    )
  if (from !== undefined && via !== 'nginx')
    context.report(
      place.at('from'),
      'E_SCENARIO_STEP',
      `"from" is about clients of nginx, and this one enters at "${via}"`,
    )
  return from ?? null
}

/** A path or a URL, kept as it is; what can be neither becomes a problem. */
function buildTarget(text: string, method: string, place: Place, context: StepContext): string {
  const problem = checkTarget(text, method)
  if (problem !== null) context.report(place, 'E_TARGET_INVALID', problem.message, problem.hint)
  return text
}

/** Builds what a step captures; `place` is its `capture`. */
export function buildCaptures(
  written: WrittenStep<'request'>['capture'],
  place: Place,
  context: StepContext,
): Capture[] {
  return Object.entries(written ?? {}).map(([name, from]) => {
    const at = place.at(name)
    const span = at.keySpan
    if (!PLACEHOLDER_NAME.test(name)) {
      const message = `"${name}" cannot be written as \${${name}}`
      context.problems.add(at.source, span, 'E_CAPTURE_INVALID', message, 'Use letters, digits, "_" and "-".')
    }
    return { name, isSecret: from.secret ?? isSecretName(name), span, from: buildSource(from, at, context) }
  })
}

type WrittenCapture = NonNullable<WrittenStep<'request'>['capture']>[string]

function buildSource(written: WrittenCapture, place: Place, context: StepContext): Capture['from'] {
  const { json, header, matches, body } = written
  if (header !== undefined) {
    if (!TOKEN.test(header)) context.report(place.at('header'), 'E_HEADER_INVALID', `"${header}" is not a header name`)
    const pattern = matches === undefined ? null : buildPattern(matches, place.at('matches'), context)
    return { kind: 'header', header, pattern }
  }
  if (json !== undefined) return { kind: 'json', path: buildJsonPath(json, place.at('json'), context) }
  return { kind: 'body', pattern: buildPattern(body ?? '', place.at('body'), context) }
}

function buildJsonPath(text: string, place: Place, context: StepContext): (string | number)[] {
  const path = parseJsonPath(text)
  if (path !== null) return path
  context.report(
    place,
    'E_CAPTURE_INVALID',
    `"${text}" is not a path to one JSON value`,
    "Write $.name, $.items[0].id or $['odd name'].",
  )
  return []
}

function buildBody({ body, json }: Parts, place: Place, context: StepContext): Bytes {
  if (body !== undefined && json !== undefined) {
    context.problems.add(
      place.source,
      place.at('json').keySpan,
      'E_SCENARIO_STEP',
      'a request has a body or a json, not both',
    )
  }
  if (json !== undefined) return bytesFromText(JSON.stringify(json))
  return bytesFromText(body === undefined ? '' : textOf(body, place.at('body')))
}

function buildHeaders({ headers = {} }: Parts, place: Place, context: StepContext): Header[] {
  const all = place.at('headers')
  return Object.entries(headers).flatMap(([name, value]) => {
    const at = all.at(name)
    return Array.isArray(value)
      ? value.map((item, index) => header(name, item, at.at(index), context))
      : [header(name, value, at, context)]
  })
}

function header(name: string, value: Text, place: Place, context: StepContext): Header {
  const text = textOf(value, place)
  if (!TOKEN.test(name)) {
    context.problems.add(
      place.source,
      place.keySpan,
      'E_HEADER_INVALID',
      `"${name}" is not a header name`,
      'Use letters, digits and "-".',
    )
  }
  if (!HEADER_VALUE.test(text)) {
    const message = `the value of header "${name}" has a line break or another control character in it`
    context.report(place, 'E_HEADER_INVALID', message, 'A header is one line.')
  }
  return [name, onWire(text)]
}
