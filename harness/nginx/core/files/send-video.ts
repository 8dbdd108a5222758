import { finalize, type Next } from '../next.ts'
import { refuseRequest, refuseWhere } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { lookUp, mapUri } from './file-path.ts'
import { sendFile } from './send-file.ts'

/**
 * Answers with a whole video; null where the URI is a folder's, which others answer for.
 * @param cutBy arguments of the request by which nginx cuts it
 */
export function sendVideo(state: RequestState, cutBy: readonly string[]): Next | null {
  if (state.method !== 'GET' && state.method !== 'HEAD') return finalize(405)
  if (state.uri.endsWith('/')) return null
  refuseWhere(state, 'file')
  const mapped = mapUri(state)
  if (mapped === null) return finalize(500)
  const path = mapped.root + mapped.rest
  const entry = lookUp(state, path)
  if (entry === null) {
    state.because({ kind: 'no-file', status: 404, fault: 'no-file', path }, state.rule.span)
    return finalize(404)
  }
  if (entry.kind === 'directory') return null
  const names = state.args.split('&').map((argument) => argument.split('=')[0]?.toLowerCase())
  const cut = cutBy.find((name) => names.includes(name))
  if (cut !== undefined)
    refuseRequest(state.rule, `${state.rule.text} cuts a video by its argument "${cut}": not modelled`)
  state.because({ kind: 'file-answers', path }, state.rule.span)
  return sendFile(state, entry)
}
