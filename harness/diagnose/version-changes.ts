import { type Headers, headerValue, headerValues, type ResponseMessage } from '../chain/message.ts'
import { exchangeAt, triesOf } from '../trace/reading.ts'
import type { Trace, Try } from '../trace/trace.ts'

/** One thing that nginx does otherwise with a request. `before` and `after` are null where there is nothing. */
export interface VersionChange {
  /** `sent`: in what an upstream receives; `answer`: in what the client gets. */
  readonly where: 'sent' | 'answer'
  readonly what: string
  readonly before: string | null
  readonly after: string | null
}

/** Lines that say which nginx it is, or what time, or that a client of WebSockets draws. */
const UNCOMPARED: ReadonlySet<string> = new Set(['server', 'date', 'sec-websocket-key', 'sec-websocket-accept'])

/** What nginx does otherwise in the second of two traces of one request, as upstreams and the client see it. */
export function versionChanges(before: Trace, after: Trace): readonly VersionChange[] {
  // A request that enters past nginx has nothing to do with its version.
  if ([before, after].every((trace) => exchangeAt(trace, 'nginx') === undefined)) return []
  const [mine, its] = [triesAt(before), triesAt(after)]
  const sent = sentChanges(mine, its)
  const [own, other] = [mine.at(-1)?.response, its.at(-1)?.response]
  // What an upstream answers to the same request, by its clock or by chance, is not nginx's doing.
  const isItsOwn = sent.length === 0 && own && other && own.status === other.status
  return [...sent, ...answerChanges(before, after).filter(({ what }) => !isItsOwn || !isPassedOn(what, own, other))]

  function isPassedOn(what: string, one: ResponseMessage, another: ResponseMessage): boolean {
    if (what === 'body') return before.response?.body === one.body && after.response?.body === another.body
    const isAsAnswered = (trace: Trace, answer: ResponseMessage): boolean =>
      headerValue(trace.response?.headers ?? [], what) === headerValue(answer.headers, what)
    return isAsAnswered(before, one) && isAsAnswered(after, another)
  }
}

function triesAt(trace: Trace): readonly Try[] {
  return triesOf(exchangeAt(trace, 'nginx') ?? { passes: [] })
}

function sentChanges(before: readonly Try[], after: readonly Try[]): VersionChange[] {
  const sent = (what: string, one: string | null, other: string | null): VersionChange[] =>
    change('sent', what, one, other)
  if (before.length !== after.length) {
    return sent(
      'where it goes',
      before.map(placeOf).join(', ') || 'nowhere',
      after.map(placeOf).join(', ') || 'nowhere',
    )
  }
  return before.flatMap((one, index) => {
    const other = after[index]
    if (other === undefined) return []
    return [
      ...sent('where it goes', placeOf(one), placeOf(other)),
      ...sent('method', one.request.method, other.request.method),
      ...sent('target', one.request.target, other.request.target),
      ...sent('HTTP version', one.request.httpVersion, other.request.httpVersion),
      ...headerChanges('sent', one.request.headers, other.request.headers),
      ...sent('body', one.request.body, other.request.body),
    ]
  })
}

function answerChanges({ response: before }: Trace, { response: after }: Trace): VersionChange[] {
  if (before === null || after === null) {
    return change(
      'answer',
      'status',
      before === null ? 'none' : String(before.status),
      after === null ? 'none' : String(after.status),
    )
  }
  const plain = (body: string): string => body.replace(/<center>nginx\/[\d.]+<\/center>/, '<center>nginx</center>')
  return [
    ...change('answer', 'status', String(before.status), String(after.status)),
    ...headerChanges('answer', before.headers, after.headers),
    ...(before.status === after.status ? change('answer', 'body', plain(before.body), plain(after.body)) : []),
  ]
}

function headerChanges(where: VersionChange['where'], before: Headers, after: Headers): VersionChange[] {
  const names = new Set([...before, ...after].map(([name]) => name.toLowerCase()))
  const text = (headers: Headers, name: string): string | null => headerValues(headers, name).join(', ') || null
  // A page of nginx's own is as long as its version's name.
  const compared = [...names].filter(
    (name) => !UNCOMPARED.has(name) && !(where === 'answer' && name === 'content-length'),
  )
  return compared.flatMap((name) => change(where, name, text(before, name), text(after, name)))
}

function change(
  where: VersionChange['where'],
  what: string,
  before: string | null,
  after: string | null,
): VersionChange[] {
  return before === after ? [] : [{ where, what, before, after }]
}

function placeOf({ to }: Try): string {
  return to.service ?? `${to.address ?? to.host}:${to.port}`
}
