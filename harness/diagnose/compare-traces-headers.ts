import type { Headers } from '../chain/message.ts'

/** Whose header lines are compared: a request's, a response's that was passed on, or one that nginx made itself. */
export type HeaderSide = 'request' | 'response' | 'response of nginx itself'

/** Headers that real time, chance, versions or the connection decide, and that are not compared as they stand. */
export interface HeaderRule {
  /** In lower case. */
  readonly names: readonly string[]
  readonly sides: readonly HeaderSide[]
  readonly because: string
  /** What is compared in place of a value; without it only nothing is. */
  readonly compareAs?: (value: string) => string
}

const RESPONSES: readonly HeaderSide[] = ['response', 'response of nginx itself']

/** Every header that is not compared byte for byte, and why. */
export const HEADER_RULES: readonly HeaderRule[] = [
  {
    names: ['date', 'expires'],
    sides: RESPONSES,
    because: 'they count from the moment of the answer: that it is a time is compared',
    compareAs: (value) => (isAboutNow(value) ? '<time>' : value),
  },
  {
    names: ['server'],
    sides: RESPONSES,
    because: 'the version of nginx is that of the environment',
    compareAs: (value) => value.replace(/^nginx\/[\d.]+/, 'nginx/<version>'),
  },
  {
    names: ['x-ratelimit-reset', 'retry-after'],
    sides: RESPONSES,
    because: 'they count from the moment of the answer',
    compareAs: (value) => (/^\d+$/.test(value) ? '<number>' : value),
  },
  {
    names: ['etag', 'last-modified'],
    sides: ['response of nginx itself'],
    because: 'nginx makes them from the time of its file on that disk',
  },
  { names: ['sec-websocket-key'], sides: ['request'], because: 'it is chance (RFC 6455 section 4.1)' },
  { names: ['sec-websocket-accept'], sides: RESPONSES, because: 'it follows from the key, which is chance' },
]

/** A time that was made with the answer lies so near: longer than any `expires` that people write, shorter than those that mean never. */
const ABOUT_NOW_MS = 3 * 366 * 86_400_000

function isAboutNow(value: string): boolean {
  return Math.abs(Date.parse(value) - Date.now()) < ABOUT_NOW_MS
}

/**
 * The header lines that are compared, with the values that they are compared by: names as they stand, in wire order.
 */
export function comparedHeaders(headers: Headers, side: HeaderSide): Headers {
  return headers.flatMap(([name, value]) => {
    const rule = HEADER_RULES.find(({ names, sides }) => sides.includes(side) && names.includes(name.toLowerCase()))
    if (rule === undefined) return [[name, value] as const]
    return rule.compareAs === undefined ? [] : [[name, rule.compareAs(value)] as const]
  })
}

/** The values of each name, matched without case, duplicates in order (RFC 9110 section 5.3). */
export function valuesByName(headers: Headers): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of headers) {
    const key = name.toLowerCase()
    const before = values.get(key)
    values.set(key, before === undefined ? value : `${before}\n${value}`)
  }
  return values
}
