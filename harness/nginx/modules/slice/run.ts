import { type Bytes, headerValue } from '../../../chain/message.ts'
import type { SliceFault } from '../../../trace/reason.ts'
import type { Rule } from '../../../trace/trace.ts'
import { type Next, type Respond, respond } from '../../core/next.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { conditionalStatus } from '../../core/response/not-modified.ts'
import { type Part, requestedRange } from '../../core/response/ranges.ts'
import { closeConnection } from '../../core/response/respond.ts'
import { dropHeader, headerOf } from '../../core/response/response-head.ts'
import { Slot } from '../../core/slot.ts'
import { sliceSettings } from './compile.ts'
import { EXACT_DIGITS, parseContentRange } from './content-range.ts'

/** What a request that is sliced shares with the subrequests that bring its slices (ngx_http_slice_ctx_t). */
interface Slicing {
  /** Where the slice begins that is asked for. */
  start: number
  range: string
  /** The entity tag that all slices must have; null where none had one so far. */
  etag: string | null
  lastModifiedS: number | null
  /** The slice that came last. */
  body: Bytes
  /** Whether all that came so far may be with the client already. */
  mayBeSent: boolean
  /** Whether a slice does not fit. */
  isRefused: boolean
  /** Whether all slices are there that are needed. */
  isOver: boolean
}

const slicing = new Slot<object, Slicing | null>(null)

/** What is shorter is held back until more comes (postpone_output); and what a head may take beside the lines that are counted. */
const POSTPONED_BYTES = 1460
const OTHER_LINES_BYTES = 300

/** Whether a request, or a subrequest of it, has found a range yet: where the first to read it does not, nobody does. */
const firstRead = new Slot<RequestState, 'found' | 'not-found' | null>(null)

/** `$slice_range` (ngx_http_slice_range_variable). Who reads it before there is an answer lets the answer be sliced. */
export function sliceRange(state: RequestState): string | null {
  if (firstRead.of(state.main) === 'not-found') return null
  const range = rangeOf(state)
  if (firstRead.of(state.main) === null) firstRead.keep(state.main, range === null ? 'not-found' : 'found')
  return range
}

function rangeOf(state: RequestState): string | null {
  const begun = slicing.of(state.contexts)
  if (begun !== null) return begun.range
  const { sizeBytes } = sliceSettings.of(state.location.settings)
  if (state.parent !== null || state.head.status !== 0 || sizeBytes === 0) return null
  const first = firstByte(state)
  const start = first - (first % sizeBytes)
  const range = `bytes=${start}-${start + sizeBytes - 1}`
  slicing.keep(state.contexts, {
    start,
    range,
    etag: null,
    lastModifiedS: null,
    body: '',
    mayBeSent: false,
    isRefused: false,
    isOver: false,
  })
  return range
}

/**
 * Takes an answer for the slice that was asked for, and asks for the others (ngx_http_slice_header_filter,
 * ngx_http_slice_body_filter); null where the answer goes on as it is.
 */
export function takeSlice(state: RequestState, answer: Respond): Next | null {
  const ctx = slicing.of(state.contexts)
  if (ctx === null || ctx.isOver) return null
  const { head, parent } = state
  if (statusOf(state) !== 206 && parent === null) {
    slicing.keep(state.contexts, null)
    return null
  }
  const settings = sliceSettings.of(state.location.settings)
  const rule = settings.rule ?? state.rule
  const slice = readSlice(state, ctx, settings.sizeBytes)
  if (typeof slice === 'string') {
    answer.whenSent?.(false)
    state.because({ kind: 'slice-refused', line: rule.text, range: ctx.range, fault: slice }, rule.span)
    ctx.isRefused = true
    state.main.rule = rule
    return parent === null ? closeConnection(state) : { kind: 'subrequest-over' }
  }
  refuseShortSlice(state, rule, slice, answer.body)
  if (answer.origin === 'upstream' && !isHeldBack(state)) ctx.mayBeSent = true
  state.because({ kind: 'slice-came', line: rule.text, range: ctx.range, of: slice.completeBytes }, rule.span)
  if (parent === null) return goOn(state, ctx, { rule, sizeBytes: settings.sizeBytes }, slice, answer)
  if (state.header('if-range') !== undefined && head.lastModifiedS !== ctx.lastModifiedS) {
    refuseRequest(rule, 'slices of different Last-Modified, with If-Range: not modelled')
  }
  ctx.body = answer.body
  return null
}

/** An error page has the status of the error (ngx_http_send_header). */
function statusOf({ errorStatus, head }: RequestState): number {
  return errorStatus || head.status
}

/** A slice as its answer tells it. */
interface Slice extends Part {
  readonly completeBytes: number
}

/** What is wrong with it otherwise; where it is right, the next one begins behind it. */
function readSlice(state: RequestState, ctx: Slicing, sizeBytes: number): Slice | SliceFault {
  const { head } = state
  if (statusOf(state) !== 206) return 'status'
  const etag = head.etag?.value ?? null
  if (ctx.etag !== null && etag !== ctx.etag) return 'etag'
  // An empty one is none.
  ctx.etag = etag || null
  const range = parseContentRange(headerOf(head, 'content-range'))
  if (range === null) return 'no-range'
  const { start, end, completeBytes } = range
  if (completeBytes === null) return 'no-length'
  if (start !== ctx.start || end !== Math.min(start + sizeBytes, completeBytes)) return 'other-range'
  ctx.start = end
  return { start, end, completeBytes }
}

