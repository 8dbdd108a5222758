import { lowerCase } from '../../syntax/wire.ts'
import type { RequestState } from '../request/request-state.ts'

/** A Vary that is longer is not kept (NGX_HTTP_CACHE_VARY_LEN). */
export const MAX_VARY_BYTES = 128

/** Headers in whose values nginx makes all separators one comma. */
const NORMALISED: ReadonlySet<string> = new Set(['accept-charset', 'accept-encoding', 'accept-language'])

/** What tells the variants of an answer apart: its key, and what the request has in the headers of Vary (ngx_http_file_cache_vary). */
export function variantOf(state: RequestState, key: string, vary: string): string {
  const names = lowerCase(vary)
    .split(/[ ,]+/)
    .filter((name) => name !== '')
  return [key, ...names.map((name) => `${name}:${requestValue(state, name)}`)].join('\r\n')
}

/** ngx_http_file_cache_vary_header */
function requestValue({ headers }: RequestState, name: string): string {
  const values = headers.filter(({ key }) => key === name).map(({ value }) => value)
  if (!NORMALISED.has(name)) return values.join(',')
  return values.flatMap((value) => value.split(/[ ,]+/).filter((word) => word !== '')).join(',')
}
