import { isUtf8 } from 'node:buffer'
import { decodedBody } from '../chain/content-coding.ts'
import {
  type Bytes,
  bufferOf,
  type CgiRequest,
  type Header,
  type RequestMessage,
  type ResponseMessage,
} from '../chain/message.ts'
import { withOneBoundary } from '../chain/multipart-ranges.ts'
import { withoutCounts } from '../chain/stub-status.ts'
import { formatSpan } from '../diagnostics/span.ts'
import { lastPass } from '../trace/reading.ts'
import type { Exchange, Pass, Trace, Try } from '../trace/trace.ts'
import { comparedHeaders, type HeaderSide, valuesByName } from './compare-traces-headers.ts'

/**
 * One thing that must be the same in two traces. `read` gives it as text, or several texts by name (a header each), as they
 * are compared.
 */
export interface Field<Of> {
  /** Its path: `received.target`; of several texts each has its name behind that. */
  readonly name: string
  readonly because: string
  readonly read: (of: Of, trace: Trace) => string | ReadonlyMap<string, string>
}

/** A response, and who made it. */
interface Answer {
  readonly response: ResponseMessage | null
  readonly side: HeaderSide
}

/** A request as it stood on the wire: the model of nginx claims it byte for byte. */
const REQUEST: readonly Field<RequestMessage>[] = [
  { name: 'method', because: 'a hop may change it', read: ({ method }) => method },
  { name: 'target', because: 'routing is what becomes of it, byte for byte', read: ({ target }) => target },
  { name: 'httpVersion', because: 'a hop speaks its own', read: ({ httpVersion }) => `HTTP/${httpVersion}` },
  {
    name: 'headers',
    because: 'each by its name, `Connection` and framing with them: hops set, drop and pass them on by rule',
    read: ({ headers }) => valuesByName(comparedHeaders(headers, 'request')),
  },
  {
    name: 'header lines',
    because: 'their order and the case of their names: the model claims what stands on the wire',
    read: ({ headers }) =>
      comparedHeaders(headers, 'request')
        .map(([name]) => `${name}\n`)
        .join(''),
  },
  {
    name: 'params',
    because:
      'what FastCGI, SCGI and uwsgi tell an application; in SERVER_SOFTWARE, the version of nginx is that of the environment',
    read: ({ cgi }) => new Map(cgi === undefined ? [] : paramValues(cgi)),
  },
  { name: 'body', because: 'it has to arrive whole', read: ({ body }) => bodyText(body) },
]

function paramValues({ protocol, params }: CgiRequest): [string, string][] {
  const shown = params.map(
    ([name, value]): Header =>
      name === 'SERVER_SOFTWARE' ? [name, value.replace(/^nginx\/[\d.]+/, 'nginx/<version>')] : [name, value],
  )
  const named = Map.groupBy(shown, ([name]) => name)
  return [
    ['', protocol],
    ...[...named].map(([name, lines]): [string, string] => [name, lines.map(([, value]) => value).join('\n')]),
  ]
}

/** A response as it was read. The order of its header lines means nothing to anybody (RFC 9110 section 5.3). */
const RESPONSE: readonly Field<Answer>[] = [
  {
    name: 'status',
    because: 'with whether there was an answer at all',
    read: ({ response }) => (response === null ? 'no answer' : String(response.status)),
  },
  {
    name: 'headers',
    because: 'each by its name; their order means nothing (RFC 9110 section 5.3)',
    read: ({ response, side }) =>
      valuesByName(comparedHeaders(response === null ? [] : withoutAccidents(response).headers, side)),
  },
  {
    name: 'body',
    because:
      'what its codings decode to: two programs that pack the same bytes write different ones (RFC 9110 section 8.4)',
    read: ({ response }) => answerText(response),
  },
]

/** What a hop got and what it made of that. */
export const DECISION: readonly Field<Exchange>[] = [
  { name: 'service', because: 'whose pod it is', read: ({ service }) => service ?? 'none' },
  ...under('received', REQUEST, ({ received }: Exchange) => received),
]

/** What was decided in one pass. */
export const PASS: readonly Field<Pass>[] = [
  {
    name: 'subrequest',
    because: 'which request inside nginx it is a pass of',
    read: ({ subrequest }) => (subrequest === null ? 'none' : String(subrequest)),
  },
  { name: 'matched', because: 'the location or the route', read: ({ matched }) => matched ?? 'none' },
  {
    name: 'decidedBy.whole',
    because: 'the line that decided: its text, and where it begins; its length follows from the text',
    read: ({ decidedBy: { whole } }) =>
      whole === null ? 'none' : `${whole.text}${whole.span ? `  ${formatSpan(whole.span)}` : ''}`,
  },
]

