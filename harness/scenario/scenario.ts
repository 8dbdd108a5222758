import type { Chain } from '../chain/chain.ts'
import type { ClientRequest } from '../chain/client-request.ts'
import type { HttpVersion } from '../chain/message.ts'
import type { WorldChange } from '../chain/world-change.ts'
import type { Source } from '../diagnostics/source.ts'
import type { Span } from '../diagnostics/span.ts'
import type { HopName } from '../trace/trace.ts'
import type { Pattern } from './pattern.ts'

/** A scenario file, read and checked whole. Everything in it is plain data; nothing in it can run. */
export interface Scenario {
  readonly name: string
  readonly source: Source
  readonly tags: readonly string[]
  readonly variants: readonly Variant[]
  /** The rows of `examples`; one empty row where the file has none. `${key}` in a step takes the row's value. */
  readonly examples: readonly Readonly<Record<string, string>>[]
  /** The columns of `examples` with a value that is written `secret: true`. */
  readonly secretColumns: readonly string[]
  /** The variables of the environment that the steps use, as `${env:NAME}`. */
  readonly variables: readonly Variable[]
  /** The steps for one row, with `${…}` of the row filled in; `${…}` of captures and variables stay for the runner. */
  stepsFor(example: Readonly<Record<string, string>>): readonly Step[]
}

/** A variable of the environment, and each place where a scenario uses it. Its value is secret; null until `readVariables` read it. */
export interface Variable {
  readonly name: string
  readonly spans: readonly Span[]
  readonly value: string | null
}

/** One chain that the steps run on and what they must show there. A file without `variants` has one, unnamed, that must pass. */
export interface Variant {
  readonly name: string | null
  readonly chain: Chain
  readonly must: 'pass' | 'fail'
  /** With `must: fail`, the reason it has to fail for: the blame hop, and a text that the blamed rule must contain. */
  readonly blame: string | null
  readonly rule: string | null
  /** With `must: fail`: nginx or the gateway must refuse to start, in words that contain this. No step runs then. */
  readonly refused: string | null
  readonly span: Span
}

/** One action. `span` is its key in the file (`request`), `title` the step as people read it. */
export type Step = { readonly span: Span; readonly title: string } & StepAction

export type StepAction =
  | {
      readonly kind: 'request'
      readonly request: StepRequest
      readonly expect: ExchangeExpectation
      readonly capture: readonly Capture[]
    }
  | {
      readonly kind: 'websocket'
      readonly request: StepRequest
      readonly messages: readonly string[]
      readonly expect: WebSocketExpectation
    }
  | { readonly kind: 'health'; readonly request: StepRequest; readonly expect: ExchangeExpectation }
  | { readonly kind: 'drift'; readonly expect: DriftExpectation }
  | { readonly kind: 'change'; readonly change: WorldChange; readonly refused: Expected<string> | null }

/** What a step asks for, its strings still open for `${capture}`. */
export interface StepRequest
  extends Pick<ClientRequest, 'via' | 'from' | 'method' | 'httpVersion' | 'headers' | 'body'> {
  /** Whom a header of the PROXY protocol names; null where none is sent. */
  readonly proxied: string | null
  /** A path with its query, or a URL that says where the client connects to. */
  readonly url: string
  /** What stands in the request line in place of the path; null where that is the path. */
  readonly target: string | null
}

/** A value that must hold, and where the file says so. */
export interface Expected<Value> {
  readonly value: Value
  readonly span: Span
}

/** What a text must be. */
export type TextMatcher =
  | { readonly kind: 'equals'; readonly text: string }
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'matches'; readonly pattern: Pattern }

/**
 * What the lines of one header must be. A text matcher alone means that there is exactly one line. `some`: at least one of
 * them; `lines`: exactly these, in this order; `absent`: there is none.
 */
export type HeaderMatcher =
  | TextMatcher
  | { readonly kind: 'some'; readonly line: TextMatcher }
  | { readonly kind: 'lines'; readonly lines: readonly TextMatcher[] }
  | { readonly kind: 'absent' }

