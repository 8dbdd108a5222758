import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { addHeader } from '../../core/response/response-head.ts'
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
  for (const { rule, name, value, always, refused } of addHeaders ?? []) {
    const { span } = rule
    if (!always && !STATUSES.has(status)) {
      state.noteHeader(name, 'withheld', rule, { kind: 'not-for-status', status, span })
      continue
    }
    if (refused) refuseRequest(rule, `add_header ${name} is not modelled`)
    const text = evaluate(value, state)
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
