import { TOKEN } from '../chain/header-syntax.ts'
import { toHttpVersion } from '../chain/services-schema.ts'
import type { Place } from '../diagnostics/place.ts'
import { parseDuration } from './duration.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import type {
  BackendExpectation,
  BodyMatcher,
  ExchangeExpectation,
  Expected,
  GatewayExpectation,
  HeaderExpectation,
  HeaderMatcher,
  HopsExpectation,
  NginxExpectation,
  TextMatcher,
  WebSocketExpectation,
} from './scenario.ts'
import type {
  WrittenBodyMatcher,
  WrittenExchangeExpect,
  WrittenHeaderMatcher,
  WrittenTextMatcher,
  WrittenWebSocketExpect,
} from './schema.ts'
import { expected, onWire, type StepContext, textOf } from './step-context.ts'

type Written<Hop extends 'nginx' | 'gateway' | 'backend'> = NonNullable<WrittenExchangeExpect[Hop]>
type HeaderMatchers = Readonly<Record<string, WrittenHeaderMatcher>>
type Build<Value, Result> = (value: Value, place: Place) => Result

/** Builds what a `request` or `health` step expects; `place` is its `expect`. */
export function buildExchange(written: WrittenExchangeExpect, place: Place, context: StepContext): ExchangeExpectation {
  return {
    status: take(written.status, place.at('status')),
    headers: buildHeaders(written.headers, place.at('headers'), context),
    trailers: buildHeaders(written.trailers, place.at('trailers'), context),
    body: take(written.body, place.at('body'), (body, at) => buildBody(body, at, context)),
    ...buildHops(written, place, context),
    subrequests: take(written.subrequests, place.at('subrequests'), (list, at) =>
      list.map((one, index) => buildHops(one, at.at(index), context)),
    ),
    blame: take(written.blame, place.at('blame'), (name, at) => context.hop(name, at)),
    withinMs: take(written.within, place.at('within'), (text, at) => buildDuration(text, at, context)),
  }
}

function buildHops(
  written: Pick<WrittenExchangeExpect, keyof HopsExpectation>,
  place: Place,
  context: StepContext,
): HopsExpectation {
  const hop = <Value, Result>(
    key: string,
    value: Value | undefined,
    build: (value: Value, place: Place, context: StepContext) => Result,
  ) => (value === undefined ? null : build(value, place.at(key), context))
  return {
    nginx: hop('nginx', written.nginx, buildNginx),
    gateway: hop('gateway', written.gateway, buildGateway),
    backend: hop('backend', written.backend, buildBackend),
  }
}

/** Builds what a `websocket` step expects. */
export function buildWebSocket(
  written: WrittenWebSocketExpect,
  place: Place,
  context: StepContext,
): WebSocketExpectation {
  const messages = take(written.messages, place.at('messages'), (list, at) =>
    list.map((text, index) => textOf(text, at.at(index))),
  )
  return { ...buildExchange(written, place, context), messages }
}

/** A duration in ms; what is none becomes a problem. */
export function buildDuration(text: string, place: Place, context: StepContext): number {
  const durationMs = parseDuration(text)
  if (durationMs !== null) return durationMs
  context.report(
    place,
    'E_SCENARIO_TYPE',
    `"${text}" is not a duration up to a day`,
    'Write a number and its unit: 500ms, 5s, 1m.',
  )
  return 0
}

/** A regular expression; what is none becomes a problem. */
export function buildPattern(text: string, place: Place, context: StepContext): Pattern {
  const result = compilePattern(text)
  if ('pattern' in result) return result.pattern
  context.report(place, 'E_PATTERN_INVALID', result.problem)
  return MATCHES_ALL
}

const MATCHES_ALL: Pattern = /(?:)/

function buildNginx(written: Written<'nginx'>, place: Place, context: StepContext): NginxExpectation {
  const reached = written !== 'unreached'
  const fields = written === 'unreached' ? {} : written
  return {
    ...buildProxy(fields, place, context),
    reached,
    pass: take(fields.pass, place.at('pass')),
    location: take(fields.location, place.at('location')),
    tries: take(fields.tries, place.at('tries')),
  }
}

function buildGateway(written: Written<'gateway'>, place: Place, context: StepContext): GatewayExpectation {
  const reached = written !== 'unreached'
  const fields = written === 'unreached' ? {} : written
  const route = take(fields.route, place.at('route'), (text) => (text === 'none' ? null : text))
  return { ...buildProxy(fields, place, context), reached, route }
}

function buildBackend(written: Written<'backend'>, place: Place, context: StepContext): BackendExpectation {
  const reached = written !== 'unreached'
  const fields = written === 'unreached' ? {} : written
  return {
    ...buildHop(fields, place, context),
    reached,
    service: take(fields.service, place.at('service'), (name, at) => context.expectedService(name, at)),
    method: take(fields.method, place.at('method')),
    params: buildParams(fields.params, place.at('params'), context),
    body: take(fields.body, place.at('body'), (body, at) => buildBody(body, at, context)),
  }
}

