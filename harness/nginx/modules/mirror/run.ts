import type { Bytes } from '../../../chain/message.ts'
import { CONTENT, type Next } from '../../core/next.ts'
import { readBody } from '../../core/request/read-body.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { postSubrequest } from '../../core/subrequest.ts'
import { mirror } from './compile.ts'

/** Sends a copy of the request to other locations (ngx_http_mirror_handler); null where no line says so. */
export function mirrorRequest(state: RequestState): Next | null {
  const { lines, requestBody } = mirror.of(state.location.settings)
  if (state.parent !== null || lines.length === 0) return null
  const send = (body: Bytes): Next => {
    for (const { uri, rule } of lines) {
      state.because({ kind: 'mirrored', line: rule.text, uri }, rule.span)
      postSubrequest(state, { by: rule, uri, args: state.args }, body)
    }
    return CONTENT
  }
  return requestBody ? readBody(state, send) : send('')
}