/** One try of a pass to send the request on. */
export const TRY: readonly Field<Try>[] = [
  { name: 'to.service', because: 'who had that address at that moment', read: ({ to }) => to.service ?? 'none' },
  {
    name: 'to.address',
    because:
      'one that is or was the ClusterIP of a Service counts as the first, second … one of that Service; ::1 and 127.0.0.1 are both ' +
      'the own host, and whether it has IPv6 is its affair',
    read: ({ to }) => (to.address === '::1' ? '127.0.0.1' : (to.address ?? 'none')),
  },
  { name: 'to.port', because: 'a wrong one leads nowhere', read: ({ to }) => String(to.port) },
  ...under('request', REQUEST, ({ request }: Try) => request),
  { name: 'outcome', because: 'answered, refused, silence: what the hop had to go on', read: ({ outcome }) => outcome },
]

/** What came back to a hop from one try. */
export const COMING_BACK: readonly Field<Try>[] = under('response', RESPONSE, ({ response }: Try) => ({
  response,
  side: 'response' as const,
})).map((field) => (field.name === 'response.body' ? { ...field, read: bodyPassedOn } : field))

/** What a hop answered. */
export const ANSWER: readonly Field<Exchange>[] = [
  {
    name: 'origin',
    because: 'whether the hop made the answer or passed it on',
    read: ({ origin }: Exchange) => origin,
  },
  ...under('answered', RESPONSE, (exchange: Exchange) => ({ response: exchange.answered, side: sideOf(exchange) })),
].map((field) => (field.name === 'answered.body' ? { ...field, read: bodyAnswered } : field))

/** What the client sent, before any hop. */
export const CLIENT_REQUEST: readonly Field<Trace>[] = under('request', REQUEST, ({ request }: Trace) => request)

/** What the client got. */
export const CLIENT_RESPONSE: readonly Field<Trace>[] = under(
  'response',
  RESPONSE,
  ({ response, exchanges }: Trace) => ({
    response,
    side: exchanges[0] === undefined ? ('response' as const) : sideOf(exchanges[0]),
  }),
)

/** What two traces may differ in and still agree, apart from headers. */
export const NOT_COMPARED: readonly Pick<Field<Trace>, 'name' | 'because'>[] = [
  { name: 'requestId', because: 'it is chance' },
  {
    name: '$request_id, $remote_port, an id that the gateway made',
    because:
      'they are chance, wherever they stand: that it is one is compared; an id that the scenario gives is compared',
  },
  { name: 'the numbers of stub_status', because: 'who else asked nginx decides them' },
  { name: 'elapsedMs', because: 'it is time; a step that says `within` is judged in each environment' },
  { name: 'reasons, nearMisses', because: 'they explain what was decided, and that is compared' },
  {
    name: 'decidedBy, but for whole; ledBy; tries[].by; answerHeaders',
    because: 'no log of nginx says it, so the model names these lines in every environment',
  },
  { name: 'tries[].to.given', because: 'it is what one cluster gave in place of the address in the file' },
  { name: 'tries[].to.host', because: 'it is what the file says, and the rule and the address are compared' },
  {
    name: 'tries[].response.body where the hop answered something else',
    because: 'no log of nginx has the bytes that it threw away; what a backend answered is compared at the backend',
  },
  { name: 'decidedBy.whole.span.length', because: 'an address that is written into the file again may be longer' },
]

function bodyPassedOn(one: Try, { exchanges }: Trace): string {
  const isPassedOn = exchanges.some(
    (exchange) => exchange.origin === 'upstream' && lastPass(exchange)?.tries.at(-1) === one,
  )
  return isPassedOn ? answerText(one.response) : ''
}

/** A gateway's answer that nginx threw away is known by its head alone. */
function bodyAnswered(exchange: Exchange, { exchanges }: Trace): string {
  const { hop, answered, reachedBy } = exchange
  const from = reachedBy === null ? undefined : exchanges[reachedBy.exchange]
  const led = reachedBy === null ? undefined : from?.passes[reachedBy.pass]
  const isPassedOn = from === undefined || (from.origin === 'upstream' && led === lastPass(from))
  return hop === 'gateway' && !isPassedOn ? '' : answerText(answered)
}

/** Fields of a part, as fields of the whole. */
function under<Whole, Part>(
  name: string,
  fields: readonly Field<Part>[],
  part: (whole: Whole) => Part,
): readonly Field<Whole>[] {
  return fields.map((field) => ({
    name: `${name}.${field.name}`,
    because: field.because,
    read: (whole, trace) => field.read(part(whole), trace),
  }))
}

function sideOf({ hop, origin }: Exchange): HeaderSide {
  return hop === 'nginx' && origin === 'self' ? 'response of nginx itself' : 'response'
}

function answerText(response: ResponseMessage | null): string {
  return response === null ? '' : bodyText(decodedBody(withoutAccidents(response)))
}

/** Bytes as text that is the same for the same bytes only. */
function bodyText(bytes: Bytes): string {
  const body = bufferOf(bytes)
  return isUtf8(body) ? body.toString('utf8') : `base64 ${body.toString('base64')}`
}

/** An answer without what hangs on who else asked. */
function withoutAccidents(response: ResponseMessage): ResponseMessage {
  return withOneBoundary(withoutCounts(response))
}