type WrittenHop = Omit<Exclude<Written<'nginx'>, 'unreached'>, 'sends' | 'to' | 'location' | 'tries'>
type WrittenProxy = WrittenHop & { sends?: string | undefined; to?: string | undefined }

function buildProxy(written: WrittenProxy, place: Place, context: StepContext) {
  return {
    ...buildHop(written, place, context),
    sends: take(written.sends, place.at('sends'), onWire),
    to: take(written.to, place.at('to'), (name, at) => context.destination(name, at)),
  }
}

function buildHop(written: WrittenHop, place: Place, context: StepContext) {
  return {
    span: place.keySpan,
    httpVersion: take(written.httpVersion, place.at('httpVersion'), toHttpVersion),
    status: buildHopStatus(written, place, context),
    receives: take(written.receives, place.at('receives'), onWire),
    headers: buildHeaders(written.headers, place.at('headers'), context),
    answers: buildAnswer(written.answers ?? {}, place.at('answers'), context),
  }
}

function buildAnswer({ headers, body }: NonNullable<WrittenHop['answers']>, place: Place, context: StepContext) {
  return {
    headers: buildHeaders(headers, place.at('headers'), context),
    body: take(body, place.at('body'), (one, at) => buildBody(one, at, context)),
  }
}

/** `status: 404` is short for `answers: {status: 404}`. */
function buildHopStatus({ status, answers }: WrittenHop, place: Place, context: StepContext): Expected<number> | null {
  if (answers?.status === undefined) return take(status, place.at('status'))
  const at = place.at('answers', 'status')
  if (status !== undefined) {
    context.report(
      at,
      'E_SCENARIO_TYPE',
      'the status of this hop is already there: `status` and `answers` say the same',
    )
  }
  return take(answers.status, at)
}

function buildHeaders(written: HeaderMatchers | undefined, place: Place, context: StepContext): HeaderExpectation[] {
  return Object.entries(written ?? {}).map(([name, matcher]) => {
    const at = place.at(name)
    if (!TOKEN.test(name)) {
      context.problems.add(at.source, at.keySpan, 'E_HEADER_INVALID', `"${name}" is not a header name`)
    }
    return { name, matcher: expected(buildHeader(matcher, at, context), at) }
  })
}

/** Names of parameters are whatever a `fastcgi_param` may be called. */
function buildParams(written: HeaderMatchers | undefined, place: Place, context: StepContext): HeaderExpectation[] {
  return Object.entries(written ?? {}).map(([name, matcher]) => {
    const at = place.at(name)
    return { name, matcher: expected(buildHeader(matcher, at, context), at) }
  })
}

const ABSENT_STANDS_ALONE = 'absent says that there is no line, so it is not one of the lines'
const LITERALLY_ABSENT = 'A line with that text is {matches: ^absent$}.'

function buildHeader(written: WrittenHeaderMatcher, place: Place, context: StepContext): HeaderMatcher {
  if (written === 'absent') return { kind: 'absent' }
  const line = (one: WrittenTextMatcher, at: Place): TextMatcher => {
    if (one === 'absent') context.report(at, 'E_SCENARIO_TYPE', ABSENT_STANDS_ALONE, LITERALLY_ABSENT)
    return buildText(one, at, context, onWire)
  }
  if (isList(written)) return { kind: 'lines', lines: written.map((one, index) => line(one, place.at(index))) }
  if (typeof written === 'object' && written.some !== undefined) {
    return { kind: 'some', line: line(written.some, place.at('some')) }
  }
  return line(written, place)
}

function isList<Item>(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value)
}

function buildBody(written: WrittenBodyMatcher, place: Place, context: StepContext): BodyMatcher {
  if (typeof written !== 'object' || written.json === undefined) return buildText(written, place, context)
  return { kind: 'json', value: written.json }
}

function buildText(
  written: WrittenTextMatcher,
  place: Place,
  context: StepContext,
  encode = (text: string) => text,
): TextMatcher {
  if (typeof written !== 'object') return { kind: 'equals', text: encode(textOf(written, place)) }
  if (written.matches !== undefined) {
    return { kind: 'matches', pattern: buildPattern(written.matches, place.at('matches'), context) }
  }
  return { kind: 'contains', text: encode(textOf(written.contains ?? '', place.at('contains'))) }
}

function take<Value>(value: Value | undefined, place: Place): Expected<Value> | null
function take<Value, Result>(
  value: Value | undefined,
  place: Place,
  build: Build<Value, Result>,
): Expected<Result> | null
function take<Value>(value: Value | undefined, place: Place, build?: Build<Value, unknown>): Expected<unknown> | null {
  if (value === undefined) return null
  return expected(build === undefined ? value : build(value, place), place)
}
