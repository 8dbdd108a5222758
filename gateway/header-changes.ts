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
    this.#byName.set(name, place === null ? habit(name, change, by) : { name, change, by, place })
  }

  get(name: string): HeaderChange | undefined {
    return this.#byName.get(name)
  }

  get list(): readonly HeaderChange[] {
    return [...this.#byName.values()]
  }
}

/** So many are kept: a client may name headers of its own for hop-by-hop ones. */
const MAX_HABITS = 256

const habits = new Map<string, HeaderChange>()

/** A change that no file says. Nearly every request has the same few, and each is one object: the log knows how it is written. */
function habit(name: string, change: HeaderChange['change'], by: HeaderChanger): HeaderChange {
  const key = `${change} ${by} ${name}`
  const known = habits.get(key)
  if (known !== undefined) return known
  const made = { name, change, by, place: null }
  if (habits.size < MAX_HABITS) habits.set(key, made)
  return made
}