/** What a body must be: a text, or JSON that has at least these members (arrays whole). */
export type BodyMatcher = TextMatcher | { readonly kind: 'json'; readonly value: JsonValue }

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** What one exchange must show. Whatever is null or empty is not asserted, but always traced. */
export interface ExchangeExpectation extends HopsExpectation {
  /** One status, or a class written `2xx`. */
  readonly status: Expected<number | '1xx' | '2xx' | '3xx' | '4xx' | '5xx'> | null
  readonly headers: readonly HeaderExpectation[]
  /** Headers behind the body. */
  readonly trailers: readonly HeaderExpectation[]
  readonly body: Expected<BodyMatcher> | null
  /** What each subrequest of nginx must show, in the order in which they begin. */
  readonly subrequests: Expected<readonly HopsExpectation[]> | null
  /** The hop (or Service) that must be to blame for an answer that is an error. */
  readonly blame: Expected<HopName | (string & {})> | null
  /** How long it must at most take, in ms of the environment's time. */
  readonly withinMs: Expected<number> | null
}

/** What one request inside nginx must show at each hop: the client's own, or a subrequest. */
export interface HopsExpectation {
  readonly nginx: NginxExpectation | null
  readonly gateway: GatewayExpectation | null
  readonly backend: BackendExpectation | null
}

export interface HeaderExpectation {
  readonly name: string
  readonly matcher: Expected<HeaderMatcher>
}

/** Expectations on one hop. `reached: false` (written `nginx: unreached`) says that the request must not come there. */
interface HopExpectation {
  readonly span: Span
  readonly reached: boolean
  /** The HTTP version of the request that it gets. */
  readonly httpVersion: Expected<HttpVersion> | null
  /** The status that this hop answers with. */
  readonly status: Expected<number> | null
  /** The rest of what it answers. */
  readonly answers: AnswerExpectation
  /** The request target it gets. */
  readonly receives: Expected<string> | null
  /** Request headers as it gets them. */
  readonly headers: readonly HeaderExpectation[]
}

export interface AnswerExpectation {
  readonly headers: readonly HeaderExpectation[]
  readonly body: Expected<BodyMatcher> | null
}

export interface NginxExpectation extends HopExpectation {
  /** Which of nginx's passes it is about, counted from 1; null for the one that led to what the step asks about. */
  readonly pass: Expected<number | 'last'> | null
  /** The location as nginx files write it: `/api/`, `= /health`, `~ ^/api`, `@fallback`. */
  readonly location: Expected<string> | null
  /** The target it sends on. */
  readonly sends: Expected<string> | null
  /** Where it sends: a Service's name, or `address:port`. */
  readonly to: Expected<string> | null
  /** How often it sends the request until it answers; 0 where it answers by itself. */
  readonly tries: Expected<number> | null
}

export interface GatewayExpectation extends HopExpectation {
  /** The route's `path`; null value (written `none`) when no route may match. */
  readonly route: Expected<string | null> | null
  readonly sends: Expected<string> | null
  readonly to: Expected<string> | null
}

export interface BackendExpectation extends HopExpectation {
  readonly service: Expected<string> | null
  readonly method: Expected<string> | null
  /** Parameters of FastCGI, SCGI or uwsgi. */
  readonly params: readonly HeaderExpectation[]
  readonly body: Expected<BodyMatcher> | null
}

export interface WebSocketExpectation extends ExchangeExpectation {
  readonly messages: Expected<readonly string[]> | null
}

/** Services whose pin no longer equals their ClusterIP, by name. */
export interface DriftExpectation {
  readonly stale: Expected<readonly string[]>
}

/** A value taken from a response into `${name}` of later steps. */
export interface Capture {
  readonly name: string
  /** Written `secret: true`, or said by its name (`token`): no report shows the value. */
  readonly isSecret: boolean
  readonly span: Span
  readonly from: /** The header's one line; with a pattern, the one that matches it, or what its first group takes of that line. */
    | { readonly kind: 'header'; readonly header: string; readonly pattern: Pattern | null }
    | { readonly kind: 'json'; readonly path: readonly (string | number)[] }
    | { readonly kind: 'body'; readonly pattern: Pattern }
}
