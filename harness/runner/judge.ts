import { headerValues, type RequestMessage, type ResponseMessage } from '../chain/message.ts'
import type { Exchange, Forward, HopName, Trace } from '../chain/trace.ts'
import type { Blame } from '../diagnose/blame.ts'
import type { Span } from '../diagnostics/span.ts'
import type {
  BackendExpectation,
  ExchangeExpectation,
  Expected,
  GatewayExpectation,
  HeaderExpectation,
  NginxExpectation,
} from '../scenario/scenario.ts'
import { type Mismatch, matchBody, matchHeader } from './match-text.ts'
import type { Check } from './result.ts'

/**
 * Holds one exchange against what must hold, in the order of the file format: the client's side, then hop by hop.
 * `blame` and a WebSocket's messages are not in a trace: `judgeBlame` and `judgeList` take them.
 */
export function judge(expect: ExchangeExpectation, trace: Trace): Check[] {
  const { response } = trace
  return [
    ...statusCheck('status', null, expect.status, response),
    ...headerChecks('headers', null, expect.headers, response),
    ...checkOf('body', null, expect.body, (matcher) => matchBody(matcher, response?.body ?? Buffer.alloc(0))),
    ...checkOf('within', null, expect.withinMs, (limitMs) =>
      trace.elapsedMs <= limitMs ? null : mismatch(`at most ${limitMs} ms`, `${Math.round(trace.elapsedMs)} ms`),
    ),
    ...hopChecks('nginx', expect.nginx, trace, nginxChecks),
    ...hopChecks('gateway', expect.gateway, trace, gatewayChecks),
    ...hopChecks('backend', expect.backend, trace, backendChecks),
  ]
}

/** Whether the hop or the Service that is to blame is the one that was expected to be. */
export function judgeBlame(expected: Expected<string>, blame: Blame | null): Check[] {
  return checkOf('blame', null, expected, (name) => {
    if (blame !== null && (blame.hop === name || blame.service === name)) return null
    return mismatch(name, blame === null ? 'nobody: the answer is no error' : `${blame.hop}: ${blame.because}`)
  })
}

/** Whether a list (messages of a WebSocket, stale pins) is exactly the expected one. */
export function judgeList(
  what: string,
  expected: Expected<readonly string[]> | null,
  actual: readonly string[],
): Check[] {
  return checkOf(what, null, expected, (wanted) =>
    wanted.length === actual.length && wanted.every((item, index) => item === actual[index])
      ? null
      : mismatch(JSON.stringify(wanted), JSON.stringify(actual)),
  )
}

type HopExpectation = NginxExpectation | GatewayExpectation | BackendExpectation

/** Whether the hop was reached as it must be; what it did there is only worth judging when it was. */
function hopChecks<Expectation extends HopExpectation>(
  hop: HopName,
  expect: Expectation | null,
  trace: Trace,
  ownChecks: (expect: Expectation, exchange: Exchange) => Check[],
): Check[] {
  if (expect === null) return []
  const exchange = trace.exchanges.findLast((one) => one.hop === hop)
  const reached = exchange !== undefined
  const words = (is: boolean): string => (is ? 'reached' : 'unreached')
  const value = { value: expect.reached, span: expect.span }
  const [check] = checkOf(hop, hop, value, (must) => (must === reached ? null : mismatch(words(must), words(reached))))
  if (check === undefined || exchange === undefined || !expect.reached) return check === undefined ? [] : [check]
  return [
    check,
    ...equalCheck(hop, 'receives', expect.receives, exchange.received.target),
    ...headerChecks(`${hop}.headers`, hop, expect.headers, exchange.received),
    ...ownChecks(expect, exchange),
    ...statusCheck(`${hop}.status`, hop, expect.status, exchange.answered),
  ]
}

function nginxChecks(expect: NginxExpectation, exchange: Exchange): Check[] {
  return [
    ...equalCheck('nginx', 'location', expect.location, exchange.matched ?? 'no location'),
    ...forwardChecks('nginx', expect, exchange),
  ]
}

function gatewayChecks(expect: GatewayExpectation, exchange: Exchange): Check[] {
  const route = expect.route === null ? null : { ...expect.route, value: expect.route.value ?? 'none' }
  return [
    ...equalCheck('gateway', 'route', route, exchange.matched ?? 'none'),
    ...forwardChecks('gateway', expect, exchange),
  ]
}

function backendChecks(expect: BackendExpectation, { service, received }: Exchange): Check[] {
  return [
    ...equalCheck('backend', 'service', expect.service, service ?? 'no Service'),
    ...equalCheck('backend', 'method', expect.method, received.method),
    ...checkOf('backend.body', 'backend', expect.body, (matcher) => matchBody(matcher, received.body)),
  ]
}

/** What a hop sent, and to whom. Of several tries the last one counts: it gave the answer. */
function forwardChecks(hop: HopName, expect: Pick<NginxExpectation, 'sends' | 'to'>, exchange: Exchange): Check[] {
  const forward = exchange.forwards.at(-1)
  return [
    ...equalCheck(hop, 'sends', expect.sends, forward?.request.target ?? 'nothing'),
    ...checkOf(`${hop}.to`, hop, expect.to, (name) =>
      forward !== undefined && namesOf(forward).includes(name)
        ? null
        : mismatch(name, forward === undefined ? 'nobody' : destinationText(forward)),
    ),
  ]
}

function namesOf({ to: { host, address, port, service } }: Forward): (string | null)[] {
  return [service, `${host}:${port}`, `${address}:${port}`]
}

function destinationText({ to: { host, address, port, service } }: Forward): string {
  return `${service ?? 'no Service'} (${address ?? host}:${port})`
}

function statusCheck(
  what: string,
  hop: HopName | null,
  expected: Expected<number | string> | null,
  response: ResponseMessage | null,
): Check[] {
  return checkOf(what, hop, expected, (wanted) => {
    const status = response === null ? 'no answer: the connection was closed' : String(response.status)
    const same = typeof wanted === 'number' ? status === String(wanted) : status[0] === wanted[0] && status.length === 3
    return same ? null : mismatch(String(wanted), status)
  })
}

function headerChecks(
  what: string,
  hop: HopName | null,
  expected: readonly HeaderExpectation[],
  message: RequestMessage | ResponseMessage | null,
): Check[] {
  return expected.flatMap(({ name, matcher }) =>
    checkOf(`${what}.${name}`, hop, matcher, (one) =>
      matchHeader(name, one, headerValues(message?.headers ?? [], name)),
    ),
  )
}

function equalCheck(hop: HopName, field: string, expected: Expected<string> | null, actual: string): Check[] {
  return checkOf(`${hop}.${field}`, hop, expected, (wanted) => (wanted === actual ? null : mismatch(wanted, actual)))
}

/** One check, or none where nothing is expected. */
function checkOf<Value>(
  what: string,
  hop: HopName | null,
  expected: { readonly value: Value; readonly span: Span } | null,
  compare: (wanted: Value) => Mismatch | null,
): Check[] {
  if (expected === null) return []
  const found = compare(expected.value)
  const words = found ?? { expected: '', actual: '', at: null }
  return [{ what, hop, span: expected.span, passed: found === null, ...words }]
}

function mismatch(expected: string, actual: string): Mismatch {
  return { expected, actual, at: null }
}
