import { cgiMessage } from '../../chain/cgi/cgi-message.ts'
import { cgiStatus } from '../../chain/cgi/cgi-response.ts'
import { memcachedMessage } from '../../chain/memcached.ts'
import type { Header, RequestMessage } from '../../chain/message.ts'
import type { Failure, Outcome, TlsFault } from '../../trace/outcome.ts'
import { type LogEntry, readLogEntries } from './log-entries.ts'
import { eventOf, type LogEvent } from './log-events.ts'
import type { Observation, ObservedLocation, ObservedTry, SentHead } from './observation.ts'
import { readSentHead } from './read-sent-head.ts'
import { endsOf, entriesOf } from './request-entries.ts'

/**
 * What nginx's error log at level `debug` says of one request; null where it does not speak of it.
 * @param log the log's bytes as Latin-1; other connections may be in it too
 * @param request what the client sent: its connection is found by the request's `X-Request-ID`, else by its request line
 */
export function readDebugLog(log: string, request: RequestMessage): Observation | null {
  const entries = readLogEntries(log)
  const own = entriesOf(entries, request)
  if (own === null) return null
  const reading = new Reading()
  for (const entry of own) reading.take(entry)
  return { ...reading.result(), ...endsOf(entries, own) }
}

/** The client's request, or a subrequest, while its entries are read. */
interface OpenRequest {
  /** Null as long as no entry has said it. */
  name: string | null
  /** The one that it stems from; null for the client's. */
  readonly parent: OpenRequest | null
  /** The pass that is under way. */
  pass: OpenPass
  /** What it sends next. */
  head: SentHead | null
  /** Whether that has gone to somebody: what is put together from here on is another one. */
  isSent: boolean
  /** Whether the headers that come now are those of an answer by HTTP/2. */
  isAnswered: boolean
  fate: 'begun' | 'running' | 'over'
}

/** A pass while its entries are read. */
interface OpenPass {
  readonly subrequest: number | null
  location: ObservedLocation | null
  readonly tries: OpenTry[]
}

/** A try while its entries are read. */
interface OpenTry {
  to: ObservedTry['to']
  head: SentHead | null
  outcome: Outcome | null
  isSent: boolean
  fault: TlsFault | null
  isRaw: boolean
  status: number | null
  headers: Header[]
  cut: Header[]
  /** What it was before another head was read, which may be one that the cache had. */
  before: Partial<OpenTry> | null
}

/** Reads a request's entries one after the other. Those of its subrequests stand between them. */
class Reading {
  readonly #notes: string[] = []
  #triedFile: string | null = null
  #missingFile: string | null = null
  readonly #passes: OpenPass[] = []
  /** The client's request, and its subrequests in the order in which they began. */
  readonly #requests: OpenRequest[]
  /** The one that the entries are about. */
  #request: OpenRequest
  #tested: { name: string; isRegex: boolean }[] = []
  /** Whether an upstream's answer goes on to the client. */
  #passedOn = false
  /** The try that the client's request made last, in whatever pass. */
  #latest: OpenTry | null = null
  #serverName: string | null = null

