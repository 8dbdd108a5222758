import type { Bytes } from '../../../chain/message.ts'
import { cgiPass } from '../../core/cgi/cgi-pass.ts'
import { PREREAD_BYTES, refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { scgi } from './compile.ts'

/** nginx itself tells an application how long the body is, before all else (ngx_http_scgi_create_request). */
export const passToScgi = cgiPass({
  protocol: 'scgi',
  settings: scgi,
  own: (state, body) => [['CONTENT_LENGTH', String(lengthTold(state, body))]],
})

function lengthTold(state: RequestState, body: Bytes): number {
  if (state.site.rules.scgiLengthAsAnnounced) return Math.max(state.contentLength, 0)
  const { unbuffered } = scgi.of(state.location.settings)
  if (unbuffered !== null && body.length > PREREAD_BYTES) {
    refuseRequest(
      unbuffered,
      `${unbuffered.text} tells an application how much of a body has come by then: not modelled`,
    )
  }
  return body.length
}
