import { lowerCase } from '../../syntax/wire.ts'
import type { VersionRules } from '../../versions.ts'
import type { CacheEntry } from '../cache/cache-zone.ts'
import type { RequestCache } from '../cache/request-cache.ts'
import { mapUri, rootPath } from '../files/file-path.ts'
import { credentialsOf } from '../request/credentials.ts'
import { refuseRequest } from '../request/refuse-request.ts'
import type { RequestState, UpstreamTry, Variable } from '../request/request-state.ts'
import { httpTime } from '../response/http-time.ts'
import type { Server } from '../site-config.ts'
import { evaluate } from './evaluate.ts'
import { sentHeader } from './sent-headers.ts'

type Getter = (state: RequestState) => string | null

/** nginx's own variables that are read once per request (ngx_http_core_variables and those of proxy). */
const CACHED: Readonly<Record<string, Getter>> = {
  http_host: (state) => headerLines(state, 'host'),
  http_user_agent: (state) => headerLines(state, 'user-agent'),
  http_referer: (state) => headerLines(state, 'referer'),
  http_via: (state) => headerLines(state, 'via'),
  http_x_forwarded_for: (state) => joined(state, 'x-forwarded-for', ', '),
  http_cookie: (state) => joined(state, 'cookie', '; '),
  content_length: contentLength,
  content_type: (state) => headerLines(state, 'content-type'),
  host: (state) => state.host || state.server.name,
  remote_addr: (state) => state.client.address,
  remote_port: (state) => (state.client.port === 0 ? '' : String(state.client.port)),
  server_addr: (state) => state.input.server.address,
  server_port: (state) => String(state.input.server.port),
  server_protocol: (state) => `HTTP/${state.input.request.httpVersion}`,
  scheme: ({ input }) => (input.tls === undefined ? 'http' : 'https'),
  https: ({ input }) => (input.tls === undefined ? '' : 'on'),
  request_uri: (state) => state.unparsedUri || null,
  request: ({ input: { request } }) => `${request.method} ${request.target} HTTP/${request.httpVersion}`,
  server_name: (state) => state.server.name,
  remote_user: (state) => credentialsOf(state)?.user || null,
  binary_remote_addr: ({ client }) => binaryAddress(client.address),
  request_id: (state) => state.input.requestId,
  nginx_version: ({ site }) => site.rules.version,
  realip_remote_addr: (state) => state.input.client.address,
  realip_remote_port: (state) => (state.input.client.port === 0 ? '' : String(state.input.client.port)),
  http2: ({ input }) => (input.request.httpVersion === '2.0' ? 'h2' : ''),
  pipe: ({ input: { connection } }) => (connection?.isPipelined ? 'p' : '.'),
  request_port: ({ port }) => (port === 0 ? '' : String(port)),
  is_request_port: ({ port }) => (port === 0 ? '' : ':'),
  proxy_add_x_forwarded_for: addForwardedFor,
  proxy_protocol_addr: ({ proxied }) => proxied?.client.address ?? null,
  proxy_protocol_port: ({ proxied }) => (proxied === null ? null : String(proxied.client.port)),
  proxy_protocol_server_addr: ({ proxied }) => proxied?.server.address ?? null,
  proxy_protocol_server_port: ({ proxied }) => (proxied === null ? null : String(proxied.server.port)),
}

/** Those that are read again for every value they stand in. */
const UNCACHED: Readonly<Record<string, Getter>> = {
  uri: (state) => state.uri,
  document_uri: (state) => state.uri,
  query_string: (state) => state.args,
  args: (state) => state.args,
  is_args: (state) => (state.args === '' ? '' : '?'),
  request_method: ({ main }) => main.method,
  document_root: (state) => documentRoot(state),
  request_filename: (state) => requestFilename(state),
  status: status,
  request_completion: () => '',
  upstream_cache_status: ({ cache }) => cache?.status ?? null,
  upstream_cache_last_modified: ({ cache }) =>
    validatorOf(cache, ({ lastModifiedS }) => (lastModifiedS === null ? null : httpTime(lastModifiedS))),
  upstream_cache_etag: ({ cache }) => validatorOf(cache, ({ etag }) => etag || null),
  proxy_host: (state) => state.upstream?.hostHeader ?? null,
  proxy_internal_host: (state) => state.upstream?.hostHeader ?? null,
  proxy_port: (state) => (state.upstream?.protocol === 'http' ? state.upstream.port : null),
  proxy_internal_body_length: (state) => (state.upstream?.protocol === 'http' ? bodyLength(state) : null),
  upstream_addr: (state) => tries(state, ({ address }) => address),
  upstream_status: (state) => tries(state, (entry) => (entry.status === null ? '-' : String(entry.status))),
}

