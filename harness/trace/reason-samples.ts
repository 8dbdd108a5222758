import type { BareFailure, TlsFault } from './outcome.ts'
import type { HeadFault, NearMissReason, ReasonFact } from './reason.ts'

/** What the page of reasons shows under one heading. */
export interface ReasonSamples {
  readonly title: string
  readonly facts: readonly ReasonFact[]
}

const LINE = 'error_page 404 /404.html'
const TLS_FAULTS: readonly TlsFault[] = [
  { kind: 'plain' },
  { kind: 'unverified', code: 20 },
  { kind: 'other-name', name: 'api.example' },
  { kind: 'alert', alert: 40 },
  { kind: 'closed' },
]

const CACHED = {
  status: 'HIT',
  key: 'http://users/api/users',
  storedBy: { method: 'GET', target: '/api/users', host: 'example.com' },
} as const
const PEER = { address: '10.43.193.134', port: 9000 }

/** One fact of every kind, and of every choice within a kind, in the order of reason.ts. A test finds what is missing. */
export const REASON_SAMPLES: readonly ReasonSamples[] = [
  {
    title: 'nginx reads the head',
    facts: [
      head('request-line', 400, ''),
      head('target', 400, '/a/../../b'),
      head('host', 400, 'a b'),
      head('header-line', 400, 'no colon'),
      head('line-too-long', 414, ''),
      head('headers-too-long', 400, 'cookie'),
      head('too-many-headers', 400, '1000'),
      head('header-twice', 400, 'host'),
      head('host-missing', 400, ''),
      head('content-length', 400, '1x'),
      head('coding-in-1.0', 400, 'chunked'),
      head('coding-unknown', 501, 'deflate'),
      head('length-and-coding', 400, ''),
      head('method', 405, 'TRACE'),
      { kind: 'header-ignored', name: 'x_user' },
      { kind: 'https-port' },
      { kind: 'certificate-wanted', line: LINE },
      { kind: 'other-name-negotiated', line: LINE, host: 'a.example' },
    ],
  },
  {
    title: 'nginx chooses the server',
    facts: [
      { kind: 'server-name', how: 'exact', name: 'a.example', host: 'a.example' },
      { kind: 'server-name', how: 'leading', name: '*.example', host: 'a.example' },
      { kind: 'server-name', how: 'trailing', name: 'a.*', host: 'a.example' },
      { kind: 'server-name', how: 'regex', name: '~^a', host: 'a.example' },
      { kind: 'default-server', host: 'a.example', isMarked: true },
      { kind: 'default-server', host: '', isMarked: false },
      { kind: 'client-address', header: 'X-Forwarded-For', address: '192.0.2.7' },
    ],
  },
  {
    title: 'nginx chooses the location',
    facts: [
      { kind: 'exact-location', name: '/api' },
      { kind: 'slash-redirect', name: '/api/', uri: '/api' },
      { kind: 'longest-prefix', name: '/api/', forbidsRegexes: false },
      { kind: 'longest-prefix', name: '/api/', forbidsRegexes: true },
      { kind: 'regex-location', label: '~ ^/v1/', prefix: '/' },
      { kind: 'regex-location', label: '~ ^/v1/', prefix: null },
      { kind: 'internal-location', label: '/404.html' },
      { kind: 'method-limited', method: 'POST', line: 'limit_except GET', label: '/api/' },
      { kind: 'body-too-large', lengthBytes: 2048, line: 'client_max_body_size 1k' },
      { kind: 'body-too-large', lengthBytes: 2097152, line: null },
      { kind: 'body-not-chunked' },
      { kind: 'body-unfinished', announcedBytes: 20, sentBytes: 5 },
      { kind: 'body-unfinished', announcedBytes: null, sentBytes: 5 },
    ],
  },
  {
    title: 'nginx rewrites',
    facts: [
      { kind: 'returned', line: 'return 301 /new/' },
      { kind: 'if-holds', line: 'if ($request_method = POST)' },
      { kind: 'arguments-set', value: 'page=2' },
      { kind: 'rewritten', pattern: '^/old/(.*)$', before: '/old/a', uri: '/new/a' },
      { kind: 'rewrite-redirect', pattern: '^/old/(.*)$', before: '/old/a', location: '/new/a' },
      { kind: 'rewritten-to-nothing' },
      { kind: 'uri-cycle', doing: 'processing', uri: '/a' },
      { kind: 'uri-cycle', doing: 'redirecting', uri: '/a' },
    ],
  },
  {
    title: 'nginx controls access',
    facts: [
      { kind: 'rate-limited', line: 'limit_req zone=one' },
      { kind: 'address-denied', line: 'deny all', address: '192.0.2.7' },
      { kind: 'password-wanted', line: 'auth_basic "staff"' },
      { kind: 'password-unknown', line: 'auth_basic_user_file users' },
      { kind: 'no-password-file', path: '/etc/nginx/users' },
      { kind: 'auth-asked', line: 'auth_request /auth', uri: '/auth' },
      { kind: 'auth-answered', line: 'auth_request /auth', status: 204 },
      { kind: 'auth-answered', line: 'auth_request /auth', status: 401 },
      { kind: 'auth-answered', line: 'auth_request /auth', status: 502 },
    ],
  },
  {
    title: 'nginx looks for files',
    facts: [
      { kind: 'file-tried', path: '/srv/a.html' },
      { kind: 'no-file-tried', names: ['/a', '/a/'] },
      { kind: 'index-found', path: '/srv/index.html' },
      { kind: 'folder-redirect', path: '/srv/a' },
      { kind: 'answers-itself', line: 'stub_status' },
      { kind: 'file-answers', path: '/srv/a.html' },
      { kind: 'no-file', status: 405, fault: 'method', path: 'PUT' },
      { kind: 'no-file', status: 404, fault: 'no-file', path: '/srv/a.html' },
      { kind: 'no-file', status: 404, fault: 'no-folder', path: '/srv/a' },
      { kind: 'no-file', status: 404, fault: 'not-a-folder', path: '/srv/a.html/' },
      { kind: 'no-file', status: 403, fault: 'no-index', path: '/srv/a/' },
      { kind: 'no-file', status: 405, fault: 'posted', path: '/srv/a.html' },
      { kind: 'alias-rewritten' },
    ],
  },
  {
    title: 'nginx passes the request on',
    facts: [
      { kind: 'mirrored', line: 'mirror /mirror', uri: '/mirror' },
      { kind: 'proxy-url', url: 'http://10.43.193.134:9000/v1/' },
      { kind: 'no-proxy-url', url: 'ftp://a' },
      { kind: 'proxies-nowhere' },
      { kind: 'pass-address', address: '10.43.10.20:9000' },
      { kind: 'no-pass-address', address: 'php' },
      { kind: 'params-too-long', protocol: 'fastcgi' },
      { kind: 'memcached-asked', key: '/api/users' },
      { kind: 'memcached-asked', key: '' },
      { kind: 'script-named', path: '/var/www/html/index.php' },
      { kind: 'no-script' },
      { kind: 'no-resolver', host: 'api.example' },
      { kind: 'unresolved', host: 'api.example', isSilent: false, resolver: '10.43.0.10' },
      { kind: 'unresolved', host: 'api.example', isSilent: true, resolver: '10.43.0.10' },
      { kind: 'target-empty' },
      { kind: 'target-as-sent' },
      { kind: 'target-from-variables', part: '/v1/' },
      { kind: 'target-by-set', line: 'set $target /v1/' },
      { kind: 'target-rewritten', uri: '/new/a' },
      { kind: 'target-after-break', part: '/v1/' },
      { kind: 'prefix-replaced', part: '/', prefix: '/api/' },
      { kind: 'peer-chosen', upstream: 'gateways', ...PEER },
      { kind: 'no-live-peer' },
      failed('refused'),
      failed('unresolved'),
      failed('connect-timeout'),
      failed('read-timeout'),
      failed('reset'),
      failed('invalid'),
      failed('header-too-big'),
      ...TLS_FAULTS.map((fault) => ({ kind: 'handshake-failed' as const, ...PEER, fault, serverName: null })),
      { kind: 'try-passed-over', status: 503 },
    ],
  },
  {
    title: 'nginx answers',
    facts: [
      { kind: 'answer-intercepted', status: 404, line: LINE },
      { kind: 'error-page', status: 404, line: LINE },
      { kind: 'internal-redirect', target: '/404.html' },
      { kind: 'named-location', name: '@fallback' },
      { kind: 'no-named-location', name: '@fallback' },
      { kind: 'no-uri', name: '@fallback' },
      { kind: 'accel-redirect', uri: '/files/a' },
      { kind: 'redirect-rewritten', before: 'http://10.43.193.134:9000/a', location: '/api/a' },
      { kind: 'cache-asks', status: 'MISS', key: 'http://users/api/users', line: 'proxy_cache api' },
      { kind: 'cache-stored', key: 'http://users/api/users', forS: 60, line: 'proxy_cache_valid 200 1m' },
      { kind: 'cache-stored', key: 'http://users/api/users', forS: 60, line: null },
      { kind: 'cache-not-stored', why: 'Set-Cookie: session=1', line: 'proxy_cache api' },
      { kind: 'cache-answers', ...CACHED, agoS: 12, leftS: 48, isOfOther: false, line: 'proxy_cache api' },
      { kind: 'cache-answers', ...CACHED, agoS: 12, leftS: 48, isOfOther: true, line: 'proxy_cache_key $uri' },
      { kind: 'cache-answers', ...CACHED, agoS: 80, leftS: -20, isOfOther: false, line: 'proxy_cache_use_stale error' },
      { kind: 'cache-updated-beside', line: 'proxy_cache_background_update on' },
      { kind: 'cache-bypassed', line: 'proxy_cache_bypass $cookie_session' },
      { kind: 'slice-came', line: 'slice 1m', range: 'bytes=0-1048575', of: 3_000_000 },
      { kind: 'slice-refused', line: 'slice 1m', range: 'bytes=1048576-2097151', fault: 'etag' },
      { kind: 'slice-refused', line: 'slice 1m', range: 'bytes=1048576-2097151', fault: 'status' },
      { kind: 'slice-refused', line: 'slice 1m', range: 'bytes=1048576-2097151', fault: 'no-range' },
      { kind: 'slice-refused', line: 'slice 1m', range: 'bytes=1048576-2097151', fault: 'no-length' },
      { kind: 'slice-refused', line: 'slice 1m', range: 'bytes=1048576-2097151', fault: 'other-range' },
      { kind: 'raw-bytes' },
      { kind: 'precondition-failed' },
      { kind: 'not-modified' },
      { kind: 'decompressed' },
      { kind: 'compressed' },
      { kind: 'text-replaced' },
      { kind: 'closed', status: 444 },
      { kind: 'not-for-status', status: 404 },
      { kind: 'not-inherited', line: 'add_header X-B b' },
      { kind: 'empty-value' },
    ],
  },
  {
    title: 'The gateway',
    facts: [
      { kind: 'gateway-log', detail: 'no route takes GET /v2/users' },
      { kind: 'carried-by-rewritten-form', path: '/v1/users/*' },
      { kind: 'cors-does-not-say-so' },
      { kind: 'public-path', line: 'publicPaths' },
      { kind: 'not-http' },
      { kind: 'no-gateway-log' },
    ],
  },
  {
    title: 'What is known from outside of a hop',
    facts: [
      { kind: 'nginx-log', note: 'connect to 10.43.193.134:9000' },
      { kind: 'no-nginx-log' },
      { kind: 'model-differs', difference: 'it sends /a' },
      { kind: 'location-used', line: 'location /api/' },
      { kind: 'file-missing', path: '/etc/ssl/site.pem' },
      { kind: 'address-changed-hands', address: '10.43.1.1', owner: 'users', now: 'orders' },
      { kind: 'address-changed-hands', address: '10.43.1.1', owner: 'users', now: null },
    ],
  },
]

