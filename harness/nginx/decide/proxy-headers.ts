import type { Header } from '../../chain/message.ts'
import type { ProxyHeaders, ProxySettings, SetHeader } from '../config/settings.ts'
import { evaluate, type Template } from '../config/template.ts'
import { lowerCase } from '../config/wire.ts'
import type { RequestState } from './request-state.ts'

/**
 * What nginx sends where no `proxy_set_header` says otherwise, in this order (ngx_http_proxy_headers). An empty value keeps
 * the client's own header back. Transfer-Encoding is among them: bodies go on with a length.
 */
export const DEFAULT_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['Host', '$proxy_host'],
  ['Connection', 'close'],
  ['Content-Length', '$proxy_internal_body_length'],
  ['Transfer-Encoding', ''],
  ['TE', ''],
  ['Keep-Alive', ''],
  ['Expect', ''],
  ['Upgrade', ''],
]

/** Puts the `proxy_set_header` lines and the defaults together (ngx_http_proxy_init_headers). */
export function mergeHeaders(own: readonly SetHeader[], compile: (value: string) => Template): ProxyHeaders {
  const names = new Set(own.map(({ name }) => lowerCase(name)))
  const missing = DEFAULT_HEADERS.filter(([name]) => !names.has(lowerCase(name)))
  const lines = [...own, ...missing.map(([name, value]) => ({ name, value: compile(value) }))]
  return {
    lines: lines.filter(({ value }) => value.text !== ''),
    replaced: new Set(lines.map(({ name }) => lowerCase(name))),
  }
}

/** The headers of the request to the upstream, line by line. One whose value is empty is left out; then come the client's others. */
export function proxyHeaders(state: RequestState, { headers, passRequestHeaders }: ProxySettings): Header[] {
  const lines: Header[] = []
  for (const { name, value } of headers.lines) {
    const text = evaluate(value, state)
    if (text !== '') lines.push([name, text])
  }
  if (!passRequestHeaders) return lines
  for (const { name, key, value } of state.headers) {
    if (!headers.replaced.has(key)) lines.push([name, value])
  }
  return lines
}
