import { refuseRequest } from '../../core/request/refuse-request.ts'
import { regexMatch } from '../../core/request/regex-match.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { hasType } from '../../core/response/content-types.ts'
import { addHeader, weakenEtag } from '../../core/response/response-head.ts'
import { type GzipSettings, gzipSettings } from './compile.ts'

const COMPRESSED: ReadonlySet<number> = new Set([200, 403, 404])

/** Whether the answer is compressed for this client; then its head says so (ngx_http_gzip_header_filter, ngx_http_gzip_ok). */
export function applyGzip(state: RequestState): boolean {
  const { head } = state
  const gzip = gzipSettings.of(state.location.settings)
  if (!gzip.on || !COMPRESSED.has(head.status)) return false
  if (head.headers.some(({ name, value }) => name.toLowerCase() === 'content-encoding' && value !== '')) return false
  if (head.contentLength !== -1 && head.contentLength < gzip.minLength) return false
  if (!hasType(head.contentType, state.hasUpstreamAnswer, gzip.types)) return false
  head.varies = gzip.vary
  if (!clientTakes(state, gzip)) return false

  state.because({ kind: 'compressed' }, gzip.rule?.span ?? null)
  addHeader(head, ['Content-Encoding', 'gzip'])
  state.noteHeader('Content-Encoding', 'added', gzip.rule)
  state.noteHeader('Content-Length', 'dropped', gzip.rule)
  head.contentLength = -1
  head.allowRanges = false
  if (head.acceptRanges !== null) head.acceptRanges.name = ''
  weakenEtag(head)
  return true
}

function clientTakes(state: RequestState, gzip: GzipSettings): boolean {
  const accepted = state.header('accept-encoding')
  if (accepted === undefined || accepted.length < 4) return false
  if (!accepted.startsWith('gzip,') && !acceptsGzip(accepted)) return false
  if (gzip.httpVersion === '1.1' && state.input.request.httpVersion === '1.0') return false
  if (state.header('via') !== undefined && !gzip.proxied.has('any')) {
    if (gzip.proxied.has('off')) return false
    refuseRequest(gzip.rule ?? state.rule, 'gzip_proxied by what the answer says is not modelled')
  }
  return !isDisabled(state, gzip)
}

/** `gzip_disable`, by the User-Agent. */
function isDisabled(state: RequestState, gzip: GzipSettings): boolean {
  const agent = state.header('user-agent')
  if (agent === undefined) return false
  return gzip.disable.some((pattern) => {
    if (pattern !== 'msie6') return regexMatch(pattern, agent, gzip.rule ?? state.rule) !== null
    if (/MSIE [3-6]/.test(agent)) refuseRequest(gzip.rule ?? state.rule, 'gzip_disable msie6 is not modelled')
    return false
  })
}

/** ngx_http_gzip_accept_encoding: `gzip` with a weight that is not 0. */
function acceptsGzip(accepted: string): boolean {
  const [, rest] = /(?:^|[, ])gzip([\s\S]*)$/i.exec(accepted) ?? []
  if (rest === undefined) return false
  if (/^ *(?:,|$)/.test(rest)) return true
  const [, afterSemicolon] = /^ *;([\s\S]*)$/.exec(rest) ?? []
  if (afterSemicolon === undefined) return false
  if (/^ *$/.test(afterSemicolon)) return true
  const [, weight] = /^ *q=([01](?:\.[0-9]{0,3})?)(?:[, ]|$)/i.exec(afterSemicolon) ?? []
  return weight !== undefined && Number(weight) > 0 && Number(weight) <= 1
}
