import { evaluate } from '../config/template.ts'
import { applyExpires } from './expires.ts'
import { refuseRequest } from './refuse-request.ts'
import { addHeader, type RequestState } from './request-state.ts'

/** The statuses that `add_header` without `always` is for (ngx_http_headers_filter). */
const STATUSES: ReadonlySet<number> = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308])

/** Adds the location's `expires` and `add_header` lines to the answer. One whose value is empty is not added. */
export function applyAddHeaders(state: RequestState): void {
  if (STATUSES.has(state.head.status)) applyExpires(state)
  for (const { name, value, always, rule, refused } of state.location.settings.addHeaders ?? []) {
    if (!always && !STATUSES.has(state.head.status)) continue
    if (refused) refuseRequest(rule, `add_header ${name} is not modelled`)
    const text = evaluate(value, state)
    if (text !== '') addHeader(state.head, [name, text])
  }
}
