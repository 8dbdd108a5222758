import type { Header } from '../../../chain/message.ts'
import { answer, type CaseAnswer, type CaseRequest, type ConformanceCase } from '../case.ts'

/** What has to be on for the directives of ssi to take effect. */
const WITH_SSI = 'ssi on; ssi_types text/plain'

/** Those that FastCGI, SCGI and uwsgi share, by their names behind the prefix. */
const CGI_VALUES: Readonly<Record<string, readonly string[]>> = {
  buffers: ['8 2k', '64 64k'],
  busy_buffers_size: ['8k', '24k'],
  ignore_client_abort: ['on'],
  max_temp_file_size: ['0', '8k'],
  send_timeout: ['1s'],
  socket_keepalive: ['on'],
  temp_file_write_size: ['8k'],
  temp_path: ['$FILES/answers 1'],
}

const CGI_PROTOCOLS = ['fastcgi', 'scgi', 'uwsgi'] as const

/**
 * Values of the directives that the model accepts without modelling them, at their limits: the real nginx answers and sends on the
 * same with each of them, in {@link REQUESTS}. A test holds that no accepted directive is missing.
 */
export const ACCEPTED_VALUES: Readonly<Record<string, readonly string[]>> = {
  aio: ['off', 'threads'],
  aio_write: ['on'],
  auth_delay: ['0', '50ms'],
  client_body_buffer_size: ['1', '1k', '1m'],
  client_body_in_file_only: ['on', 'clean'],
  client_body_in_single_buffer: ['on'],
  client_body_temp_path: ['$FILES/bodies 1 2'],
  client_header_timeout: ['1s'],
  connection_pool_size: ['112', '8k'],
  directio: ['1', '1k'],
  directio_alignment: ['512', '4k'],
  error_log: ['/dev/null', '/dev/null debug'],
  access_log: ['off', '/dev/null', '$FILES/$host.log combined if=$arg_q'],
  ...Object.fromEntries(
    CGI_PROTOCOLS.flatMap((protocol) =>
      Object.entries(CGI_VALUES).map(([setting, values]) => [`${protocol}_${setting}`, values] as const),
    ),
  ),
  fastcgi_catch_stderr: ['error', '"PHP Fatal error"'],
  fastcgi_keep_conn: ['on'],
  fastcgi_send_lowat: ['0'],
  grpc_send_timeout: ['1s'],
  grpc_socket_keepalive: ['on'],
  gunzip_buffers: ['1 1k'],
  gzip_buffers: ['1 1k', '64 4k'],
  gzip_comp_level: ['1', '9'],
  gzip_hash: ['512', '128k'],
  gzip_window: ['512', '32k'],
  lingering_close: ['off', 'always'],
  lingering_time: ['0', '1s'],
  lingering_timeout: ['0', '1s'],
  log_not_found: ['off'],
  memcached_send_timeout: ['1s'],
  memcached_socket_keepalive: ['on'],
  open_file_cache: ['max=1', 'max=10 inactive=1s'],
  open_file_cache_errors: ['on'],
  open_file_cache_events: ['on'],
  open_file_cache_min_uses: ['9'],
  open_file_cache_valid: ['1s'],
  open_log_file_cache: ['max=10'],
  output_buffers: ['1 1', '1 1k', '8 64k'],
  postpone_gzipping: ['1k', '1m'],
  postpone_output: ['0', '1', '100k'],
  proxy_buffers: ['8 2k', '64 64k'],
  proxy_busy_buffers_size: ['8k', '24k'],
  proxy_headers_hash_bucket_size: ['128'],
  proxy_headers_hash_max_size: ['1', '1024'],
  proxy_ignore_client_abort: ['on'],
  proxy_max_temp_file_size: ['0', '8k'],
  proxy_send_lowat: ['0'],
  proxy_socket_keepalive: ['on'],
  proxy_temp_file_write_size: ['8k'],
  proxy_temp_path: ['$FILES/answers 1'],
  read_ahead: ['1', '1m'],
  request_pool_size: ['112', '64k'],
  referer_hash_bucket_size: ['128'],
  referer_hash_max_size: ['1'],
  reset_timedout_connection: ['on'],
  rewrite_log: ['on'],
  send_lowat: ['0'],
  sendfile: ['on'],
  sendfile_max_chunk: ['0', '1k'],
  send_timeout: ['1s'],
  ssi_ignore_recycled_buffers: [`on; ${WITH_SSI}`],
  ssi_min_file_chunk: [`1; ${WITH_SSI}`, `1m; ${WITH_SSI}`],
  ssi_silent_errors: [`on; ${WITH_SSI}`],
  ssi_value_length: [`1; ${WITH_SSI}`],
  subrequest_output_buffer_size: ['1'],
  tcp_nodelay: ['off'],
  tcp_nopush: ['on'],
  types_hash_bucket_size: ['128'],
  types_hash_max_size: ['1', '4096'],
  uninitialized_variable_warn: ['off'],
}

