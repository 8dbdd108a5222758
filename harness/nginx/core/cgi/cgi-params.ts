import type { Header } from '../../../chain/message.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { CgiSettings } from './cgi-settings.ts'

/**
 * What an application is told of a request, in the order of the wire: the lines of the file, then the client's headers for which no
 * line stands (ngx_http_fastcgi_create_request).
 */
export function cgiParams(state: RequestState, { params, replaced, passRequestHeaders }: CgiSettings): Header[] {
  const told: Header[] = []
  for (const { name, value, skipsEmpty } of params) {
    const text = evaluate(value, state)
    if (text !== '' || !skipsEmpty) told.push([name, text])
  }
  refuseNewer(state)
  if (!passRequestHeaders) return told
  for (const { name, key, value } of state.headers) {
    if (!replaced.has(key.replaceAll('-', '_'))) told.push([`HTTP_${upperCase(name)}`, value])
  }
  return told
}

/** Newer versions put repeated headers together, and have an HTTP_HOST of their own. */
function refuseNewer({ site: { rules }, headers, rule }: RequestState): void {
  const isRepeated = new Set(headers.map(({ key }) => key)).size < headers.length
  if (rules.cgiHostByDefault || (rules.repeatedHeadersJoined && isRepeated)) {
    refuseRequest(rule, `what nginx ${rules.version} tells an application of the client's headers is not modelled`)
  }
}

/** Of ASCII alone. */
function upperCase(name: string): string {
  return name.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()).replaceAll('-', '_')
}
