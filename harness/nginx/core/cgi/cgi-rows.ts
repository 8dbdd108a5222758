import type { CgiProtocol } from '../../../chain/message.ts'
import {
  accepted,
  BUFFERING,
  BUFFERS,
  CONNECTIONS,
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
  PASS,
  PATH,
  type Rows,
  refused,
  refusedUnlessOff,
  SIZE,
  type Support,
  setOf,
  type Takes,
  TIME,
  TWO_OR_MORE,
  text,
} from '../directives/rule.ts'

/** What nginx reads of a response of these protocols, which know no 502 and no 504. */
const CONDITIONS = [
  'error',
  'timeout',
  'invalid_header',
  'non_idempotent',
  'http_500',
  'http_503',
  'http_403',
  'http_404',
  'http_429',
  'updating',
  'off',
] as const

/** The directives that FastCGI, SCGI and uwsgi share, under the prefix of one of them. */
export function cgiRows(protocol: CgiProtocol): Rows {
  const own = (setting: string) => `${protocol}_${setting}`
  const ofCache = accepted(only(own('cache')))
  const settings: Readonly<Record<string, readonly [Takes, Support]>> = {
    bind: [text(1, 2, 'once'), refusedUnlessOff('decides which address the upstream sees', protocol)],
    socket_keepalive: [FLAG, accepted(CONNECTIONS)],
    connect_timeout: [TIME, modelled],
    send_timeout: [TIME, accepted(CONNECTIONS)],
    read_timeout: [TIME, modelled],
    buffer_size: [SIZE, modelled],
    next_upstream: [setOf(...CONDITIONS), modelled],
    next_upstream_tries: [NUMBER, modelled],
    next_upstream_timeout: [TIME, modelled],
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
    store: [ONE_ONCE, refusedUnlessOff('keeps answers as files, which later requests find', protocol)],
    store_access: [text(1, 3, 'once'), accepted(only(own('store')))],
    buffering: [FLAG, modelled],
    request_buffering: [FLAG, modelled],
    ignore_client_abort: [FLAG, accepted(CONNECTIONS)],
    pass_request_headers: [FLAG, modelled],
    pass_request_body: [FLAG, modelled],
    buffers: [BUFFERS, accepted(BUFFERING)],
    busy_buffers_size: [SIZE, accepted(BUFFERING)],
    force_ranges: [FLAG, refusedUnlessOff('cuts responses into ranges', protocol)],
    limit_rate: [SIZE, refused('reads the answer slowly', protocol)],
    cache: [ONE_ONCE, refusedUnlessOff('can answer without asking the upstream', protocol)],
    cache_key: [ONE_ONCE, ofCache],
    cache_path: [TWO_OR_MORE, ofCache],
    cache_bypass: [ONE_OR_MORE, ofCache],
    no_cache: [ONE_OR_MORE, ofCache],
    cache_valid: [ONE_OR_MORE, ofCache],
    cache_min_uses: [NUMBER, ofCache],
    cache_max_range_offset: [OFFSET, ofCache],
    cache_use_stale: [setOf(...CONDITIONS), ofCache],
    cache_methods: [setOf('GET', 'HEAD', 'POST'), ofCache],
    cache_lock: [FLAG, ofCache],
    cache_lock_timeout: [TIME, ofCache],
    cache_lock_age: [TIME, ofCache],
    cache_revalidate: [FLAG, ofCache],
    cache_background_update: [FLAG, ofCache],
    temp_path: [PATH, accepted(BUFFERING)],
    max_temp_file_size: [SIZE, accepted(BUFFERING)],
    temp_file_write_size: [SIZE, accepted(BUFFERING)],
    param: [text(2, 3), modelled],
  }
  const rows: Record<string, Rows[string]> = { [own('pass')]: [PASS, ONE_ONCE, modelled] }
  for (const [setting, [takes, support]] of Object.entries(settings)) {
    rows[own(setting)] = [setting === 'cache_path' ? HTTP : HTTP_SERVER_LOCATION, takes, support]
  }
  return rows
}
