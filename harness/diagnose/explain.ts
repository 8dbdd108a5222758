import { type Headers, headerValues, type RequestMessage, type ResponseMessage, utf8Of } from '../chain/message.ts'
import type { Span } from '../diagnostics/span.ts'
import { maskHeaders } from '../secrets/mask.ts'
import type { Outcome } from '../trace/outcome.ts'
import { lastPass } from '../trace/reading.ts'
import { nearMissText, reasonText } from '../trace/reason-text.ts'
import type { DecidedBy, Destination, Exchange, HopName, Pass, Trace, Try } from '../trace/trace.ts'

/** What a line says about its hop. */
export type ExplainLabel =
  | 'sends'
  | 'received'
  | 'led by'
  | 'subrequest'
  | 'matched'
  | 'decided by'
  | 'why'
  | 'near miss'
  | 'header'
  | 'sent'
  | 'came back'
  | 'answered'
  | 'got'

/** One line of an explanation. Texts hold wire bytes as they came: the printer makes them harmless. */
export interface ExplainLine {
  readonly hop: HopName | 'client'
  readonly label: ExplainLabel
  readonly text: string
  /** The line of configuration that it is about. */
  readonly span: Span | null
  /** The header that a `header` line is about, in lower case; null elsewhere. */
  readonly header: string | null
}

/** How much of a body is worth showing on its line, in characters. */
const BODY_EXCERPT = 120

/**
 * A trace told in order: what each hop received, which rule it applied and why, what came near, which headers it changed,
 * what it sent on and what came back. Secret header values are masked.
 */
export function explainTrace(trace: Trace): ExplainLine[] {
  return [
    line('client', 'sends', requestText(trace.request)),
    ...trace.exchanges.flatMap(explainExchange),
    line('client', 'got', `${answerText(trace.response)} in ${Math.round(trace.elapsedMs)} ms`),
  ]
}

function explainExchange(exchange: Exchange): ExplainLine[] {
  const { hop, service, received, passes, answered, origin } = exchange
  const at = hop === 'backend' && service !== null ? ` at ${service}` : ''
  return [
    line(hop, 'received', requestText(received) + at),
    ...passes.flatMap((pass, index) => [
      ...beginning(hop, pass, passes[index - 1]),
      ...explainPass(hop, received.headers, pass),
    ]),
    ...answerHeaderLines(exchange),
    ...(origin === 'self' ? [line(hop, 'answered', `${answerText(answered)}, by itself`)] : []),
  ]
}

/** Headers of a connection, and of its clock: each hop writes its own. */
const OF_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'date'])

/** What the hop did to the headers of the answer, with the line that did it; for an answer of its own, what lines added. */
function answerHeaderLines(exchange: Exchange): ExplainLine[] {
  const { hop, answered, origin, answerHeaders } = exchange
  const spanOf = (name: string): Span | null => answerHeaders.findLast((one) => one.name === name)?.by?.span ?? null
  const before = origin === 'upstream' ? (lastPass(exchange)?.tries.at(-1)?.response?.headers ?? null) : null
  const own = new Set(answerHeaders.flatMap(({ name, kind }) => (kind === 'added' ? [name] : [])))
  const changes =
    before === null
      ? headerChanges(
          [],
          (answered?.headers ?? []).filter(([name]) => own.has(name.toLowerCase())),
        )
      : headerChanges(before, answered?.headers ?? [])
  const withheld = answerHeaders.flatMap(({ name, kind, by, because }) =>
    kind === 'withheld' && because !== null
      ? [headerLine(hop, name, `not added: ${name}: ${reasonText(because)}`, by?.span ?? null)]
      : [],
  )
  const told = changes.filter(({ name }) => !OF_CONNECTION.has(name) || spanOf(name) !== null)
  return [...told.map(({ name, text }) => headerLine(hop, name, text, spanOf(name))), ...withheld]
}

function headerLine(hop: HopName, header: string, text: string, span: Span | null): ExplainLine {
  return { ...line(hop, 'header', text, span), header }
}

/** What led into a pass: the line that begins a subrequest, or that led on from the pass before. */
function beginning(hop: HopName, { ledBy, subrequest }: Pass, before: Pass | undefined): ExplainLine[] {
  const begins = subrequest !== null && subrequest > (before?.subrequest ?? 0)
  if (begins) return [line(hop, 'subrequest', ledBy?.text ?? String(subrequest), ledBy?.span ?? null)]
  return ledBy === null ? [] : [line(hop, 'led by', ledBy.text, ledBy.span)]
}

