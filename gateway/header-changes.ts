import type { Place } from './place.ts'

/**
 * What changes headers at the gateway: a section of middleware.yaml, the rule that hop-by-hop headers stop here (RFC 9110
 * section 7.6.1), or what the gateway does by itself (Host, X-Forwarded-*, the head of its own answers).
 */
export type HeaderChanger = (typeof HEADER_CHANGERS)[number]

export const HEADER_CHANGERS = [
  'requestHeaders',
  'responseHeaders',
  'cors',
  'rateLimit',
  'requestId',
  'hop-by-hop',
  'gateway',
] as const

/** One header that leaves the gateway in another way than it came. Its value is not told: it may be a secret. */
export interface HeaderChange {
  /** In lower case. */
  readonly name: string
  readonly change: 'added' | 'changed' | 'dropped'
  readonly by: HeaderChanger
  /** The key of middleware.yaml, or the item of its list; null where no file says it. */
  readonly place: Place | null
}

/** Header changes of one message. Of several changes of one header the last counts. */
export class HeaderChanges {
  readonly #byName = new Map<string, HeaderChange>()

  note(name: string, change: HeaderChange['change'], by: HeaderChanger, place: Place | null = null): void {
    this.#byName.set(name, shared(name, change, by, place))
  }

  /** The changes until now, by name. */
  snapshot(): ReadonlyMap<string, HeaderChange> {
    return new Map(this.#byName)
  }

  get list(): readonly HeaderChange[] {
    return [...this.#byName.values()]
  }
}

/** So many are kept of each kind: a client may name headers of its own for hop-by-hop ones. */
const MAX_KEPT = 64

type Kept = Readonly<Record<HeaderChange['change'], Map<string, HeaderChange>>>

/** The latest change of each kind, by the header's name. */
const kept: Readonly<Record<HeaderChanger, Kept>> = {
  requestHeaders: nothingKept(),
  responseHeaders: nothingKept(),
  cors: nothingKept(),
  rateLimit: nothingKept(),
  requestId: nothingKept(),
  'hop-by-hop': nothingKept(),
  gateway: nothingKept(),
}

function nothingKept(): Kept {
  return { added: new Map(), changed: new Map(), dropped: new Map() }
}

/** Nearly every request has the same few changes, and each is one object: the log knows how it is written. */
function shared(name: string, change: HeaderChange['change'], by: HeaderChanger, place: Place | null): HeaderChange {
  const alike = kept[by][change]
  const known = alike.get(name)
  if (known !== undefined && known.place === place) return known
  const made = { name, change, by, place }
  if (known !== undefined || alike.size < MAX_KEPT) alike.set(name, made)
  return made
}
