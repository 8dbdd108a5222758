import type { RequestState } from '../../core/request/request-state.ts'
import { hasType } from '../../core/response/content-types.ts'
import { addHeader, clearAcceptRanges, headerOf, weakenEtag } from '../../core/response/response-head.ts'
import { takesGzip } from '../../core/response/takes-gzip.ts'
import { gzipSettings } from './compile.ts'

const COMPRESSED: ReadonlySet<number> = new Set([200, 403, 404])

/** Whether the answer is compressed for this client; then its head says so (ngx_http_gzip_header_filter). */
export function applyGzip(state: RequestState): boolean {
  const { head } = state
  const gzip = gzipSettings.of(state.location.settings)
  if (!gzip.on || !COMPRESSED.has(head.status)) return false
  if ((headerOf(head, 'content-encoding') ?? '') !== '') return false
  if (head.contentLength !== -1 && head.contentLength < gzip.minLength) return false
  if (!hasType(head.contentType, state.hasUpstreamAnswer, gzip.types)) return false
  head.varies = true
  if (!takesGzip(state)) return false

  state.because({ kind: 'compressed' }, gzip.rule?.span ?? null)
  addHeader(head, ['Content-Encoding', 'gzip'])
  state.noteHeader('Content-Encoding', 'added', gzip.rule)
  state.noteHeader('Content-Length', 'dropped', gzip.rule)
  head.contentLength = -1
  clearAcceptRanges(head)
  weakenEtag(head)
  return true
}
