import type { ResponseMessage } from '../../../chain/message.ts'
import { finalize, internalRedirect, type Next, namedLocation } from '../next.ts'
import type { RequestState } from '../request/request-state.ts'
import { addHeader } from '../response/response-head.ts'

/** Headers of the upstream's answer that the answer of the other location keeps (`redirect` in ngx_http_upstream_headers_in). */
const KEPT: ReadonlySet<string> = new Set([
  'set-cookie',
  'content-disposition',
  'cache-control',
  'expires',
  'accept-ranges',
])

/** X-Accel-Redirect: the upstream lets another location answer (ngx_http_upstream_process_headers). */
export function acceleratedRedirect(state: RequestState, { headers }: ResponseMessage, uri: string): Next {
  state.because({ kind: 'accel-redirect', uri }, state.rule.span)
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'content-type') state.head.contentType = value
    else if (KEPT.has(name.toLowerCase())) addHeader(state.head, [name, value])
  }
  if (uri.startsWith('@')) return namedLocation(state.rule, uri)
  const target = unsafeUri(uri)
  if (target === null) return finalize(404)
  if (state.method !== 'HEAD') state.method = 'GET'
  return internalRedirect(state.rule, target.uri, target.args)
}

/** ngx_http_parse_unsafe_uri: null for a target that climbs up or is empty. */
function unsafeUri(text: string): { uri: string; args: string } | null {
  if (text === '' || text.startsWith('?') || /^\.\.(?:\/|$)/.test(text)) return null
  const mark = text.indexOf('?')
  const path = mark === -1 ? text : text.slice(0, mark)
  const decoded = path.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  if (decoded.includes('\0') || /\/\.\.(?:\/|$)/.test(decoded)) return null
  return { uri: decoded, args: mark === -1 ? '' : text.slice(mark + 1) }
}
