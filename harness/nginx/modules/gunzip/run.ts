import { gunzipSync } from 'node:zlib'
import { type Bytes, bufferOf, bytesFrom } from '../../../chain/message.ts'
import type { Rule } from '../../../trace/trace.ts'
import { refuseRequest } from '../../core/request/refuse-request.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { clearAcceptRanges, dropHeader, headerOf, weakenEtag } from '../../core/response/response-head.ts'
import { takesGzip } from '../../core/response/takes-gzip.ts'
import { gunzip } from './compile.ts'

/** Unpacks a compressed answer for a client that does not take it (ngx_http_gunzip_header_filter). */
export function applyGunzip(state: RequestState, body: Bytes): Bytes {
  const { head } = state
  const rule = gunzip.of(state.location.settings)
  if (rule === null || headerOf(head, 'content-encoding')?.toLowerCase() !== 'gzip') return body
  head.varies = true
  if (takesGzip(state)) return body

  state.because({ kind: 'decompressed' }, rule.span)
  dropHeader(head, 'content-encoding')
  state.noteHeader('Content-Encoding', 'dropped', rule)
  state.noteHeader('Content-Length', 'dropped', rule)
  head.contentLength = -1
  clearAcceptRanges(head)
  weakenEtag(head)
  // The answer to HEAD has none.
  return body === '' ? body : unpacked(body, rule)
}

/** What nginx sends of a body that is broken hangs on where its zlib notices it. */
function unpacked(body: Bytes, rule: Rule): Bytes {
  try {
    return bytesFrom(gunzipSync(bufferOf(body)))
  } catch {
    return refuseRequest(rule, 'gunzip gets a body that is no whole gzip: not modelled')
  }
}
