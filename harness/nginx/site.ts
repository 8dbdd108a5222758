import type { ProxiedEnds, TlsHello } from '../chain/client-request.ts'
import type { Bytes, RequestMessage, ResponseMessage } from '../chain/message.ts'
import type { Pin } from '../chain/service.ts'
import type { Span } from '../diagnostics/span.ts'
import type { Failure, TlsFault } from '../trace/outcome.ts'
import type { HeaderChange, NearMiss, Pass, Rule } from '../trace/trace.ts'

/** What the model needs from outside itself. */
export interface SiteWorld {
  /** Addresses of a name that stands in the file, as the host of nginx finds them when the file is loaded; empty where there are none. */
  resolve(host: string): readonly string[]
  /**
   * What a name server answers a `resolver` line that asks for exactly this name: its addresses, empty where there is no such
   * name; null where nobody answers. Without it nobody does.
   */
  query?(server: NameServerAddress, name: string): readonly string[] | null
  /** Milliseconds on the world's clock, for `fail_timeout`; without it no time passes. */
  nowMs?(): number
  /** Milliseconds since 1970, for `expires`; without it this machine's clock. */
  dateMs?(): number
  /**
   * What nginx finds at an absolute path (bytes as Latin-1; it may hold `..`), links followed; null where there is nothing.
   * Without it nothing is known of files: a request that comes to a `root` or an `alias` is refused.
   */
  file?(path: string): FileEntry | null
  /** What nginx keeps over a reload; without it a site begins with nothing. */
  readonly kept?: KeptByNginx
}

/** Stands for what an nginx keeps over a reload, the files of its caches and what its zones have counted: a world has one for each nginx. */
export class KeptByNginx {}

/** Where a `resolver` line sends its questions. */
export interface NameServerAddress {
  readonly address: string
  readonly port: number
}

/** A file or a folder that nginx can read. `modifiedMs` is counted from 1970. Without `isExecutable` nobody knows whether its owner may execute it. */
export type FileEntry =
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly modifiedMs: number; readonly isExecutable?: boolean }
  | { readonly kind: 'directory'; readonly isExecutable?: boolean }

/** A request and the connection it came over. */
export interface NginxRequest {
  /** As it stands on the wire: its body is chunked where the head says so, and may be another length than announced. */
  readonly request: RequestMessage
  readonly client: { readonly address: string; readonly port: number }
  /** The address and port it was accepted on: servers are chosen among those that listen there. */
  readonly server: { readonly address: string; readonly port: number }
  /** What the client asked for in its TLS handshake; left out where it speaks no TLS. */
  readonly tls?: TlsHello
  /** Left out where it is no real one: then a request that asks for it is refused. */
  readonly connection?: Connection
  /** What a header of the PROXY protocol says that came before the request; null and nothing where none came, or where it says nothing. */
  readonly proxied?: ProxiedEnds | null
  /** What `$request_id` gives (32 hex digits). */
  readonly requestId: string
}

/** What is known of a real connection. Times are in milliseconds since 1970. */
export interface Connection {
  /** Which one it is. */
  readonly serial: number
  /** Requests that came over it, this one among them. */
  readonly requests: number
  readonly openedMs: number
  /** Whether this request had begun to come before the one before it was answered. */
  readonly isPipelined: boolean
  /** Whether it takes no further request, since nginx is about to end. */
  isClosing(): boolean
  /** When this request began to come. */
  readonly requestMs: number
  /** Bytes of this request that have come. */
  receivedBytes(): number
  /** Bytes of its answer that have gone out. */
  sentBytes(): { readonly head: number; readonly body: number }
}

/** What nginx did, pass by pass. The tries of a pass are the sends with its index. */
export interface NginxDecision {
  readonly passes: readonly PassDecision[]
  /** What became of each header of the answer, as far as it is known. */
  readonly answerHeaders: readonly HeaderChange[]
}

/** A pass without its tries: the environment carries them out, and knows them. Near misses are looked for when they are asked for. */
export type PassDecision = Omit<Pass, 'tries' | 'nearMisses'> & { readonly nearMisses: () => readonly NearMiss[] }

/** What nginx does next with a request. A `send` goes on when the outcome is known: the next upstream, an error page, the answer. */
export type NginxStep = NginxAnswer | NginxSend | NginxWait

/** What every step may bring along. */
interface WithBackground {
  /**
   * Subrequests that nginx begins after this and waits for no more (`mirror`): each is taken step by step, beside the request.
   * Nobody gets its answer; the decision of its end has what it did.
   */
  readonly background: readonly (() => NginxStep)[]
}

/** The end: what the client gets. `response` null closes the connection without an answer (`return 444`). */
export interface NginxAnswer extends WithBackground {
  readonly kind: 'answer'
  readonly response: ResponseMessage | null
  readonly decision: NginxDecision
  /** Whether the response was made by nginx or came from an upstream. */
  readonly origin: 'self' | 'upstream'
  /** How long the connection waits for another request; null where it is closed. */
  readonly keepAliveMs: number | null
  /** What nginx writes to its access logs, once the answer is out. @throws {RefusedRequestError} a format has what is not modelled */
  log(): readonly LogLine[]
}

