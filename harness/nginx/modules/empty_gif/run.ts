import { isAnsweredBy } from '../../core/locations/own-answer.ts'
import { finalize, type Next, respond } from '../../core/next.ts'
import { discardBody } from '../../core/request/read-body.ts'
import type { RequestState } from '../../core/request/request-state.ts'

/** ngx_empty_gif: 43 bytes, one for each character. */
const GIF = Buffer.from('R0lGODlhAQABAIABAAAAAP///yH5BAEAAAEALAAAAAABAAEAAAICTAEAOw==', 'base64').toString('latin1')

/** When it was last changed, as nginx has it. */
const MODIFIED_S = 23_349_600

/** ngx_http_empty_gif_handler */
export function answerWithGif(state: RequestState): Next | null {
  if (!isAnsweredBy(state, 'empty_gif')) return null
  if (state.method !== 'GET' && state.method !== 'HEAD') return finalize(405)
  const refused = discardBody(state)
  if (refused !== null) return refused
  const { head } = state
  head.status = 200
  head.contentType = 'image/gif'
  head.contentLength = GIF.length
  head.lastModifiedS = MODIFIED_S
  return respond(GIF, 'self')
}
