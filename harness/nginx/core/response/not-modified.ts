import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { parseHttpTime } from './http-time.ts'

/** What a request with conditions gets instead of a 200 of nginx's own: 304, 412, or 200 after all (ngx_http_not_modified_filter_module). */
export function conditionalStatus(state: RequestState): 200 | 304 | 412 {
  const { lastModifiedS, etag } = state.head
  const unmodifiedSince = state.header('if-unmodified-since')
  if (unmodifiedSince !== undefined && (lastModifiedS === null || timeOf(state, unmodifiedSince) < lastModifiedS)) {
    return 412
  }
  const match = state.header('if-match')
  if (match !== undefined && !matchesEtag(match, etag?.value ?? null, false)) return 412

  const modifiedSince = state.header('if-modified-since')
  const noneMatch = state.header('if-none-match')
  if (modifiedSince === undefined && noneMatch === undefined) return 200
  if (modifiedSince !== undefined && isModified(state, modifiedSince)) return 200
  if (noneMatch !== undefined && !matchesEtag(noneMatch, etag?.value ?? null, true)) return 200
  return 304
}

function isModified(state: RequestState, since: string): boolean {
  const { lastModifiedS } = state.head
  const { ifModifiedSince } = state.location.settings.files
  if (lastModifiedS === null || ifModifiedSince === 'off') return true
  const sinceS = timeOf(state, since)
  return sinceS !== lastModifiedS && (ifModifiedSince === 'exact' || sinceS < lastModifiedS)
}

/** nginx reads older forms of dates too, some of them loosely. */
function timeOf(state: RequestState, text: string): number {
  return parseHttpTime(text) ?? refuseRequest(state.rule, `the date "${text}" of the request is not modelled`)
}

/** Whether an entity tag is in a list (ngx_http_test_if_match). A tag that is longer than what is left of the list ends it. */
function matchesEtag(list: string, etag: string | null, weak: boolean): boolean {
  if (list === '*') return true
  if (etag === null) return false
  const wanted = weak && etag.length > 2 ? etag.replace(/^W\//, '') : etag
  let at = 0
  while (at < list.length) {
    if (weak && list.length - at > 2 && list.startsWith('W/', at)) at += 2
    if (wanted.length > list.length - at) return false
    if (list.startsWith(wanted, at)) {
      at += wanted.length
      while (list[at] === ' ' || list[at] === '\t') at++
      if (at === list.length || list[at] === ',') return true
    }
    while (at < list.length && list[at] !== ',') at++
    while (at < list.length && /[ \t,]/.test(list.charAt(at))) at++
  }
  return false
}
