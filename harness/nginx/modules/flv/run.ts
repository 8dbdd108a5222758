import { sendVideo } from '../../core/files/send-video.ts'
import { isAnsweredBy } from '../../core/locations/own-answer.ts'
import type { Next } from '../../core/next.ts'
import type { RequestState } from '../../core/request/request-state.ts'

/** ngx_http_flv_handler */
export function answerFromVideo(state: RequestState): Next | null {
  return isAnsweredBy(state, 'flv') ? sendVideo(state, ['start']) : null
}
