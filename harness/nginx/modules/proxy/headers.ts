import type { Header } from '../../../chain/message.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import type { ProxyHeaders, ProxySettings, SetHeader } from '../../core/upstreams/proxy-settings.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { Template } from '../../core/variables/template.ts'
import { lowerCase } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'

/**
 * What nginx sends where no `proxy_set_header` says otherwise, in this order (ngx_http_proxy_headers). An empty value keeps
 * the client's own header back. Transfer-Encoding is among them: bodies go on with a length.
 */
function defaultHeaders(rules: VersionRules): (readonly [name: string, value: string])[] {
  return [
    // Sent by itself where it is always sent.
    ['Host', rules.hostAlwaysSent ? '' : rules.hostOfItsOwn ? '$proxy_internal_host' : '$proxy_host'],
    ['Connection', rules.upstreamHttp11ByDefault ? '' : 'close'],
    ...(rules.proxyConnectionDropped ? [['Proxy-Connection', ''] as const] : []),
    ['Content-Length', '$proxy_internal_body_length'],
    ['Transfer-Encoding', ''],
    ['TE', ''],
    ['Keep-Alive', ''],
    ['Expect', ''],
    ['Upgrade', ''],
  ]
}

/** What makes an answer depend on what its client has already. It stays behind where the answer may be kept (ngx_http_proxy_cache_headers). */
const CACHE_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['If-Modified-Since', '$upstream_cache_last_modified'],
  ['If-Unmodified-Since', ''],
  ['If-None-Match', '$upstream_cache_etag'],
  ['If-Match', ''],
  ['Range', ''],
  ['If-Range', ''],
]

/** Puts the `proxy_set_header` lines and the defaults together (ngx_http_proxy_init_headers). */
export function mergeHeaders(
  own: readonly SetHeader[],
  compile: (value: string) => Template,
  rules: VersionRules,
  isForCache: boolean,
): ProxyHeaders {
  const isHost = ({ name }: SetHeader): boolean => rules.hostAlwaysSent && lowerCase(name) === 'host'
  const names = new Set(own.map(({ name }) => lowerCase(name)))
  const defaults = isForCache ? [...defaultHeaders(rules), ...CACHE_HEADERS] : defaultHeaders(rules)
  const missing = defaults.filter(([name]) => !names.has(lowerCase(name)))
  const lines = [...own, ...missing.map(([name, value]) => ({ name, value: compile(value) }))]
  return {
    host: own.findLast(isHost)?.value ?? null,
    lines: lines.filter((line) => line.value.text !== '' && !isHost(line)),
    replaced: new Set(lines.map(({ name }) => lowerCase(name))),
  }
}

/**
 * The headers of the request to the upstream, line by line. One whose value is empty is left out; then come the client's others.
 * @param proxyHost what `$proxy_host` gives
 */
export function proxyHeaders(state: RequestState, proxy: ProxySettings, proxyHost: string): Header[] {
  const { passRequestHeaders } = proxy
  const mayBeKept = state.upstream?.cache?.cacheable === true
  const headers = (mayBeKept ? proxy.cacheHeaders : null) ?? proxy.headers
  const lines: Header[] = state.site.rules.hostAlwaysSent ? hostLine(state, headers, proxy.httpVersion, proxyHost) : []
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

/** Host goes first, and never without a value over HTTP/1.1 (ngx_http_proxy_create_request). */
function hostLine(
  state: RequestState,
  headers: ProxyHeaders,
  httpVersion: ProxySettings['httpVersion'],
  proxyHost: string,
): Header[] {
  const own = headers.host === null ? proxyHost : evaluate(headers.host, state)
  const host = own === '' && httpVersion === '1.1' ? proxyHost : own
  return host === '' ? [] : [['Host', host]]
}
