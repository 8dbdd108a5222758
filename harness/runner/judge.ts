import { headerOfParam } from '../chain/cgi/cgi-message.ts'
import { type Headers, headerValues, type RequestMessage, type ResponseMessage } from '../chain/message.ts'
import type { Blame } from '../diagnose/blame.ts'
import type { Span } from '../diagnostics/span.ts'
import type { CheckName } from '../scenario/check-name.ts'
import { PatternBudgetError } from '../scenario/pattern.ts'
import type {
  ExchangeExpectation,
  Expected,
  HeaderExpectation,
  HopsExpectation,
  NginxExpectation,
} from '../scenario/scenario.ts'
import type { Exchange, HopName, Pass, Trace, Try } from '../trace/trace.ts'
import { type AskedPass, askedBy, subrequestsIn } from './asked.ts'
import { matchHeader } from './match-header.ts'
import { type Mismatch, matchBody } from './match-text.ts'
import type { Check } from './result.ts'

/**
 * Holds one exchange against what must hold, in the order of the file format: the client's side, then hop by hop.
 * `blame` and a WebSocket's messages are not in a trace: `judgeBlame` and `judgeList` take them.
 */
export function judge(expect: ExchangeExpectation, trace: Trace): Check[] {
  const { response, elapsedMs } = trace
  const client = new Judge(null, null)
  client.status('status', expect.status, response)
  client.headers('headers', expect.headers, response?.headers ?? [])
  client.headers('trailers', expect.trailers, response?.trailers ?? [])
  client.check('body', expect.body, (matcher) => matchBody(matcher, response?.body ?? ''))
  client.check('within', expect.withinMs, (limitMs) =>
    elapsedMs <= limitMs ? null : mismatch(`at most ${limitMs} ms`, `${Math.round(elapsedMs)} ms`),
  )
  const { checks } = client
  judgeHops(expect, trace, null, checks)
  const count = subrequestsIn(trace)
  client.check('subrequests', expect.subrequests, ({ length }) =>
    length === count ? null : mismatch(String(length), String(count)),
  )
  const subrequests = expect.subrequests?.value.slice(0, count) ?? []
  for (const [index, hops] of subrequests.entries()) judgeHops(hops, trace, index + 1, checks)
  return checks
}

function judgeHops(expect: HopsExpectation, trace: Trace, subrequest: number | null, checks: Check[]): void {
  const asked = askedBy(expect, trace, subrequest)
  const seenAt = (hop: HopName): Seen => seenOf(trace, asked[hop])
  judgeHop('nginx', expect.nginx, asked.nginx, seenAt('nginx'), checks, (judge, nginx, _, pass) => {
    judge.check('nginx.pass', nginx.pass, (wanted) =>
      pass === undefined ? mismatch(String(wanted), countText(asked.nginx?.exchange, subrequest)) : null,
    )
    judge.equal('nginx.location', nginx.location, pass?.matched ?? 'no location')
    judge.sent('nginx', nginx, pass)
    const tries = pass?.tries.length ?? 0
    judge.check('nginx.tries', nginx.tries, (count) => (count === tries ? null : mismatch(`${count}`, `${tries}`)))
  })
  judgeHop('gateway', expect.gateway, asked.gateway, seenAt('gateway'), checks, (judge, gateway, _, pass) => {
    const { route } = gateway
    judge.equal('gateway.route', route && { ...route, value: route.value ?? 'none' }, pass?.matched ?? 'none')
    judge.sent('gateway', gateway, pass)
  })
  judgeHop('backend', expect.backend, asked.backend, seenAt('backend'), checks, (judge, backend, exchange) => {
    const { service, received } = exchange
    judge.equal('backend.service', backend.service, service ?? 'no Service')
    judge.equal('backend.method', backend.method, received.method)
    judge.params(backend.params, received)
    judge.check('backend.body', backend.body, (matcher) => matchBody(matcher, received.body))
  })
}

/** Whether the hop or the Service that is to blame is the one that was expected to be. */
export function judgeBlame(expected: Expected<string>, blame: Blame | null): Check[] {
  const client = new Judge(null, null)
  client.check('blame', expected, (name) => {
    if (blame !== null && (blame.hop === name || blame.service === name)) return null
    return mismatch(name, blame === null ? 'nobody: the answer is no error' : `${blame.hop}: ${blame.because}`)
  })
  return client.checks
}

/** Whether a list (messages of a WebSocket, stale pins) is exactly the expected one. */
export function judgeList(
  what: 'messages' | 'drift.stale',
  expected: Expected<readonly string[]> | null,
  actual: readonly string[],
): Check[] {
  const client = new Judge(null, null)
  client.check(what, expected, (wanted) =>
    wanted.length === actual.length && wanted.every((item, index) => item === actual[index])
      ? null
      : mismatch(JSON.stringify(wanted), JSON.stringify(actual)),
  )
  return client.checks
}

