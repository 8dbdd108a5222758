import {
  accepted,
  BUFFERS,
  type Context,
  FLAG,
  HTTP,
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  NUMBER,
  number,
  OFFSET,
  ONE,
  ONE_ONCE,
  ONE_OR_MORE,
  only,
  PASS,
  PATH,
  type Rows,
  refused,
  SIZE,
  setOf,
  type Takes,
  TIME,
  TWO,
  TWO_OR_MORE,
  text,
} from '../../core/directives/rule.ts'

/** What a directive takes, by its name behind the protocol's prefix: `connect_timeout` for `fastcgi_connect_timeout`. */
type Settings = Readonly<Record<string, Takes>>

/** What nginx reads of a response of FastCGI, uwsgi and SCGI, which know no 502 and no 504. */
const STATUSES = ['http_500', 'http_503', 'http_403', 'http_404', 'http_429'] as const
const FAILURES = ['error', 'timeout', 'invalid_header', 'non_idempotent'] as const

const EVERY: Settings = {
  pass: ONE_ONCE,
  bind: text(1, 2, 'once'),
  socket_keepalive: FLAG,
  connect_timeout: TIME,
  send_timeout: TIME,
  read_timeout: TIME,
  buffer_size: SIZE,
  next_upstream: setOf(...FAILURES, ...STATUSES, 'updating', 'off'),
  next_upstream_tries: NUMBER,
  next_upstream_timeout: TIME,
}

const WITH_HEADERS: Settings = {
  ...EVERY,
  intercept_errors: FLAG,
  pass_header: ONE,
  hide_header: ONE,
  ignore_headers: setOf(
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
}

const CGI: Settings = {
  ...WITH_HEADERS,
  store: ONE_ONCE,
  store_access: text(1, 3, 'once'),
  buffering: FLAG,
  request_buffering: FLAG,
  ignore_client_abort: FLAG,
  pass_request_headers: FLAG,
  pass_request_body: FLAG,
  buffers: BUFFERS,
  busy_buffers_size: SIZE,
  force_ranges: FLAG,
  limit_rate: SIZE,
  cache: ONE_ONCE,
  cache_key: ONE_ONCE,
  cache_path: TWO_OR_MORE,
  cache_bypass: ONE_OR_MORE,
  no_cache: ONE_OR_MORE,
  cache_valid: ONE_OR_MORE,
  cache_min_uses: NUMBER,
  cache_max_range_offset: OFFSET,
  cache_use_stale: setOf(...FAILURES, ...STATUSES, 'updating', 'off'),
  cache_methods: setOf('GET', 'HEAD', 'POST'),
  cache_lock: FLAG,
  cache_lock_timeout: TIME,
  cache_lock_age: TIME,
  cache_revalidate: FLAG,
  cache_background_update: FLAG,
  temp_path: PATH,
  max_temp_file_size: SIZE,
  temp_file_write_size: SIZE,
  param: text(2, 3),
}

const TLS: Settings = {
  ssl_session_reuse: FLAG,
  ssl_protocols: setOf('SSLv2', 'SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'),
  ssl_ciphers: ONE_ONCE,
  ssl_name: ONE_ONCE,
  ssl_server_name: FLAG,
  ssl_verify: FLAG,
  ssl_verify_depth: NUMBER,
  ssl_trusted_certificate: ONE_ONCE,
  ssl_crl: ONE_ONCE,
  ssl_certificate: ONE_ONCE,
  ssl_certificate_key: ONE_ONCE,
  ssl_password_file: ONE_ONCE,
  ssl_conf_command: TWO,
}

/** Settings whose values nginx checks in ways of its own, which nobody looks at here. */
const UNCHECKED =
  /^(?:store|bind|cache|cache_key|cache_path|cache_bypass|no_cache|split_path_info|string|ssl_.*|set_header)$/

const CONTEXTS: Readonly<Record<string, readonly Context[]>> = { pass: PASS, cache_path: HTTP }

/** Other protocols to an upstream. Their `…_pass` alone is refused: without it the rest does nothing. */
export const PROTOCOLS_MODULES: readonly ModuleTable[] = [
  protocol('fastcgi', {
    ...CGI,
    index: ONE_ONCE,
    split_path_info: ONE,
    send_lowat: SIZE,
    catch_stderr: ONE,
    keep_conn: FLAG,
  }),
  protocol('uwsgi', { ...CGI, ...TLS, modifier1: number(0, 255), modifier2: number(0, 255), string: ONE_ONCE }),
  protocol('scgi', CGI),
  protocol('grpc', {
    ...WITH_HEADERS,
    ...TLS,
    next_upstream: setOf(...FAILURES, ...STATUSES, 'http_502', 'http_504', 'off'),
    set_header: TWO,
  }),
  protocol('memcached', {
    ...EVERY,
    next_upstream: setOf('error', 'timeout', 'invalid_response', 'not_found', 'off'),
    gzip_flag: NUMBER,
  }),
]

function protocol(name: string, settings: Settings): ModuleTable {
  const rows: Record<string, Rows[string]> = {}
  for (const [setting, takes] of Object.entries(settings)) {
    const support =
      setting === 'pass'
        ? refused('sends the request on in another protocol', 'handler')
        : UNCHECKED.test(setting)
          ? refused('has values that are not checked')
          : accepted(only(`${name}_pass`))
    rows[`${name}_${setting}`] = [CONTEXTS[setting] ?? HTTP_SERVER_LOCATION, takes, support]
  }
  return { module: `ngx_http_${name}_module`, rows }
}
