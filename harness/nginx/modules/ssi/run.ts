import type { Bytes } from '../../../chain/message.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { hasType } from '../../core/response/content-types.ts'
import { dropHeader, weakenEtag } from '../../core/response/response-head.ts'
import { ssiSettings } from './compile.ts'

/** How every command begins (ngx_http_ssi_parse). */
const COMMAND = '<!--#'

/**
 * Looks for commands in a body that may have some (ngx_http_ssi_header_filter). The length is not known beforehand then, whether there
 * are any or not. What they do is not modelled.
 */
export function applySsi(state: RequestState, body: Bytes): Bytes {
  const { head } = state
  const { on, types, keepsLastModified } = ssiSettings.of(state.location.settings)
  if (on === null || head.contentLength === 0 || !hasType(head.contentType, state.hasUpstreamAnswer, types)) return body
  if (body.includes(COMMAND)) refuseRequest(on, `the answer has a command, "${COMMAND}": not modelled`)
  head.contentLength = -1
  state.noteHeader('Content-Length', 'dropped', on)
  head.allowRanges = false
  if (head.acceptRanges !== null) head.acceptRanges.name = ''
  if (keepsLastModified) weakenEtag(head)
  else {
    head.lastModifiedS = null
    for (const name of ['Last-Modified', 'ETag']) if (dropHeader(head, name)) state.noteHeader(name, 'dropped', on)
  }
  return body
}
