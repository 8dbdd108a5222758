import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { parseHttpTime } from './http-time.ts'

/** The part of a body that a client asked for: `end` is not included. `none`: the whole body. */
export type Range =
  | { readonly kind: 'none' }
  | { readonly kind: 'not-satisfiable' }
  | { readonly kind: 'part'; readonly start: number; readonly end: number }

const NONE: Range = { kind: 'none' }
const NOT_SATISFIABLE: Range = { kind: 'not-satisfiable' }

/** Reads `Range` and `If-Range` for a body that may be cut (ngx_http_range_header_filter). Several parts at once are refused. */
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
  const parts: { start: number; end: number }[] = []
  let left = state.head.singleRange ? 1 : state.location.settings.files.maxRanges
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
  if (others.length > 0) refuseRequest(state.rule, 'an answer of several ranges is not modelled')
  return { kind: 'part', ...first }
}
