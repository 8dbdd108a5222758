import type { Header } from '../../../chain/message.ts'
import type { RequestHeader, RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { CgiSettings } from './cgi-settings.ts'

/**
 * What an application is told of a request, in the order of the wire: the lines of the file and nginx's own, then the client's
 * headers for which no line stands (ngx_http_fastcgi_create_request).
 */
export function cgiParams(state: RequestState, settings: CgiSettings): Header[] {
  const mayBeKept = state.upstream?.cache?.cacheable === true
  const { lines, replaced } = (mayBeKept ? settings.toldForCache : null) ?? settings.told
  const told: Header[] = []
  for (const { name, value, skipsEmpty } of lines) {
    const text = evaluate(value, state)
    if (text !== '' || !skipsEmpty) told.push([name, text])
  }
  if (!settings.passRequestHeaders) return told
  const others = state.headers.filter(({ key }) => !replaced.has(key.replaceAll('-', '_')))
  const passed = state.site.rules.cgiHeadersJoined ? joined(others) : others
  for (const { name, value } of passed) told.push([`HTTP_${upperCase(name)}`, value])
  return told
}

/** Every header once, where its first line stood (ngx_http_link_multi_headers). */
function joined(headers: readonly RequestHeader[]): RequestHeader[] {
  return [...Map.groupBy(headers, ({ key }) => key)].flatMap(([key, lines]) => {
    const [first] = lines
    const value = lines.map((line) => line.value).join(key === 'cookie' ? '; ' : ', ')
    return first === undefined ? [] : [{ ...first, value }]
  })
}

/** Of ASCII alone. */
function upperCase(name: string): string {
  return name.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()).replaceAll('-', '_')
}
