import type { UpstreamPrefix } from '../../../chain/message.ts'

/** The kinds of block that nginx tells apart when it asks whether a directive may stand there (NGX_HTTP_…_CONF). */
export type Context =
  | 'main'
  | 'events'
  | 'http'
  | 'server'
  | 'location'
  | 'upstream'
  | 'if in server'
  | 'if in location'
  | 'limit_except'

/** What nginx demands of a directive's arguments by itself, before it asks what they mean. */
export interface Takes {
  readonly min: number
  readonly max: number
  readonly kind: 'text' | 'flag' | 'size' | 'offset' | 'time' | 'seconds' | 'number' | 'buffers' | 'enum' | 'set'
  /** The words an `enum` or a `set` may be. */
  readonly words?: readonly string[]
  /** The bounds of a `number`, both included. */
  readonly bounds?: readonly [number, number]
  /** Whether a second one in the same block is an error. */
  readonly unique: boolean
  readonly block: boolean
}

/**
 * Which requests a directive can touch: the `site` as a whole (whether nginx starts, or which server and location a request
 * comes to), or those of its location that come to the `access` phase; to the `content` phase; that it answers itself in place
 * of `proxy_pass` (`handler`); that are answered from a `file`; that are `proxied` by HTTP, or sent on in another protocol; that are
 * proxied over TLS (`tls`); that get an `answer`.
 */
export type Touches =
  | 'site'
  | 'access'
  | 'content'
  | 'handler'
  | 'file'
  | 'proxied'
  | Exclude<UpstreamPrefix, 'proxy'>
  | 'tls'
  | 'answer'

/**
 * How far the model goes. `accepted`: it cannot change where a request goes or what it carries. `refused`: it can, and
 * the model does not know how, for the requests that it `touches`; with `unless: 'off'` only where it is switched on.
 */
export type Support =
  | { readonly support: 'modelled' }
  | { readonly support: 'accepted'; readonly why: string }
  | {
      readonly support: 'refused'
      readonly why: string
      readonly touches: Touches
      readonly unless?: 'off' | 'not zero'
    }

/** One entry of a module's command table. */
export type DirectiveRule = Support & {
  readonly module: string
  readonly contexts: readonly Context[]
  readonly args: Takes
  /** The page that documents it. */
  readonly doc: string
}

/** Rows of one module: name → where it may stand, what it takes, how far it is modelled. */
export type Rows = Readonly<Record<string, readonly [contexts: readonly Context[], takes: Takes, support: Support]>>

/** One module's rows, under the name that nginx's documentation gives the module. */
export interface ModuleTable {
  readonly module: string
  readonly rows: Rows
}

export const MAIN: readonly Context[] = ['main']
export const EVENTS: readonly Context[] = ['events']
export const HTTP: readonly Context[] = ['http']
export const SERVER: readonly Context[] = ['server']
export const LOCATION: readonly Context[] = ['location']
export const UPSTREAM: readonly Context[] = ['upstream']
export const HTTP_SERVER: readonly Context[] = ['http', 'server']
export const SERVER_LOCATION: readonly Context[] = ['server', 'location']
export const HTTP_SERVER_LOCATION: readonly Context[] = ['http', 'server', 'location']
export const WITH_IF: readonly Context[] = [...HTTP_SERVER_LOCATION, 'if in location']
export const WITH_LIMIT_EXCEPT: readonly Context[] = [...HTTP_SERVER_LOCATION, 'limit_except']
export const PASS: readonly Context[] = ['location', 'if in location']
export const REWRITE: readonly Context[] = ['server', 'location', 'if in server', 'if in location']

const MORE = Number.POSITIVE_INFINITY
const ONE_OF_ITS_KIND = { unique: true, block: false }

/** Any words, `min` to `max` of them. A second one in the block is an error, as `once` says. */
export function text(min: number, max: number, once: 'once' | 'repeats' = 'repeats'): Takes {
  return { min, max, kind: 'text', unique: once === 'once', block: false }
}

/** A block with `min` to `max` words before its brace. */
export function block(min: number, max: number): Takes {
  return { min, max, kind: 'text', unique: false, block: true }
}

/** One of these words (ngx_conf_set_enum_slot). */
export function oneOf(...words: string[]): Takes {
  return { min: 1, max: 1, kind: 'enum', words, ...ONE_OF_ITS_KIND }
}

/** Several of these words (ngx_conf_set_bitmask_slot). */
export function setOf(...words: string[]): Takes {
  return { min: 1, max: MORE, kind: 'set', words, unique: false, block: false }
}

/** A number in decimal digits, within the bounds where there are any (ngx_conf_set_num_slot). */
export function number(...bounds: [] | [min: number, max: number]): Takes {
  const takes = { min: 1, max: 1, kind: 'number', ...ONE_OF_ITS_KIND } as const
  return bounds.length === 0 ? takes : { ...takes, bounds }
}

export const NONE = text(0, 0)
export const ONE = text(1, 1)
export const ONE_ONCE = text(1, 1, 'once')
export const ONE_OR_TWO = text(1, 2)
export const TWO = text(2, 2)
export const ONE_OR_MORE = text(1, MORE)
export const TWO_OR_MORE = text(2, MORE)
export const PATH = text(1, 4, 'once')
export const FLAG: Takes = { min: 1, max: 1, kind: 'flag', ...ONE_OF_ITS_KIND }
export const SIZE: Takes = { min: 1, max: 1, kind: 'size', ...ONE_OF_ITS_KIND }
export const OFFSET: Takes = { min: 1, max: 1, kind: 'offset', ...ONE_OF_ITS_KIND }
export const TIME: Takes = { min: 1, max: 1, kind: 'time', ...ONE_OF_ITS_KIND }
export const SECONDS: Takes = { min: 1, max: 1, kind: 'seconds', ...ONE_OF_ITS_KIND }
export const BUFFERS: Takes = { min: 2, max: 2, kind: 'buffers', ...ONE_OF_ITS_KIND }
export const NUMBER = number()

export const modelled: Support = { support: 'modelled' }

/** It cannot change where a request goes or what it carries; `why` says so to the reader of the table. */
export function accepted(why: string): Support {
  return { support: 'accepted', why }
}

/** It can change something that a scenario sees; `why` says what. */
export function refused(why: string, touches: Touches = 'site'): Support {
  return { support: 'refused', why, touches }
}

/** Refused, but its value `off`, which is its default, is accepted. */
export function refusedUnlessOff(why: string, touches: Touches = 'site'): Support {
  return { support: 'refused', why, touches, unless: 'off' }
}

/** Refused where its size is 0, accepted otherwise. */
export function refusedIfZero(why: string, touches: Touches): Support {
  return { support: 'refused', why, touches, unless: 'not zero' }
}

/** Reasons to accept that many rows share. */
export const LOGS = 'writes logs'
export const HASHES = 'sizes a hash table'
export const BUFFERING = 'moves the same bytes another way'
export const CONNECTIONS = 'handles connections, not what they carry'
export const COMPRESSION = 'compresses for a client that asks by Accept-Encoding; the content is the same'

/** Accepted, since it does nothing unless `directive`, which is refused, stands beside it. */
export function only(directive: string): string {
  return `takes effect with ${directive} alone`
}