/** Lines of `http`, and of an upstream. */
interface AcceptedLines {
  readonly http?: string
  readonly upstream?: string
}

/** Accepted directives that stand in `http` or in an upstream, each with the whole line. */
export const ACCEPTED_LINES: Readonly<Record<string, AcceptedLines>> = {
  keepalive: { upstream: 'keepalive 1;' },
  keepalive_requests: { upstream: 'keepalive 2; keepalive_requests 1;' },
  keepalive_time: { upstream: 'keepalive 2; keepalive_time 1s;' },
  keepalive_timeout: { upstream: 'keepalive 2; keepalive_timeout 1s;' },
  limit_conn: { http: 'limit_conn_zone $binary_remote_addr zone=one:1m; limit_conn one 1;' },
  log_format: {
    http: 'log_format own escape=json "$request $msec $upstream_response_time $sent_http_x"; access_log /dev/null own;',
  },
  map_hash_bucket_size: { http: 'map_hash_bucket_size 128;' },
  map_hash_max_size: { http: 'map_hash_max_size 1;' },
  server_names_hash_bucket_size: { http: 'server_names_hash_bucket_size 128;' },
  server_names_hash_max_size: { http: 'server_names_hash_max_size 1;' },
  variables_hash_bucket_size: { http: 'variables_hash_bucket_size 128;' },
  variables_hash_max_size: { http: 'variables_hash_max_size 1;' },
  zone: { upstream: 'zone group 64k;' },
}

/** Lines of numbers: something to compress, of which no two parts are alike. */
function text(bytes: number): string {
  const lines = Array.from({ length: Math.ceil(bytes / 16) }, (_, n) => `${String(n).padStart(15, '0')}\n`)
  return lines.join('').slice(0, bytes)
}

const PLAIN: Header = ['Content-Type', 'text/plain']
const large = answer(200, [PLAIN], text(70_000))
const unframed: CaseAnswer = { bytes: `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n${text(70_000)}` }

/** Files, ranges, texts and proxied answers; short and long bodies both ways; upstreams that fail. */
function requestsTo(host: string): CaseRequest[] {
  const from: Header = ['Host', host]
  const chunked: Header = ['Transfer-Encoding', 'chunked']
  const gzip: Header = ['Accept-Encoding', 'gzip']
  const requests: CaseRequest[] = [
    { target: '/f/file' },
    { target: '/f/file', headers: [['Range', 'bytes=100-20000']] },
    { target: '/f/file', headers: [gzip] },
    { target: '/f/none' },
    { target: '/f/dir/' },
    { target: '/r' },
    { target: '/r', method: 'POST', body: text(9000) },
    { target: '/p?q=1', upstream: [large] },
    { target: '/p', upstream: [unframed] },
    { target: '/p', headers: [gzip], upstream: [large] },
    { target: '/p', method: 'HEAD', upstream: [large] },
    { target: '/p', method: 'POST', body: text(70_000) },
    { target: '/p', method: 'POST', body: text(70_000), headers: [chunked] },
    { target: '/g', method: 'PUT', body: text(20_000), upstream: ['close'] },
    { target: '/auth' },
  ]
  return requests.map((request) => ({ ...request, headers: [from, ...(request.headers ?? [])] }))
}

