import { lowerCase } from '../../syntax/wire.ts'
import type { RequestState } from '../request/request-state.ts'

/** The content type of an answer by the URI's file extension (ngx_http_set_content_type). */
export function contentTypeOf(state: RequestState): string {
  const { types, defaultType } = state.location.settings
  const extension = extensionOf(state.uri)
  return types.get(lowerCase(extension)) ?? defaultType
}

/** ngx_http_set_exten: what follows the last dot of the last segment, where the dot does not begin the segment. */
function extensionOf(uri: string): string {
  const dot = uri.lastIndexOf('.')
  if (dot < 2 || uri[dot - 1] === '/' || uri.indexOf('/', dot) !== -1) return ''
  return uri.slice(dot + 1)
}
