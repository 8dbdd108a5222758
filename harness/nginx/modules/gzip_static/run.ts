import { lookUp, mapUri } from '../../core/files/file-path.ts'
import { sendFile } from '../../core/files/send-file.ts'
import { finalize, type Next } from '../../core/next.ts'
import { refuseWhere } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { addHeader } from '../../core/response/response-head.ts'
import { saysVary, takesGzip } from '../../core/response/takes-gzip.ts'
import { gzipStatic } from './compile.ts'

/** Answers with the file of that name and `.gz`; null where it is not there, or the client may not get it (ngx_http_gzip_static_handler). */
export function answerFromCompressed(state: RequestState): Next | null {
  const setting = gzipStatic.of(state.location.settings)
  if (setting === null || state.uri.endsWith('/')) return null
  if (state.method !== 'GET' && state.method !== 'HEAD') return null
  refuseWhere(state, 'file')
  const { rule, always } = setting
  const takes = always || takesGzip(state)
  if (!takes && !saysVary(state)) return null
  const mapped = mapUri(state)
  if (mapped === null) return finalize(500)
  const path = `${mapped.root}${mapped.rest}.gz`
  const entry = lookUp(state, path)
  if (entry === null) return null
  if (!always) state.head.varies = true
  if (!takes || entry.kind === 'directory') return null

  state.because({ kind: 'file-answers', path }, rule.span)
  state.rule = rule
  const next = sendFile(state, entry)
  if (next.kind !== 'respond') return next
  const { head, site } = state
  addHeader(head, ['Content-Encoding', 'gzip'])
  state.noteHeader('Content-Encoding', 'added', rule)
  head.allowRanges = site.rules.rangesOfCompressedFiles
  return next
}
