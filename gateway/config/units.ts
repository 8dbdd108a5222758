import { validateHeaderName, validateHeaderValue } from 'node:http'
import { z } from 'zod'
import type { Place } from '../place.ts'
import { mapping, textAs } from './shape.ts'

const MS_PER: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
])
const BYTES_PER: ReadonlyMap<string, number> = new Map([
  ['b', 1],
  ['kb', 1024],
  ['mb', 1024 ** 2],
  ['gb', 1024 ** 3],
])

/** The longest time that a timer of Node.js can measure, in ms. */
const MAX_DURATION_MS = 2 ** 31 - 1

/** `500ms`, `30s`, `5m` or `1h`, as ms: more than none. */
export const duration = textAs((text) => {
  const ms = measure(text, MS_PER)
  return ms === null || ms <= 0 || ms > MAX_DURATION_MS
    ? { problem: `"${text}" is no duration`, hint: 'Write a number with a unit: 500ms, 30s, 5m or 1h.' }
    : { value: ms }
})

/** `512b`, `64kb`, `1mb` or `2gb`, as bytes; units are powers of 1024. */
export const size = textAs((text) => {
  const bytes = measure(text, BYTES_PER)
  return bytes === null || !Number.isSafeInteger(bytes)
    ? { problem: `"${text}" is no size`, hint: 'Write a number with a unit: 512b, 64kb, 1mb or 2gb.' }
    : { value: bytes }
})

function measure(text: string, units: ReadonlyMap<string, number>): number | null {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(text) ?? []
  const factor = unit === undefined ? undefined : units.get(unit.toLowerCase())
  return number === undefined || factor === undefined ? null : Number(number) * factor
}

/** What frames a message or belongs to one connection: not for a config to decide (RFC 9110 section 7.6.1). */
const FRAMING = new Set(['connection', 'content-length', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'])

/** The name of a header that may be set or removed, in lower case. */
export const headerName = textAs((text) => {
  if (!accepts(() => validateHeaderName(text))) return { problem: `"${text}" is no header name` }
  if (FRAMING.has(text.toLowerCase()))
    return { problem: `"${text}" belongs to the connection and is not for a config to decide` }
  return { value: text.toLowerCase() }
})

export const headerValue = textAs((text) =>
  accepts(() => validateHeaderValue('x', text))
    ? { value: text }
    : { problem: `${JSON.stringify(text)} is no header value` },
)

/** Headers to set and to remove; names in lower case. */
export const headerEdits = mapping({
  set: z.record(headerName, headerValue).default({}),
  remove: z.array(headerName).default([]),
})

function accepts(validate: () => void): boolean {
  try {
    validate()
    return true
  } catch {
    return false
  }
}

export type HeaderEditsShape = z.output<typeof headerEdits>

/** `headerEdits`, each with the place where it is written. Names in lower case. */
export interface HeaderEdits {
  readonly set: readonly { readonly name: string; readonly value: string; readonly place: Place }[]
  readonly remove: readonly { readonly name: string; readonly place: Place }[]
}
