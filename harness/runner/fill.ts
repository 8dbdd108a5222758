import { utf8Of } from '../chain/message.ts'
import type { WorldChange } from '../chain/world-change.ts'
import { fillText } from '../scenario/placeholders.ts'
import type {
  BackendExpectation,
  BodyMatcher,
  ExchangeExpectation,
  Expected,
  HeaderExpectation,
  HeaderMatcher,
  HopsExpectation,
  JsonValue,
  StepRequest,
  TextMatcher,
} from '../scenario/scenario.ts'
import type { Captures } from './capture.ts'

type Fill = (text: string) => string

/** A change whose new text may have variables of the environment in it; other names are nginx's own. */
export function fillChange(change: WorldChange, captures: Captures): WorldChange {
  if (change.kind !== 'edit' || captures.size === 0) return change
  const variables = new Map([...textsOf(captures)].filter(([name]) => name.startsWith('env:')))
  const fill = filler(variables)
  const { edit } = change
  return edit.kind === 'whole'
    ? { ...change, edit: { ...edit, text: fill(edit.text) } }
    : { ...change, edit: { ...edit, find: fill(edit.find), with: fill(edit.with) } }
}

/** The messages of a WebSocket, which are text, likewise. */
export function fillMessages(messages: readonly string[], captures: Captures): readonly string[] {
  return messages.map(filler(textsOf(captures)))
}

/** A request with `${name}` replaced by what was captured under that name; names that nothing was captured for stay. */
export function fillRequest(request: StepRequest, captures: Captures): StepRequest {
  if (captures.size === 0) return request
  const fill = filler(captures)
  return {
    ...request,
    url: fill(request.url),
    target: request.target === null ? null : fill(request.target),
    headers: request.headers.map(([name, value]) => [name, fill(value)] as const),
    body: fill(request.body),
  }
}

/** An expectation with `${name}` filled in wherever it says what goes over the wire. */
export function fillExpectation<Expectation extends ExchangeExpectation>(
  expect: Expectation,
  captures: Captures,
): Expectation {
  if (captures.size === 0) return expect
  const fill = filler(captures)
  return {
    ...expect,
    headers: fillHeaders(expect.headers, fill),
    trailers: fillHeaders(expect.trailers, fill),
    body: fillBody(expect.body, captures),
    ...fillHops(expect, captures),
    subrequests: expect.subrequests && {
      ...expect.subrequests,
      value: expect.subrequests.value.map((one) => fillHops(one, captures)),
    },
  }
}

function fillHops({ nginx, gateway, backend }: HopsExpectation, captures: Captures): HopsExpectation {
  const fill = filler(captures)
  return {
    nginx: nginx && { ...fillHop(nginx, captures), sends: fillValue(nginx.sends, fill) },
    gateway: gateway && { ...fillHop(gateway, captures), sends: fillValue(gateway.sends, fill) },
    backend: backend && { ...fillHop(backend, captures), body: fillBody(backend.body, captures) },
  }
}

function filler(captures: ReadonlyMap<string, string>): Fill {
  return (text) => fillText(text, captures)
}

function fillHop<Hop extends Pick<BackendExpectation, 'receives' | 'headers' | 'answers'>>(
  hop: Hop,
  captures: Captures,
): Hop {
  const fill = filler(captures)
  const { headers, body } = hop.answers
  return {
    ...hop,
    receives: fillValue(hop.receives, fill),
    headers: fillHeaders(hop.headers, fill),
    answers: { headers: fillHeaders(headers, fill), body: fillBody(body, captures) },
  }
}

function fillValue(expected: Expected<string> | null, fill: Fill): Expected<string> | null {
  return expected && { ...expected, value: fill(expected.value) }
}

function fillHeaders(headers: readonly HeaderExpectation[], fill: Fill): HeaderExpectation[] {
  return headers.map(({ name, matcher }) => ({
    name,
    matcher: { ...matcher, value: fillHeader(matcher.value, fill) },
  }))
}

function fillHeader(matcher: HeaderMatcher, fill: Fill): HeaderMatcher {
  switch (matcher.kind) {
    case 'absent':
      return matcher
    case 'some':
      return { ...matcher, line: fillMatcher(matcher.line, fill) }
    case 'lines':
      return { ...matcher, lines: matcher.lines.map((line) => fillMatcher(line, fill)) }
    default:
      return fillMatcher(matcher, fill)
  }
}

function fillMatcher(matcher: TextMatcher, fill: Fill): TextMatcher {
  return 'text' in matcher ? { ...matcher, text: fill(matcher.text) } : matcher
}

/** Bodies are compared as text, so what was captured as bytes is text again here. */
function fillBody(expected: Expected<BodyMatcher> | null, captures: Captures): Expected<BodyMatcher> | null {
  if (expected === null) return null
  const fill = filler(textsOf(captures))
  const { value } = expected
  return {
    ...expected,
    value: value.kind === 'json' ? { ...value, value: fillJson(value.value, fill) } : fillMatcher(value, fill),
  }
}

/** What was captured as bytes, as text. */
function textsOf(captures: Captures): ReadonlyMap<string, string> {
  return new Map([...captures].map(([name, bytes]) => [name, utf8Of(bytes)]))
}

function fillJson(value: JsonValue, fill: Fill): JsonValue {
  if (typeof value === 'string') return fill(value)
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map((item) => fillJson(item, fill))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, fill)]))
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}
