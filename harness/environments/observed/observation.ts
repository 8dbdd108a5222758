import type { Headers, RequestMessage } from '../../chain/message.ts'
import type { Outcome, TlsFault } from '../../trace/outcome.ts'

/** What nginx's debug log says of one request. */
export interface Observation {
  /** Where the client came from, and the `listen` that took it; null where the log begins later. */
  readonly client: Address | null
  readonly server: Address | null
  /** In the order in which they began; at least one. */
  readonly passes: readonly ObservedPass[]
  /** Whether the last try's answer went on to the client. */
  readonly passedOn: boolean
  /** What nginx did, in the log's own words; null where there is no log of it. */
  readonly notes: readonly string[] | null
  /** The file that nginx wanted to answer with and did not find; null where it wanted none, or found it. */
  readonly missingFile: string | null
  /** `server_name` of the server block, where the log tells it. */
  readonly serverName: string | null
}

export interface Address {
  readonly address: string
  readonly port: number
}

/** One way through nginx: a location, and what was sent from there. */
export interface ObservedPass {
  /** Null where the log names none (no location was looked for, or an internal one refused). */
  readonly location: ObservedLocation | null
  /** Which subrequest it is a pass of, counted from 1; null for the client's own request. */
  readonly subrequest: number | null
  /** Every try at an upstream, in order. */
  readonly tries: readonly ObservedTry[]
}

/** A location as the debug log names it: `~` and `~*` are alike there, and so are `^~` and none. */
export interface ObservedLocation {
  readonly kind: 'server' | 'prefix' | 'exact' | 'regex' | 'named'
  readonly name: string
  /** The names that were compared with the URI on the way to it. */
  readonly tested: ReadonlySet<string>
}

/** One try at an upstream. */
export interface ObservedTry {
  /** Null for a connection that was kept alive from an earlier request. */
  readonly to: Address | null
  /** The head of what was sent; null where the log does not show it. */
  readonly head: SentHead | null
  readonly outcome: Outcome
  /** Why a TLS handshake failed; null where none did. */
  readonly fault: TlsFault | null
  /** Whether it is known not even to begin with `HTTP/`. */
  readonly isRaw: boolean
  /** Whether its answer went on to the client. */
  readonly isPassedOn: boolean
  /** The head of the answer; null where none came. */
  readonly answer: ObservedAnswer | null
}

/** A request without its body. `isWhole` false: the log entry ends in the middle (NGX_MAX_ERROR_STR, 2048 bytes). */
export interface SentHead extends Omit<RequestMessage, 'body'> {
  readonly isWhole: boolean
}

/** Every try, pass by pass. */
export function observedTries({ passes }: Pick<Observation, 'passes'>): readonly ObservedTry[] {
  return passes.flatMap(({ tries }) => tries)
}

/** The head of an answer. `cut`: those of its lines that end where the log entry is full. */
export interface ObservedAnswer {
  readonly status: number
  readonly headers: Headers
  readonly cut: Headers
}
