import type { Header } from '../../../chain/message.ts'
import type { RequestHeader, RequestState } from '../request/request-state.ts'
import { evaluate } from '../variables/evaluate.ts'
import type { CgiSettings } from './cgi-settings.ts'

/**
 * What an application is told of a request, in the order of the wire: the lines of the file, then the client's headers for which no
 * line stands (ngx_http_fastcgi_create_request).
 */
export function cgiParams(state: RequestState, settings: CgiSettings): Header[] {
  const { rules } = state.site
  const told: Header[] = []
  for (const { name, value, skipsEmpty } of settings.params) {
    const text = evaluate(value, state)
    if (text !== '' || !skipsEmpty) told.push([name, text])
  }
  const tellsHost = rules.cgiHostByDefault && !settings.namesHost
  if (tellsHost) told.push(...hostParam(state))
  if (!settings.passRequestHeaders) return told
  const others = state.headers.filter(({ key }) => {
    return !settings.replaced.has(key.replaceAll('-', '_')) && !(tellsHost && key === 'host')
  })
  for (const [name, value] of rules.cgiHeadersJoined
    ? joined(others)
    : others.map(({ name, value }): Header => [name, value])) {
    told.push([`HTTP_${upperCase(name)}`, value])
  }
  return told
}

/** The host that counts, with the port that the client named (ngx_http_fastcgi_headers). */
function hostParam({ host, server, port }: RequestState): Header[] {
  const text = `${host || server.name}${port === 0 ? '' : `:${port}`}`
  return text === '' ? [] : [['HTTP_HOST', text]]
}

/** Every header once, where its first line stood (ngx_http_link_multi_headers). */
function joined(headers: readonly RequestHeader[]): Header[] {
  const lines = new Map<string, { readonly name: string; readonly values: string[] }>()
  for (const { name, key, value } of headers) {
    const line = lines.get(key)
    if (line === undefined) lines.set(key, { name, values: [value] })
    else line.values.push(value)
  }
  return [...lines].map(([key, { name, values }]) => [name, values.join(key === 'cookie' ? '; ' : ', ')])
}

/** Of ASCII alone. */
function upperCase(name: string): string {
  return name.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase()).replaceAll('-', '_')
}