const OF_REQUEST_PORT: ReadonlySet<string> = new Set(['request_port', 'is_request_port'])

/** Variables of TLS (ngx_http_ssl_variable). They have no value on a connection in plain text. */
const OF_TLS: ReadonlySet<string> = new Set(
  `ssl_alpn_protocol ssl_cipher ssl_ciphers ssl_client_cert ssl_client_escaped_cert ssl_client_fingerprint ssl_client_i_dn
  ssl_client_i_dn_legacy ssl_client_raw_cert ssl_client_s_dn ssl_client_s_dn_legacy ssl_client_serial ssl_client_v_end
  ssl_client_v_remain ssl_client_v_start ssl_client_verify ssl_curve ssl_curves ssl_early_data ssl_protocol ssl_server_name
  ssl_session_id ssl_session_reused`.split(/\s+/),
)

/** A variable of nginx's own by its name in lower case; null where there is none. */
export function builtinVariable(name: string, rules: VersionRules): Variable | null {
  if (OF_REQUEST_PORT.has(name) && !rules.requestPort) return null
  if (name === 'proxy_internal_host' && (!rules.hostOfItsOwn || rules.hostAlwaysSent)) return null
  const cached = Object.hasOwn(CACHED, name) ? CACHED[name] : undefined
  if (cached !== undefined) return { name, get: cached, cacheable: true }
  const uncached = Object.hasOwn(UNCACHED, name) ? UNCACHED[name] : undefined
  if (uncached !== undefined) return { name, get: uncached, cacheable: false }
  return OF_TLS.has(name) ? { name, get: (state) => ofTls(name, state), cacheable: false } : null
}

/** Those that certificates, ciphers and clients decide are not known here. A client of ours has no certificate. */
function ofTls(name: string, state: RequestState): string | null {
  const {
    input: { tls },
    location,
  } = state
  if (tls === undefined) return null
  if (name === 'ssl_server_name') return tls.serverName
  if (name === 'ssl_client_verify') return 'NONE'
  if (name === 'ssl_alpn_protocol') return state.input.request.httpVersion === '2.0' ? 'h2' : 'http/1.1'
  if (name === 'ssl_session_reused') return '.'
  if (name.startsWith('ssl_client_') || name === 'ssl_early_data') return null
  const protocol = tlsProtocol(state)
  if (name === 'ssl_protocol' && protocol !== null) return protocol
  // The first one of OpenSSL, on both sides.
  if (name === 'ssl_cipher' && protocol === 'TLSv1.3') return 'TLS_AES_256_GCM_SHA384'
  return refuseRequest(location.rule, `$${name} depends on the TLS of both ends`)
}

/** Whether the protocol is chosen before the server or after it hangs on the libraries: it is known where both say the same. */
function tlsProtocol({ server, defaultServer }: RequestState): Server['tlsProtocol'] {
  return server.tlsProtocol === defaultServer.tlsProtocol ? server.tlsProtocol : null
}

/** `$arg_name`, `$http_name`, `$upstream_http_name`, `$upstream_cookie_name`, `$sent_http_name`, `$cookie_name`; null for any other name. */
export function prefixVariable(name: string, rules: VersionRules): Variable | null {
  if (name.startsWith('arg_')) {
    const key = name.slice('arg_'.length)
    return { name, get: (state) => argument(state.args, key), cacheable: false }
  }
  if (name.startsWith('http_')) {
    const key = name.slice('http_'.length)
    return { name, get: (state) => unknownHeader(state, key), cacheable: true }
  }
  if (name.startsWith('sent_http_') && name !== 'sent_http_transfer_encoding') {
    const key = name.slice('sent_http_'.length)
    return { name, get: (state) => sentHeader(state, key), cacheable: false }
  }
  if (name.startsWith('upstream_cookie_')) {
    const key = name.slice('upstream_cookie_'.length)
    return { name, get: (state) => upstreamCookie(state, key), cacheable: false }
  }
  if (name.startsWith('upstream_http_')) {
    const key = name.slice('upstream_http_'.length)
    return { name, get: (state) => upstreamHeader(state, key), cacheable: false }
  }
  if (name.startsWith('cookie_')) {
    const key = name.slice('cookie_'.length)
    return { name, get: (state) => cookie(state, key, rules), cacheable: true }
  }
  return null
}

/** ngx_http_upstream_cache_last_modified, ngx_http_upstream_cache_etag: of an entry that is over, where the upstream may say that it is good. */
function validatorOf(cache: RequestCache | null, read: (entry: CacheEntry) => string | null): string | null {
  if (cache === null || cache.entry === null || !cache.settings.revalidate || cache.status !== 'EXPIRED') return null
  return read(cache.entry)
}

