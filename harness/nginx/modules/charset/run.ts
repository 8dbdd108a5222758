import type { RequestState } from '../../core/request/request-state.ts'
import { hasType } from '../../core/response/content-types.ts'
import { charsetSettings } from './compile.ts'

/** Adds the charset to the content type, where the upstream names none (ngx_http_charset_header_filter). */
export function applyCharset(state: RequestState): void {
  const { head } = state
  const { name, types } = charsetSettings.of(state.location.settings)
  head.charset = null
  if (name === null || head.contentType === '' || head.status === 301 || head.status === 302) return
  if (!hasType(head.contentType, state.hasUpstreamAnswer, types)) return
  if (state.hasUpstreamAnswer && head.contentType.includes(';')) return
  head.charset = name
}
