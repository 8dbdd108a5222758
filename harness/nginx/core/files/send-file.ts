import { bytesFrom } from '../../../chain/message.ts'
import type { FileEntry } from '../../site.ts'
import { type Next, respond } from '../next.ts'
import { discardBody } from '../request/read-body.ts'
import type { RequestState } from '../request/request-state.ts'
import { contentTypeOf } from '../response/content-type.ts'
import { addHeader } from '../response/response-head.ts'

/** Answers with a file, its type by the name that the URI ends with (ngx_http_static_handler, from where the file is open). */
export function sendFile(state: RequestState, { bytes, modifiedMs }: Extract<FileEntry, { kind: 'file' }>): Next {
  const refused = discardBody(state)
  if (refused !== null) return refused
  const { head } = state
  const modifiedS = Math.floor(modifiedMs / 1000)
  head.status = 200
  head.contentLength = bytes.length
  head.lastModifiedS = modifiedS
  if (state.location.settings.files.etag) {
    head.etag = addHeader(head, ['ETag', `"${modifiedS.toString(16)}-${bytes.length.toString(16)}"`])
  }
  head.contentType = head.contentType || contentTypeOf(state)
  head.allowRanges = true
  return respond(bytesFrom(bytes), 'self')
}
