import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { parseHttpTime } from './http-time.ts'

/** The parts of a body that a client asked for. `none`: the whole body. */
export type Range =
  | { readonly kind: 'none' }
  | { readonly kind: 'not-satisfiable' }
  | { readonly kind: 'parts'; readonly first: Part; readonly others: readonly Part[] }

/** Bytes of a body: `end` is not included. */
export interface Part {
  readonly start: number
  readonly end: number
}

/** What nginx counts for each of several parts, and what it allows beyond the length of the body. */
const BYTES_A_PART = 256
const BYTES_ALLOWED = 4096

const NONE: Range = { kind: 'none' }
const NOT_SATISFIABLE: Range = { kind: 'not-satisfiable' }

/** Reads `Range` and `If-Range` for a body that may be cut (ngx_http_range_header_filter). */
export function requestedRange(state: RequestState): Range {
  const range = state.header('range')
  if (range === undefined || !/^bytes=[\s\S]/i.test(range) || !ifRangeHolds(state)) return NONE
  return parseRanges(state, range.slice('bytes='.length), state.head.contentLength)
}

function ifRangeHolds(state: RequestState): boolean {
  const ifRange = state.header('if-range')
  if (ifRange === undefined) return true
  const { etag, lastModifiedS } = state.head
  if (ifRange.length >= 2 && ifRange.endsWith('"')) return ifRange === etag?.value
  if (lastModifiedS === null) return false
  const time = parseHttpTime(ifRange) ?? refuseRequest(state.rule, `the date "${ifRange}" of If-Range is not modelled`)
  return time === lastModifiedS
}

/** ngx_http_range_parse. */
function parseRanges(state: RequestState, text: string, length: number): Range {
  const parts: Part[] = []
  const most = state.head.singleRange ? 1 : state.location.settings.files.maxRanges
  let left = most
  let total = 0
  for (const piece of text.split(',')) {
    const [, from, to, suffix] = /^ *(?:(\d{1,15}) *- *(?:(\d{1,15}) *)?|-(\d{1,15}) *)$/.exec(piece) ?? []
    if (from === undefined && suffix === undefined) return NOT_SATISFIABLE
    const start = from === undefined ? Math.max(0, length - Number(suffix)) : Number(from)
    const last = from === undefined || to === undefined ? length : Number(to) + 1
    const end = Math.min(last, length)
    if (start < end) {
      parts.push({ start, end })
      total += end - start
      if (left-- === 0) return NONE
    } else if (start === 0) return NONE
  }
  const [first, ...others] = parts
  if (first === undefined) return NOT_SATISFIABLE
  if (total > length) return NONE
  const isLimited = state.site.rules.rangesLimited && others.length > 0 && most === Number.POSITIVE_INFINITY
  if (isLimited && total + parts.length * BYTES_A_PART > length + BYTES_ALLOWED) return NONE
  return { kind: 'parts', first, others }
}