/** ngx_http_upstream_header_variable: the lines of that name in the answer of the upstream that was asked last. */
function upstreamHeader({ upstreamHeaders, site }: RequestState, key: string): string | null {
  const lines = (upstreamHeaders ?? []).filter(([name]) => lowerCase(name).replaceAll('-', '_') === key)
  if (lines.length === 0) return null
  const values = lines.map(([, value]) => value)
  return site.rules.repeatedHeadersJoined ? values.join(', ') : (values[0] ?? null)
}

/** ngx_http_parse_set_cookie_lines: the first cookie of that name, matched without case, that the upstream sets. */
function upstreamCookie({ upstreamHeaders }: RequestState, key: string): string | null {
  for (const [name, value] of upstreamHeaders ?? []) {
    if (lowerCase(name) !== 'set-cookie' || lowerCase(value.slice(0, key.length)) !== key) continue
    const found = /^ *= *([^;]*)/.exec(value.slice(key.length))
    if (found !== null) return found[1] ?? ''
  }
  return null
}

/** Several lines of a header put together, as `$http_cookie` and `$http_x_forwarded_for` are. */
function joined(state: RequestState, key: string, separator: string): string | null {
  const values = state.headers.filter((header) => header.key === key).map(({ value }) => value)
  return values.length === 0 ? null : values.join(separator)
}

/** What stands in a header, as its variable has it. */
function headerLines(state: RequestState, key: string): string | null {
  return state.site.rules.repeatedHeadersJoined ? joined(state, key, ', ') : (state.header(key) ?? null)
}

/** ngx_http_variable_unknown_header: the lines whose name is this one, `-` and capitals written as `_` and small letters. */
function unknownHeader(state: RequestState, key: string): string | null {
  const lines = state.headers.filter((header) => header.key.replaceAll('-', '_') === key).map(({ value }) => value)
  if (lines.length === 0) return null
  return state.site.rules.repeatedHeadersJoined ? lines.join(', ') : (lines[0] ?? null)
}

/** ngx_http_arg: the first argument of that name, matched without case, its value as written. */
function argument(args: string, key: string): string | null {
  if (key === '') return null
  for (const pair of args.split('&')) {
    if (pair.length > key.length && pair[key.length] === '=' && pair.slice(0, key.length).toLowerCase() === key) {
      return pair.slice(key.length + 1)
    }
  }
  return null
}

/** ngx_http_parse_multi_header_lines: the first cookie of that name, matched without case. Only `;` ends a value; `,` may begin a cookie. */
function cookie(state: RequestState, key: string, { commaInCookie }: VersionRules): string | null {
  const wanted = new RegExp(`(?:^|${commaInCookie ? ';' : '[;,]'}) *${key} *= *([^;]*)`, 'i')
  for (const header of state.headers) {
    const found = header.key === 'cookie' ? wanted.exec(header.value) : null
    if (found !== null) return found[1] ?? ''
  }
  return null
}

function contentLength(state: RequestState): string | null {
  const header = state.header('content-length')
  if (header !== undefined) return header
  return state.contentLength >= 0 ? String(state.contentLength) : null
}

/** Without an absolute `root` it depends on where nginx was installed. */
function documentRoot(state: RequestState): string {
  const { rule, path } = state.location.settings.files.root
  if (!evaluate(path, state).startsWith('/')) refuseRequest(rule ?? state.location.rule, 'root is no absolute path')
  return rootPath(state)
}

function requestFilename(state: RequestState): string | null {
  documentRoot(state)
  const path = mapUri(state)
  return path === null ? null : path.root + path.rest
}

/** The bytes of an address. Those of IPv6 stand as they are written: they tell addresses apart as well. */
function binaryAddress(address: string): string {
  return address.includes(':') ? address : String.fromCharCode(...address.split('.').map(Number))
}

function bodyLength(state: RequestState): string | null {
  const setBody = state.upstream?.setBody ?? null
  if (setBody !== null) return String(setBody.length)
  return state.contentLength < 0 ? null : String(state.contentLength)
}

/** ngx_http_variable_status: an error's code before the answer's. */
function status(state: RequestState): string {
  const code = state.errorStatus || state.head.status
  return String(code).padStart(3, '0')
}

function addForwardedFor(state: RequestState): string {
  const forwarded = joined(state, 'x-forwarded-for', ', ')
  return forwarded === null ? state.client.address : `${forwarded}, ${state.client.address}`
}

/** `$upstream_addr` and its kin: every try in order, with commas between, and colons where a location sent it to another group. */
function tries(state: RequestState, text: (entry: UpstreamTry) => string): string | null {
  const groups = state.upstreamTries
  return groups.length === 0 ? null : groups.map((entries) => entries.map(text).join(', ')).join(' : ')
}