function explainPass(hop: HopName, received: Headers, pass: Pass): ExplainLine[] {
  const { matched, decidedBy, reasons, nearMisses, tries } = pass
  const { whole } = decidedBy
  return [
    // What decided often is what was matched; then its line says both.
    ...(whole?.text === matchedText(hop, matched) ? [] : [line(hop, 'matched', matchedText(hop, matched))]),
    ...(whole === null ? [] : [line(hop, 'decided by', whole.text, whole.span)]),
    ...reasons.map((reason) => line(hop, 'why', reasonText(reason), reason.span)),
    ...nearMisses.map(({ rule, because }) =>
      line(hop, 'near miss', `${rule.text}: ${nearMissText(because)}`, rule.span),
    ),
    ...tries.flatMap((one) => explainTry(hop, received, one, decidedBy)),
  ]
}

function explainTry(
  hop: HopName,
  received: Headers,
  { to, request, outcome, response }: Try,
  { headers }: DecidedBy,
): ExplainLine[] {
  const spanOf = (name: string): Span | null => headers.find((one) => one.name === name)?.span ?? null
  const back = outcome === 'answered' ? answerText(response) : OUTCOMES[outcome]
  return [
    ...headerChanges(received, request.headers).map(({ name, text }) => headerLine(hop, name, text, spanOf(name))),
    line(hop, 'sent', `${requestText(request)} to ${destinationText(to)}`),
    line(hop, 'came back', back),
  ]
}

/** What became of a try that got no answer. */
export const OUTCOMES: Readonly<Record<Exclude<Outcome, 'answered'>, string>> = {
  refused: 'connection refused: nothing listens there',
  'connect-timeout': 'silence: the connection timed out',
  'tls-failed': 'no TLS: the handshake failed',
  'read-timeout': 'no answer in time',
  reset: 'the connection was closed in the middle',
  unresolved: 'DNS does not know the name',
  invalid: 'bytes that are not HTTP',
  abandoned: 'nothing yet: the client of this hop left',
  'header-too-big': 'an answer with a header larger than proxy_buffer_size',
}

/** Header lines that a hop took away (`-`) and put in (`+`), by name; a changed one is both. */
function headerChanges(before: Headers, after: Headers): { readonly name: string; readonly text: string }[] {
  const names = new Set([...before, ...after].map(([name]) => name.toLowerCase()))
  const [masked, maskedAfter] = [maskHeaders(before), maskHeaders(after)]
  return [...names].flatMap((name) => {
    if (headerValues(before, name).join('\n') === headerValues(after, name).join('\n')) return []
    return [
      ...headerValues(masked, name).map((value) => ({ name, text: `- ${name}: ${value}` })),
      ...headerValues(maskedAfter, name).map((value) => ({ name, text: `+ ${name}: ${value}` })),
    ]
  })
}

/** What a pass matched: a location of nginx, a route of the gateway. */
export function matchedText(hop: HopName, matched: string | null): string {
  const kind = hop === 'nginx' ? 'location' : 'route'
  return matched === null ? `no ${kind}` : `${kind} ${matched}`
}

function requestText({ method, target, httpVersion }: RequestMessage): string {
  return `${method} ${target}${httpVersion === '1.1' ? '' : ` (HTTP/${httpVersion})`}`
}

function destinationText({ host, address, port, service, given }: Destination): string {
  const rewritten = given === undefined ? '' : ` in the file, rewritten to ${given}, which this cluster gave`
  return `${service ?? (host === address ? 'no Service' : host)} (${placeText(address ?? 'no address', port)}${rewritten})`
}

/** A unix domain socket has no port. */
function placeText(address: string, port: number): string {
  return port === 0 ? address : `${address}:${port}`
}

function answerText(response: ResponseMessage | null): string {
  if (response === null) return 'no answer'
  const body = utf8Of(response.body.slice(0, BODY_EXCERPT * 4))
  return `${response.status} ${body.slice(0, BODY_EXCERPT)}${body.length > BODY_EXCERPT ? '…' : ''}`.trimEnd()
}

function line(hop: ExplainLine['hop'], label: ExplainLabel, text: string, span: Span | null = null): ExplainLine {
  return { hop, label, text, span, header: null }
}