  constructor() {
    this.#request = {
      name: null,
      parent: null,
      pass: this.#addPass(null, null),
      head: null,
      isSent: false,
      isAnswered: false,
      fate: 'running',
    }
    this.#requests = [this.#request]
  }

  take(entry: LogEntry): void {
    this.#note(entry)
    const event = eventOf(entry)
    if (event !== null) this.#apply(event)
  }

  result(): Omit<Observation, 'client' | 'server'> {
    return {
      passes: this.#passes.map(({ location, subrequest, tries }) => ({
        location,
        subrequest,
        // What became of a try in the background is not known where nobody waited for it.
        tries: tries.map((one) =>
          observedTry(one, this.#passedOn && one === this.#latest, subrequest === null ? 'reset' : 'abandoned'),
        ),
      })),
      passedOn: this.#passedOn,
      notes: this.#notes,
      missingFile: this.#missingFile,
      serverName: this.#serverName,
    }
  }

  #apply(event: LogEvent): void {
    const last = this.#pass.tries.at(-1)
    switch (event.kind) {
      case 'tested':
        this.#tested.push(event)
        break
      case 'chosen':
        this.#choose(kindOf(event, this.#tested), event.name)
        break
      case 'named':
        this.#choose('named', event.name)
        break
      case 'redirected':
        this.#replacePass(null)
        break
      case 'subrequest':
        this.#requests.push({
          name: event.name,
          parent: this.#request,
          pass: this.#addPass(null, this.#requests.length),
          head: null,
          isSent: false,
          isAnswered: false,
          fate: 'begun',
        })
        break
      case 'goes-on':
        this.#request = this.#named(event.name, event.mayBegin)
        if (this.#request.fate === 'begun') this.#request.fate = 'running'
        break
      case 'pauses':
        this.#request.name = event.name
        if (event.isOver && this.#request.parent !== null) this.#request.fate = 'over'
        break
      case 'wakes':
        if (this.#request.parent !== null) this.#request.parent.name = event.name
        break
      case 'made':
        this.#request.head = readSentHead(event.head)
        break
      case 'asks-memcached': {
        const { body: _, ...head } = memcachedMessage(event.key)
        this.#request.head = { ...head, isWhole: true }
        break
      }
      case 'memcached-answered':
        if (last === undefined) break
        Object.assign(last, {
          outcome: 'answered',
          status: event.lengthBytes === null ? 404 : 200,
          headers: event.lengthBytes === null ? [] : [['Content-Length', event.lengthBytes]],
          cut: [],
        })
        this.#notePassedOn(event.lengthBytes !== null)
        break
      case 'param':
        takeParam(this.#request, event)
        break
      case 'grpc':
        this.#takeGrpc(event, last)
        break
      case 'connects':
        this.#try({ address: event.address, port: event.port })
        break
      case 'reuses':
        this.#try(null)
        break
      case 'failed':
        if (last !== undefined) last.outcome = this.#outcomeOf(event.outcome, last)
        break
      case 'sent':
        if (last !== undefined) last.isSent = true
        break
      case 'handshake-failed':
        if (last !== undefined) Object.assign(last, { outcome: 'tls-failed', fault: event.fault })
        break
      case 'raw':
        if (last !== undefined) Object.assign(last, { outcome: 'invalid', isRaw: true })
        break
      case 'status':
        if (last === undefined) break
        if (last.outcome !== null) last.before = { ...last }
        Object.assign(last, { status: event.status, headers: [], cut: [] })
        break
      case 'header':
        // Before the status, it is a header of the client's that goes on.
        if (last !== undefined && (event.isCgi || last.status !== null) && last.outcome === null)
          takeHeader(last, event)
        break
      case 'answered':
        if (last !== undefined)
          Object.assign(last, { outcome: 'answered', status: last.status ?? cgiStatus(last.headers) })
        this.#notePassedOn(true)
        break
      case 'from-cache':
        if (last !== undefined) Object.assign(last, last.before)
        this.#notePassedOn(false)
        break
      case 'slice-refused':
        this.#passedOn = false
        break
      case 'own-answer':
        this.#notePassedOn(false)
        break
    }
  }

  /** The lines of a request and those of its answer look alike: where they begin tells them apart. */
  #takeGrpc(event: Extract<LogEvent, { kind: 'grpc' }>, last: OpenTry | undefined): void {
    const request = this.#request
    if (event.name === ':method') {
      request.isAnswered = false
      request.head = { method: event.value, target: '', httpVersion: '2.0', headers: [], isWhole: true }
    } else if (event.name === ':status') {
      request.isAnswered = true
      this.#apply({ kind: 'status', status: Number(event.value) })
    } else if (!request.isAnswered) takeGrpcLine(request, event)
    else if (last !== undefined && last.outcome === null) takeHeader(last, event)
  }

  get #pass(): OpenPass {
    return this.#request.pass
  }

  /** Of several requests on a connection the entry may say what another one was doing. */
  #outcomeOf(outcome: Failure, { isSent }: OpenTry): Failure {
    if (this.#requests.length === 1 || (outcome !== 'read-timeout' && outcome !== 'connect-timeout')) return outcome
    return isSent ? 'read-timeout' : 'connect-timeout'
  }

  /** What a subrequest gets goes to nobody. */
  #notePassedOn(isPassedOn: boolean): void {
    if (this.#request.parent === null) this.#passedOn = isPassedOn
  }

  /** The request of a name that is not over; where several have it, the one that begins, then the one that the entries are about. */
  #named(name: string, mayBegin: boolean): OpenRequest {
    const open = this.#requests.filter((one) => one.name === name && one.fate !== 'over')
    const begins = mayBegin ? open.find(({ fate }) => fate === 'begun') : undefined
    if (begins !== undefined) return begins
    if (open.includes(this.#request)) return this.#request
    // Of the client's request alone no entry may have said it yet.
    return open[0] ?? this.#requests.find((one) => one.name === null) ?? this.#request
  }

  /** A location that is chosen while there is one already begins another pass: a rewrite did that. */
  #choose(kind: ObservedLocation['kind'], name: string): void {
    const location = { kind, name, tested: new Set(this.#tested.map((one) => one.name)) }
    if (this.#pass.location === null) this.#pass.location = location
    else this.#replacePass(location)
    this.#tested = []
    this.#notePassedOn(false)
  }

  #replacePass(location: ObservedLocation | null): void {
    this.#request.pass = this.#addPass(location, this.#pass.subrequest)
    this.#tested = []
    this.#notePassedOn(false)
  }

  #addPass(location: ObservedLocation | null, subrequest: number | null): OpenPass {
    const pass: OpenPass = { location, subrequest, tries: [] }
    this.#passes.push(pass)
    return pass
  }

  /** A kept connection that turns out to be closed is replaced by a new one to the same peer: that is no try of its own. */
  #try(to: ObservedTry['to']): void {
    const { tries } = this.#pass
    const last = tries.at(-1)
    if (last?.to === null && last.outcome === 'reset') tries.pop()
    const made: OpenTry = {
      to,
      head: this.#request.head,
      outcome: null,
      isSent: false,
      fault: null,
      isRaw: false,
      status: null,
      headers: [],
      cut: [],
      before: null,
    }
    tries.push(made)
    this.#request.isSent = true
    if (this.#request.parent === null) this.#latest = made
    this.#notePassedOn(false)
  }

  /** Keeps what people would look for in the log: everything above `debug`, and which location was chosen. */
  #note({ level, text }: LogEntry): void {
    if (level === 'debug') {
      if (/^(?:using |internal redirect: )/.test(text)) this.#notes.push(text)
      this.#triedFile = /^trying to use (?:file|dir): "[^"]*" "([^"]*)"$/.exec(text)?.[1] ?? this.#triedFile
      return
    }
    // Of the connection, when the request is over.
    if (/^client \S+ closed keepalive connection/.test(text)) return
    const [note = '', server] = text.split(/, client: .*?, server: /s, 2)
    this.#notes.push(note)
    this.#missingFile = missingFile(note, this.#triedFile) ?? this.#missingFile
    if (server !== undefined) this.#serverName = server.split(', ', 1)[0] ?? null
  }
}

