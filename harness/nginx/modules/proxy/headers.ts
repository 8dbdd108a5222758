import type { Header } from '../../../chain/message.ts'
import type { RequestState } from '../../core/request/request-state.ts'
import { Slot } from '../../core/slot.ts'
import type { UpstreamHeaders } from '../../core/upstreams/header-lines.ts'
import type { ProxySettings } from '../../core/upstreams/proxy-settings.ts'
import { type OwnHeaders, upstreamHeaders } from '../../core/upstreams/set-headers.ts'
import { evaluate } from '../../core/variables/evaluate.ts'
import type { VersionRules } from '../../versions.ts'

/** What nginx sends by itself: to be kept or not. */
interface Defaults {
  readonly plain: OwnHeaders
  readonly forCache: OwnHeaders
}

const known = new Slot<VersionRules, Defaults | null>(null)

/** What nginx sends where no `proxy_set_header` says otherwise, and where the answer may be kept. */
export function defaultHeaders(rules: VersionRules): Defaults {
  const defaults = known.of(rules) ?? makeDefaults(rules)
  known.keep(rules, defaults)
  return defaults
}

function makeDefaults(rules: VersionRules): Defaults {
  const plain = plainHeaders(rules)
  return { plain, forCache: [...plain, ...CACHE_HEADERS] }
}

/** In this order (ngx_http_proxy_headers). Transfer-Encoding is among them: bodies go on with a length. */
function plainHeaders(rules: VersionRules): OwnHeaders {
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
const CACHE_HEADERS: OwnHeaders = [
  ['If-Modified-Since', '$upstream_cache_last_modified'],
  ['If-Unmodified-Since', ''],
  ['If-None-Match', '$upstream_cache_etag'],
  ['If-Match', ''],
  ['Range', ''],
  ['If-Range', ''],
]

/** The headers of the request to the upstream, line by line. @param proxyHost what `$proxy_host` gives */
export function proxyHeaders(state: RequestState, proxy: ProxySettings, proxyHost: string): Header[] {
  const mayBeKept = state.upstream?.cache?.cacheable === true
  const headers = (mayBeKept ? proxy.cacheHeaders : null) ?? proxy.headers
  const host = state.site.rules.hostAlwaysSent ? hostLine(state, headers, proxy.httpVersion, proxyHost) : []
  return [...host, ...upstreamHeaders(state, headers, proxy.passRequestHeaders)]
}

/** Host goes first, and never without a value over HTTP/1.1 (ngx_http_proxy_create_request). */
function hostLine(
  state: RequestState,
  headers: UpstreamHeaders,
  httpVersion: ProxySettings['httpVersion'],
  proxyHost: string,
): Header[] {
  const own = headers.host === null ? proxyHost : evaluate(headers.host, state)
  const host = own === '' && httpVersion === '1.1' ? proxyHost : own
  return host === '' ? [] : [['Host', host]]
}