/** One near miss of every kind. */
export const NEAR_MISS_SAMPLES: readonly NearMissReason[] = [
  { kind: 'not-exact', name: '/api', uri: '/api/users' },
  { kind: 'exact-won', name: '/api', winner: '/api' },
  { kind: 'regex-won', name: '/api/', winner: '~ ^/api/' },
  { kind: 'shorter', name: '/', winner: '/api/' },
  { kind: 'slash-missing', name: '/api/', uri: '/api' },
  { kind: 'case-differs', name: '/Api/', uri: '/api/users' },
  { kind: 'narrower', name: '/api/v1/', uri: '/api/v2/users' },
  { kind: 'regex-does-not-match', label: '~ ^/v1/', uri: '/v2/users' },
  { kind: 'exact-comes-first', label: '~ ^/api', winner: '/api' },
  { kind: 'regexes-forbidden', label: '~ ^/api', winner: '/api/' },
  { kind: 'regex-comes-later', label: '~ ^/api', winner: '~ ^/a' },
  { kind: 'route', because: 'with /api in front it would be taken' },
]

function head(fault: HeadFault, status: number, value: string): ReasonFact {
  return { kind: 'head-refused', status, fault, value }
}

function failed(outcome: BareFailure): ReasonFact {
  return { kind: 'try-failed', ...PEER, outcome }
}