const LOCATIONS = `gzip on; gzip_types text/plain; gzip_proxied any;
  location /f/ { root $FILES; } location /r { return 200 text$mapped; } location /p { proxy_pass http://$A; }
  location /g { proxy_pass http://group; } location /auth { auth_basic x; auth_basic_user_file /dev/null; }`

/** Short and long bodies both ways to an application. */
function cgiRequestsTo(host: string): CaseRequest[] {
  const long: CaseAnswer = { bytes: `Content-Type: text/plain\r\n\r\n${text(70_000)}` }
  const requests: CaseRequest[] = [
    { target: '/?q=1', upstream: [long] },
    { target: '/', method: 'HEAD', upstream: [long] },
    { target: '/', method: 'POST', body: text(70_000), upstream: [{ bytes: 'Status: 404\r\n\r\n' }] },
    { target: '/', method: 'PUT', body: text(20_000), upstream: ['close', long] },
  ]
  return requests.map((request) => ({ ...request, headers: [['Host', host]] }))
}

/** The same to a server of gRPC. */
function grpcRequestsTo(host: string): CaseRequest[] {
  const requests: CaseRequest[] = [
    { target: '/?q=1', upstream: [large] },
    { target: '/', method: 'POST', body: text(70_000), upstream: [unframed] },
    { target: '/', method: 'PUT', body: text(1000), upstream: [large] },
  ]
  return requests.map((request) => ({ ...request, headers: [['Host', host]] }))
}

/** Values and a miss of memcached. */
function memcachedRequestsTo(host: string): CaseRequest[] {
  const long: CaseAnswer = { bytes: `VALUE / 0 70000\r\n${text(70_000)}\r\nEND\r\n` }
  const requests: CaseRequest[] = [
    { target: '/', upstream: ['close', long] },
    { target: '/', method: 'HEAD', upstream: [{ bytes: 'END\r\n' }] },
  ]
  return requests.map((request) => ({ ...request, headers: [['Host', host]] }))
}

const FILES = { 'f/file': text(40_000), 'f/dir/index.html': 'index' }

/** Every value in a server of its own. */
function caseOf(directive: string, values: readonly string[]): ConformanceCase {
  const cgi = CGI_PROTOCOLS.find((protocol) => directive.startsWith(`${protocol}_`))
  const [locations, requestsOf] = directive.startsWith('grpc_')
    ? ['location / { grpc_pass group; }', grpcRequestsTo]
    : directive.startsWith('memcached_')
      ? ['location / { set $memcached_key $uri; memcached_pass group; }', memcachedRequestsTo]
      : cgi === undefined
        ? [LOCATIONS, requestsTo]
        : [`location / { ${cgi}_param CONTENT_LENGTH $content_length; ${cgi}_pass group; }`, cgiRequestsTo]
  const servers = values.map(
    (value, n) => `server { listen $LISTEN; server_name v${n}; ${directive} ${value}; ${locations} }`,
  )
  return {
    name: `${directive}: ${values.join(', ')}`,
    files: FILES,
    site: `${around({})} ${servers.join('\n')}`,
    requests: values.flatMap((_, n) => requestsOf(`v${n}`)),
  }
}

function around({ http = '', upstream = '' }: AcceptedLines): string {
  return `${http} map $uri $mapped { /x 1; default 2; } upstream group { server $A max_fails=0; server $B max_fails=0; ${upstream} }`
}

/** What the model accepts is harmless: the real nginx does the same with it and without. */
export const ACCEPTED: readonly ConformanceCase[] = [
  ...Object.entries(ACCEPTED_VALUES).map(([directive, values]) => caseOf(directive, values)),
  ...Object.values(ACCEPTED_LINES).map((lines) => ({
    name: Object.values(lines).join(' '),
    files: FILES,
    site: `${around(lines)} server { listen $LISTEN; ${LOCATIONS} } server { listen $LISTEN; server_name other; }`,
    requests: requestsTo('first'),
  })),
]