/** A line of an access log. */
export interface LogLine {
  /** As the file says it, its variables filled in. */
  readonly path: string
  /** Without its line break. */
  readonly text: Bytes
  /** Whether the file is compressed. */
  readonly gzip: boolean
}

/** Nothing happens for a time: a name server does not answer, or the rest of a body does not come. */
export interface NginxWait extends WithBackground {
  readonly kind: 'wait'
  /** May be for ever: then only the client ends it. */
  readonly delayMs: number
  resume(): NginxStep
  /** Where it waits for the rest of a body: what it does when more has come. `sent` is all that came behind the head by then. */
  more?(sent: Bytes): NginxStep
}

/** A request to an upstream. */
export interface NginxSend extends WithBackground {
  readonly kind: 'send'
  /** `host` as configured, `address` and `port` as connected to. */
  readonly to: { readonly host: string; readonly address: string; readonly port: number }
  /** Exactly what the upstream receives, line by line; `Connection: upgrade` among the headers where it is passed on. */
  readonly request: RequestMessage
  /** Null where it goes by plain HTTP. */
  readonly tls: UpstreamTls | null
  readonly connectTimeoutMs: number
  readonly readTimeoutMs: number
  /** The line that sends it. */
  readonly by: Rule
  /** The pass that it belongs to, counted from 0. */
  readonly pass: number
  /** What was decided so far; to be asked before `resume`. */
  decision(): NginxDecision
  /** An answer whose status line and header take more bytes than this is `header-too-big` (`proxy_buffer_size`). */
  readonly maxHeadBytes: number
  /** @param measured where it was a real try */
  resume(outcome: UpstreamOutcome, measured?: Measured): NginxStep
  /** The client has gone before there was an outcome: nginx leaves the upstream, and answers nobody (499). */
  abandon(measured?: Measured): NginxStep
}

/** What a real try took: milliseconds from its beginning, null where it did not come to that; and bytes. */
export interface Measured {
  readonly connectMs: number | null
  readonly headerMs: number | null
  readonly responseMs: number
  readonly sentBytes: number
  readonly receivedBytes: number
}

/** What nginx names in a TLS handshake with an upstream, and demands of its certificate. */
export interface UpstreamTls {
  /** SNI (RFC 6066 section 3); null where nothing is named. */
  readonly serverName: string | null
  /** The name that the certificate must have, and the file of those who may have signed it; null where any will do. */
  readonly verify: { readonly name: string; readonly trusted: string } | null
}

/**
 * What became of a `send`. A `read-timeout` is one that `readTimeoutMs` set; 101 is an answer like any other, and `headBytes` the
 * size of its status line and header where it is known. Where it `isCut`, its body broke off. `invalid` with
 * `startsWithHttp` false does not even begin with `HTTP/`: nginx hands such bytes on as an answer of HTTP/0.9, which no client
 * of HTTP/1.1 can read.
 */
export type UpstreamOutcome =
  | {
      readonly kind: 'answered'
      readonly response: ResponseMessage
      readonly headBytes?: number
      readonly isCut?: boolean
    }
  | { readonly kind: 'invalid'; readonly startsWithHttp?: boolean }
  | { readonly kind: 'tls-failed'; readonly fault: TlsFault }
  | { readonly kind: Exclude<Failure, 'invalid' | 'tls-failed'> }

/** A directive that the model accepts without modelling it, since it cannot change where a request goes or what it carries. */
export interface AcceptedDirective {
  readonly name: string
  readonly span: Span
}

/** A directive that the model does not know well enough: the environment answers `unsupported` and names it. */
export interface RefusedDirective {
  readonly name: string
  readonly span: Span
  readonly because: string
}

/** Thrown by `decide` and `resume`: this one request comes to something that the model does not know well enough. */
export class RefusedRequestError extends Error {
  readonly refused: RefusedDirective

  constructor(refused: RefusedDirective) {
    super(refused.because)
    this.refused = refused
  }
}

/** A compiled site: parse once, decide many times. `decide` keeps no state between requests but round-robin positions and failure counts. */
export interface Site {
  readonly accepted: readonly AcceptedDirective[]
  /** Every literal address that requests may go to, with its place. */
  readonly pins: readonly Pin[]
  /** The addresses it listens on, as `listen` gives them (address null: any). */
  readonly listens: readonly { readonly address: string | null; readonly port: number }[]
  /** Whether a connection to an address and port is taken; where not, a client is refused. */
  takes(address: string, port: number): boolean
  /** Whether TLS is spoken there, and a handshake taken that names this host (null: none). */
  takesTls(address: string, port: number, serverName: string | null): boolean
  /** Whether a header of the PROXY protocol is waited for there: without one a connection is closed. */
  takesProxyHeader(address: string, port: number): boolean
  /** Whether HTTP/2 may be agreed on in such a handshake. */
  takesHttp2(address: string, port: number, serverName: string | null): boolean
  /** @throws {RefusedRequestError} the request comes to something that is not modelled; so may `resume` */
  decide(request: NginxRequest): NginxStep
}

/** What nginx does when it has waited. */
export function afterWaiting(step: NginxStep): NginxAnswer | NginxSend {
  if (step.kind !== 'wait') return step
  const next = afterWaiting(step.resume())
  return step.background.length === 0 ? next : { ...next, background: [...step.background, ...next.background] }
}