/** What is in this folder of Debian's nginx, every Debian has. */
const DEBIANS_OWN = '/usr/share/nginx/'

/**
 * The file that an entry says is not there.
 * @param tried what `try_files` looked for last: where it leads to itself for ever, that file is not there either
 */
function missingFile(note: string, tried: string | null): string | null {
  const [, path = null] = /^(?:open\(\) )?"([^"]*)" (?:failed|is not found) \(2: /.exec(note) ?? []
  const missing = path ?? (note.startsWith('rewrite or internal redirection cycle') ? tried : null)
  return missing?.startsWith(DEBIANS_OWN) === true ? null : missing
}

/** One more parameter of what a request sends next. Over SCGI, the length that nginx tells by itself is not in the log. */
function takeParam(
  request: OpenRequest,
  { protocol, name, value, isWhole }: Extract<LogEvent, { kind: 'param' }>,
): void {
  const before = request.isSent ? null : request.head
  const params: Header[] = [...(before?.cgi?.params ?? []), [name, value]]
  const { body: _, ...head } = cgiMessage({ protocol, params }, '')
  request.head = { ...head, isWhole: isWhole && protocol !== 'scgi' && (before?.cgi === undefined || before.isWhole) }
  request.isSent = false
}

/** One more line of a head of HTTP/2. */
function takeGrpcLine(request: OpenRequest, { name, value, isWhole }: Extract<LogEvent, { kind: 'grpc' }>): void {
  const { head } = request
  if (head === null || name === ':scheme') return
  if (name === ':path') request.head = { ...head, target: value, isWhole: head.isWhole && isWhole }
  else {
    const line: Header = [name === ':authority' ? 'host' : name, value]
    request.head = { ...head, headers: [...head.headers, line], isWhole: head.isWhole && isWhole }
  }
}

function takeHeader(
  last: OpenTry,
  { name, value, isWhole }: Pick<Extract<LogEvent, { kind: 'header' }>, 'name' | 'value' | 'isWhole'>,
): void {
  const line = [name, value] as const
  last.headers.push(line)
  if (!isWhole) last.cut.push(line)
}

/** @param otherwise the outcome where no entry says one */
function observedTry(one: OpenTry, isPassedOn: boolean, otherwise: Outcome): ObservedTry {
  const { to, head, outcome, fault, isRaw, status, headers, cut } = one
  const answer = outcome === 'answered' && status !== null ? { status, headers, cut } : null
  return { to, head, outcome: outcome ?? otherwise, fault, isRaw, isPassedOn, answer }
}

function kindOf(
  { name, isExact }: { name: string; isExact: boolean },
  tested: readonly { name: string; isRegex: boolean }[],
): ObservedLocation['kind'] {
  if (isExact) return 'exact'
  if (name === '') return 'server'
  return tested.some((one) => one.isRegex && one.name === name) ? 'regex' : 'prefix'
}
