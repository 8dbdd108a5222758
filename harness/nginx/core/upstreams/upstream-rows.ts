import type { UpstreamPrefix } from '../../../chain/message.ts'
import {
  accepted,
  BUFFERING,
  BUFFERS,
  CONNECTIONS,
  type Context,
  FLAG,
  HTTP,
  HTTP_SERVER_LOCATION,
  modelled,
  NUMBER,
  OFFSET,
  ONE,
  ONE_ONCE,
  ONE_OR_MORE,
  only,
  PATH,
  type Rows,
  refused,
  refusedUnlessOff,
  SIZE,
  type Support,
  setOf,
  type Takes,
  TIME,
  type Touches,
  TWO,
  TWO_OR_MORE,
  text,
} from '../directives/rule.ts'

/** A directive by its name behind the prefix of its module: `connect_timeout` for `proxy_connect_timeout`. */
type Settings = Readonly<Record<string, readonly [takes: Takes, support: Support, contexts?: readonly Context[]]>>

/** What nginx reads of an answer, beside what only HTTP knows. */
const CONDITIONS = ['error', 'timeout', 'invalid_header', 'non_idempotent'] as const
const STATUSES = ['http_500', 'http_503', 'http_403', 'http_404', 'http_429'] as const

/** Protocols in which an answer may be 502 or 504 to nginx. */
const OF_HTTP: ReadonlySet<UpstreamPrefix> = new Set<UpstreamPrefix>(['proxy', 'grpc'])

/** Directives of every module that sends requests to upstreams. */
export function connectionRows(prefix: UpstreamPrefix): Rows {
  return rows(prefix, {
    bind: [text(1, 2, 'once'), refusedUnlessOff('decides which address the upstream sees', touchesOf(prefix))],
    socket_keepalive: [FLAG, accepted(CONNECTIONS)],
    connect_timeout: [TIME, modelled],
    send_timeout: [TIME, prefix === 'proxy' ? modelled : accepted(CONNECTIONS)],
    read_timeout: [TIME, modelled],
    buffer_size: [SIZE, modelled],
    next_upstream_tries: [NUMBER, modelled],
    next_upstream_timeout: [TIME, modelled],
  })
}

/** Directives of those whose answers have a head. */
export function headerRows(prefix: UpstreamPrefix): Rows {
  return rows(prefix, {
    next_upstream: [setOf(...conditionsOf(prefix), ...(prefix === 'grpc' ? [] : ['updating']), 'off'), modelled],
    intercept_errors: [FLAG, modelled],
    pass_header: [ONE, modelled],
    hide_header: [ONE, modelled],
    ignore_headers: [
      setOf(
        'X-Accel-Redirect',
        'X-Accel-Expires',
        'X-Accel-Limit-Rate',
        'X-Accel-Buffering',
        'X-Accel-Charset',
        'Expires',
        'Cache-Control',
        'Set-Cookie',
        'Vary',
      ),
      modelled,
    ],
  })
}

/** Directives of those that keep answers and bodies in buffers. */
export function bufferRows(prefix: UpstreamPrefix): Rows {
  const touches = touchesOf(prefix)
  return rows(prefix, {
    store: [ONE_ONCE, refusedUnlessOff('keeps answers as files, which later requests find', touches)],
    store_access: [text(1, 3, 'once'), accepted(only(`${prefix}_store`))],
    buffering: [FLAG, modelled],
    request_buffering: [FLAG, modelled],
    ignore_client_abort: [FLAG, accepted(CONNECTIONS)],
    pass_request_headers: [FLAG, modelled],
    pass_request_body: [FLAG, modelled],
    buffers: [BUFFERS, accepted(BUFFERING)],
    busy_buffers_size: [SIZE, accepted(BUFFERING)],
    force_ranges: [FLAG, modelled],
    limit_rate: [SIZE, prefix === 'proxy' ? modelled : refused('reads the answer slowly', touches)],
    temp_path: [PATH, accepted(BUFFERING)],
    max_temp_file_size: [SIZE, accepted(BUFFERING)],
    temp_file_write_size: [SIZE, accepted(BUFFERING)],
  })
}

/** Directives of caches. */
export function cacheRows(prefix: UpstreamPrefix): Rows {
  return rows(prefix, {
    cache: [ONE_ONCE, modelled],
    cache_key: [ONE_ONCE, modelled],
    cache_path: [TWO_OR_MORE, modelled, HTTP],
    cache_bypass: [ONE_OR_MORE, modelled],
    no_cache: [ONE_OR_MORE, modelled],
    cache_valid: [ONE_OR_MORE, modelled],
    cache_min_uses: [NUMBER, modelled],
    cache_max_range_offset: [OFFSET, modelled],
    cache_use_stale: [setOf(...conditionsOf(prefix), 'updating', 'off'), modelled],
    cache_methods: [setOf('GET', 'HEAD', 'POST'), modelled],
    cache_lock: [FLAG, modelled],
    cache_lock_timeout: [TIME, modelled],
    cache_lock_age: [TIME, modelled],
    cache_revalidate: [FLAG, modelled],
    cache_background_update: [FLAG, modelled],
  })
}

/** Directives of TLS to upstreams. */
export function tlsRows(prefix: UpstreamPrefix): Rows {
  return rows(prefix, {
    ssl_session_reuse: [FLAG, modelled],
    ssl_protocols: [setOf('SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'), modelled],
    ssl_ciphers: [ONE_ONCE, modelled],
    ssl_name: [ONE_ONCE, modelled],
    ssl_server_name: [FLAG, modelled],
    ssl_verify: [FLAG, modelled],
    ssl_verify_depth: [NUMBER, accepted(only(`${prefix}_ssl_verify`))],
    ssl_trusted_certificate: [ONE_ONCE, modelled],
    ssl_crl: [ONE_ONCE, refused('says which certificates were called back', 'tls')],
    ssl_certificate: [ONE_ONCE, modelled],
    ssl_certificate_key: [ONE_ONCE, modelled],
    ssl_password_file: [ONE_ONCE, accepted(only(`${prefix}_ssl_certificate`))],
    ssl_conf_command: [TWO, refused('sets what OpenSSL does', 'tls')],
  })
}

function conditionsOf(prefix: UpstreamPrefix): readonly string[] {
  return [...CONDITIONS, ...STATUSES, ...(OF_HTTP.has(prefix) ? ['http_502', 'http_504'] : [])]
}

function touchesOf(prefix: UpstreamPrefix): Touches {
  return prefix === 'proxy' ? 'proxied' : prefix
}

function rows(prefix: UpstreamPrefix, settings: Settings): Rows {
  const named: Record<string, Rows[string]> = {}
  for (const [setting, [takes, support, contexts = HTTP_SERVER_LOCATION]] of Object.entries(settings)) {
    named[`${prefix}_${setting}`] = [contexts, takes, support]
  }
  return named
}
