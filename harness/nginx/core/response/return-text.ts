import { finalize, type Next, respond } from '../next.ts'
import { discardBody } from '../request/read-body.ts'
import type { RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { Template } from '../variables/template.ts'
import { contentTypeOf } from './content-type.ts'
import { setLocation } from './set-location.ts'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * `return`: a redirect, a text, or a code (ngx_http_script_return_code, ngx_http_send_response).
 * The body has been thrown away by then: a chunked one counts as empty.
 */
export function sendText(state: RequestState, status: number, text: Template | null): Next {
  if (text === null && status >= 400) return finalize(status)
  if (status >= 400 && text?.text === '') return finalize(status)
  const refused = discardBody(state)
  if (refused !== null) return refused
  if (state.chunked && state.parent === null) state.contentLength = 0
  state.head.status = status
  const value = text === null ? '' : evaluate(text, state)
  if (REDIRECTS.has(status)) {
    setLocation(state, value)
    return finalize(status)
  }
  state.head.contentLength = value.length
  state.head.contentType = state.head.contentType || contentTypeOf(state)
  return respond(value, 'self')
}
