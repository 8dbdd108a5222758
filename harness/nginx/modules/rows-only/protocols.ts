import {
  accepted,
  FLAG,
  HTTP_SERVER_LOCATION,
  type ModuleTable,
  NUMBER,
  ONE,
  ONE_ONCE,
  only,
  PASS,
  type Rows,
  refused,
  SIZE,
  setOf,
  type Takes,
  TIME,
  TWO,
  text,
} from '../../core/directives/rule.ts'

/** What a directive takes, by its name behind the protocol's prefix: `connect_timeout` for `fastcgi_connect_timeout`. */
type Settings = Readonly<Record<string, Takes>>

/** Answers that may be passed over, beside 502 and 504. */
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
const UNCHECKED = /^(?:bind|ssl_.*|set_header)$/

/** Other protocols to an upstream. Their `…_pass` alone is refused: without it the rest does nothing. */
export const PROTOCOLS_MODULES: readonly ModuleTable[] = [
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
    rows[`${name}_${setting}`] = [setting === 'pass' ? PASS : HTTP_SERVER_LOCATION, takes, support]
  }
  return { module: `ngx_http_${name}_module`, rows }
}