function refuseShortSlice({ upstream }: RequestState, rule: Rule, { start, end }: Part, body: Bytes): void {
  // Who asks why nginx did what it did, and who asks by HEAD, has no body.
  if (upstream?.isCut === true || (body !== '' && body.length !== end - start)) {
    refuseRequest(rule, 'a slice is shorter or longer than its Content-Range says: not modelled')
  }
}

/** Makes one answer of the slices: as many are asked for as the client's range needs. */
function goOn(
  state: RequestState,
  ctx: Slicing,
  { rule, sizeBytes }: { readonly rule: Rule; readonly sizeBytes: number },
  first: Slice,
  { body, origin, whenSent }: Respond,
): Next {
  const { head } = state
  ctx.lastModifiedS = head.lastModifiedS
  head.status = 200
  head.contentLength = first.completeBytes
  if (dropHeader(head, 'content-range')) state.noteHeader('Content-Range', 'dropped', rule)
  if (state.site.rules.acceptRangesOfSlicesDropped) {
    dropHeader(head, 'accept-ranges')
    head.acceptRanges = null
  }
  head.allowRanges = true
  head.singleRange = true
  const wanted = wantedPart(state, first.completeBytes)
  if (wanted === null) return respond(body, origin, whenSent)
  whenSent?.(true)
  const skips = ctx.start + sizeBytes <= wanted.start
  if (skips) ctx.start = wanted.start - (wanted.start % sizeBytes)
  const bodyStart = skips ? ctx.start : first.start
  const slices = skips ? [] : [body]
  const { range } = ctx
  const next = (): Next => {
    if (ctx.start >= wanted.end) {
      // The head was made when the first slice had come: `$slice_range` in it is of that.
      ctx.range = range
      ctx.isOver = true
      if (bodyStart > 0 || ctx.start < first.completeBytes) head.bodyStart = bodyStart
      head.isSliced = slices.length > 1
      return respond(slices.join(''), origin, () => slicing.keep(state.contexts, null))
    }
    if (state.contentLength > 0 || state.chunked) {
      refuseRequest(rule, 'a request with a body that is sent on for each slice is not modelled')
    }
    ctx.range = `bytes=${ctx.start}-${ctx.start + sizeBytes - 1}`
    return {
      kind: 'clone',
      by: rule,
      begin: (clone) => slicing.keep(clone.contexts, ctx),
      resume: (ended) => {
        if (ctx.isRefused) return breakOff(state, ctx, rule, slices)
        if (slicing.of(ended.contexts) !== ctx) {
          refuseRequest(rule, 'a subrequest for a slice that goes on to another URI is not modelled')
        }
        slices.push(ctx.body)
        return next()
      },
    }
  }
  return next()
}

/** The bytes that the client gets; null where it gets none. */
function wantedPart(state: RequestState, completeBytes: number): Part | null {
  if (state.method === 'HEAD') return null
  if (state.head.isConditional && conditionalStatus(state) !== 200) return null
  const whole = { start: 0, end: completeBytes }
  if (state.location.settings.files.maxRanges === 0) return whole
  const range = requestedRange(state)
  if (range.kind === 'not-satisfiable') return null
  return range.kind === 'none' ? whole : range.first
}

/** Whether a short answer waits for what follows it. What a new file of the cache carries does not (ngx_output_chain_get_buf). */
function isHeldBack({ upstream, upstreamHeaders }: RequestState): boolean {
  if (upstream === null || upstream.cache?.cacheable === true || !upstream.settings.buffering) return false
  return headerValue(upstreamHeaders ?? [], 'X-Accel-Buffering') === undefined
}

/** A slice does not fit those before it: nginx closes the connection, and what it held back until then is lost. */
function breakOff(state: RequestState, { mayBeSent }: Slicing, rule: Rule, slices: readonly Bytes[]): Next {
  const lines = state.head.headers.reduce((sum, { name, value }) => sum + name.length + value.length + 4, 0)
  const bytes = slices.reduce((sum, slice) => sum + slice.length, lines + OTHER_LINES_BYTES)
  const { postpones } = sliceSettings.of(state.location.settings)
  if (mayBeSent || bytes >= POSTPONED_BYTES || !postpones || state.input.request.httpVersion === '2.0') {
    refuseRequest(rule, 'an answer that breaks off behind some of its slices is not modelled')
  }
  return closeConnection(state)
}

/** The first byte that the client asks for (ngx_http_slice_get_start). */
function firstByte(state: RequestState): number {
  const range = state.header('range')
  if (state.header('if-range') !== undefined || range === undefined || range.includes(',')) return 0
  const digits = /^bytes= *(\d+)/i.exec(range)?.[1] ?? ''
  if (digits.length > EXACT_DIGITS) refuseRequest(state.rule, 'a range that begins so far behind is not modelled')
  return Number(digits)
}
