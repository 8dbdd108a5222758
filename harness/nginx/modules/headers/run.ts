import type { Rule } from '../../../trace/trace.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { parseHttpTime } from '../../core/response/http-time.ts'
import { addHeader, dropHeader, lineOf } from '../../core/response/response-head.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import { headersSettings } from './compile.ts'
import { applyExpires } from './expires.ts'

/** The statuses that `add_header` without `always` is for (ngx_http_headers_filter). */
const STATUSES: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308])

/** Adds the location's `expires` and `add_header` lines to the answer. One whose value is empty is not added. */
export function applyAddHeaders(state: RequestState): void {
  const { status } = state.head
  const { addHeaders, lostHeaders } = headersSettings.of(state.location.settings)
  if (STATUSES.has(status)) applyExpires(state)
  for (const { rule, name, value, always, replaces } of addHeaders ?? []) {
    const { span } = rule
    if (!always && !STATUSES.has(status)) {
      state.noteHeader(name, 'withheld', rule, { kind: 'not-for-status', status, span })
      continue
    }
    const text = evaluate(value, state)
    if (replaces) {
      setHeader(state, name, text, rule)
      continue
    }
    if (text === '') {
      state.noteHeader(name, 'withheld', rule, { kind: 'empty-value', span })
      continue
    }
    addHeader(state.head, [name, text], true)
    state.noteHeader(name, 'added', rule)
  }
  for (const { name, rule, by } of lostHeaders) {
    state.noteHeader(name, 'withheld', by, { kind: 'not-inherited', line: rule.text, span: rule.span })
  }
}

/** Last-Modified and ETag: the answer has one at most (ngx_http_set_response_header, ngx_http_set_last_modified). */
function setHeader(state: RequestState, name: string, value: string, rule: Rule): void {
  const { head } = state
  const key = name.toLowerCase()
  const had = lineOf(head, key)
  const isThere = had !== null || (key === 'last-modified' && head.lastModifiedS !== null)
  if (key === 'last-modified') {
    head.lastModifiedS = value === '' ? null : parseHttpTime(value)
    head.ownLastModified = value !== ''
  }
  if (value === '') {
    dropHeader(head, key)
    if (key === 'etag') head.etag = null
    if (isThere) state.noteHeader(name, 'dropped', rule)
    else state.noteHeader(name, 'withheld', rule, { kind: 'empty-value', span: rule.span })
    return
  }
  if (had === null) {
    const line = addHeader(head, [name, value])
    if (key === 'etag') head.etag = line
  } else {
    had.name = name
    had.value = value
  }
  state.noteHeader(name, isThere ? 'changed' : 'added', rule)
}