/** Whether the hop was reached as it must be; what it did there is only worth judging when it was. */
function judgeHop<Expectation extends HopExpectation>(
  hop: HopName,
  expect: Expectation | null,
  asked: AskedPass | undefined,
  seen: Seen,
  checks: Check[],
  judgeOwn: (judge: Judge, expect: Expectation, exchange: Exchange, pass: Pass | undefined) => void,
): void {
  if (expect === null) return
  const exchange = asked?.exchange
  const words = (reached: boolean): string => (reached ? 'reached' : 'unreached')
  const actual = words(exchange !== undefined)
  const judge = new Judge(hop, seen, checks)
  judge.check(hop, { value: words(expect.reached), span: expect.span }, (wanted) =>
    wanted === actual ? null : mismatch(wanted, actual),
  )
  if (exchange === undefined || !expect.reached) return
  judge.equal(`${hop}.receives`, expect.receives, exchange.received.target)
  judge.equal(`${hop}.httpVersion`, expect.httpVersion, exchange.received.httpVersion)
  judge.headers(`${hop}.headers`, expect.headers, exchange.received.headers)
  judgeOwn(judge, expect, exchange, asked && exchange.passes[asked.pass])
  judge.status(`${hop}.status`, expect.status, exchange.answered)
  judge.headers(`${hop}.answers.headers`, expect.answers.headers, exchange.answered?.headers ?? [])
  judge.check(`${hop}.answers.body`, expect.answers.body, (matcher) =>
    matchBody(matcher, exchange.answered?.body ?? ''),
  )
}

/** What the expectations on the three hops have in common. */
type HopExpectation = Omit<NginxExpectation, 'pass' | 'location' | 'sends' | 'to' | 'tries'>

/** Where a check looked: indexes of an exchange and of its pass; null for the client's side, and a hop that was not reached. */
type Seen = Check['seen']

function seenOf(trace: Trace, asked: AskedPass | undefined): Seen {
  return asked === undefined ? null : { exchange: trace.exchanges.indexOf(asked.exchange), pass: asked.pass }
}

/** Collects the checks of one hop, or of the client (null). An expectation that is null leaves no check. */
class Judge {
  readonly checks: Check[]
  readonly #hop: HopName | null
  readonly #seen: Seen

  constructor(hop: HopName | null, seen: Seen, checks: Check[] = []) {
    this.#hop = hop
    this.#seen = seen
    this.checks = checks
  }

  check<Value>(
    what: CheckName,
    expected: { readonly value: Value; readonly span: Span } | null,
    compare: (wanted: Value) => Mismatch | null,
  ): void {
    if (expected === null) return
    const found = withinBudget(() => compare(expected.value)) ?? NO_MISMATCH
    const passed = found === NO_MISMATCH
    this.checks.push({ what, hop: this.#hop, seen: this.#seen, span: expected.span, passed, ...found })
  }

  equal(what: CheckName, expected: Expected<string> | null, actual: string): void {
    this.check(what, expected, (wanted) => (wanted === actual ? null : mismatch(wanted, actual)))
  }

  status(
    what: 'status' | `${HopName}.status`,
    expected: Expected<number | string> | null,
    response: ResponseMessage | null,
  ): void {
    this.check(what, expected, (wanted) => {
      if (response === null) return mismatch(String(wanted), 'no answer: the connection was closed')
      const { status } = response
      const same = typeof wanted === 'number' ? status === wanted : `${Math.floor(status / 100)}xx` === wanted
      return same ? null : mismatch(String(wanted), String(status))
    })
  }

  headers(
    what: 'headers' | 'trailers' | `${HopName}.headers` | `${HopName}.answers.headers`,
    expected: readonly HeaderExpectation[],
    lines: Headers,
  ): void {
    for (const { name, matcher } of expected) {
      this.check(`${what}.${name}`, matcher, (one) => matchHeader(name, one, headerValues(lines, name)))
    }
  }

  params(expected: readonly HeaderExpectation[], { cgi }: RequestMessage): void {
    for (const { name, matcher } of expected) {
      const values = (cgi?.params ?? []).filter(([key]) => key === name).map(([, value]) => value)
      this.check(`backend.params.${name}`, matcher, (one) => matchHeader(headerOfParam(name), one, values))
    }
  }

  /** What a pass sent, and where. Of several tries the last one counts: it gave the answer. */
  sent(hop: 'nginx' | 'gateway', expect: Pick<NginxExpectation, 'sends' | 'to'>, pass: Pass | undefined): void {
    const last = pass?.tries.at(-1)
    this.equal(`${hop}.sends`, expect.sends, last?.request.target ?? 'nothing')
    this.check(`${hop}.to`, expect.to, (name) => {
      if (last === undefined) return mismatch(name, 'nobody')
      return namesOf(last).includes(name) ? null : mismatch(name, destinationText(last))
    })
  }
}

/** A pattern that takes too long is what is wrong with its expectation. */
function withinBudget(compare: () => Mismatch | null): Mismatch | null {
  try {
    return compare()
  } catch (error) {
    if (!(error instanceof PatternBudgetError)) throw error
    return mismatch('a pattern that comes to an end', error.message)
  }
}

function countText(nginx: Exchange | undefined, subrequest: number | null): string {
  const count = (nginx?.passes ?? []).filter((pass) => pass.subrequest === subrequest).length
  return count === 1 ? '1 pass' : `${count} passes`
}

const NO_MISMATCH: Mismatch = { expected: '', actual: '', at: null }

function namesOf({ to: { host, address, port, service } }: Try): (string | null)[] {
  return [service, `${host}:${port}`, `${address}:${port}`]
}

function destinationText({ to: { host, address, port, service } }: Try): string {
  return `${service ?? 'no Service'} (${address ?? host}${port === 0 ? '' : `:${port}`})`
}

function mismatch(expected: string, actual: string): Mismatch {
  return { expected, actual, at: null }
}
