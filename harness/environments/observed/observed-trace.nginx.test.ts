import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesFromText, type Header, type RequestMessage } from '../../chain/message.ts'
import { exchangeAt, type Trace } from '../../chain/trace.ts'
import type { FaultKind } from '../../chain/world-change.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { ObservedNginx } from './fixtures/observed-nginx.ts'

const SITE = `
upstream group { server $dead; server $orders; }
upstream kept { server $orders; keepalive 4; }
map $http_upgrade $connection_upgrade { default upgrade; '' close; }
server {
  listen $LISTEN;
  location /kept/ { proxy_pass http://$orders; }
  location /stripped/ { proxy_pass http://$orders/; }
  location /around/ {
    proxy_pass http://$orders;
    location /around/inner/ { proxy_pass http://$users; }
  }
  location ~ ^/re/(\\d+)$ { proxy_pass http://$orders; }
  location ~* \\.PNG$ { return 204; }
  location = /health { return 200 ok; }
  location ^~ /kept/raw/ { proxy_pass http://$users; }
  location /old/ { rewrite ^/old/(.*)$ /kept/$1?v=1 last; }
  location /broken-off/ { rewrite ^/broken-off/(.*)$ /new/$1 break; proxy_pass http://$orders; }
  location /fallback/ { proxy_pass http://$dead; error_page 502 = @fallback; }
  location @fallback { proxy_pass http://$users; }
  location /files/ { try_files /nothing-there @fallback; }
  location /page/ { proxy_pass http://$orders; proxy_intercept_errors on; error_page 503 /sorry; }
  location = /sorry { internal; return 200 sorry; }
  location /moved { return 301 /elsewhere; }
  location /dead/ { proxy_pass http://$dead; }
  location /slow/ { proxy_read_timeout 100ms; proxy_pass http://$orders; }
  location /garbled/ { proxy_pass http://$garbled; }
  location /group/ { proxy_pass http://group; }
  location /pooled/ { proxy_pass http://kept; proxy_http_version 1.1; proxy_set_header Connection ""; }
  location /ws/ {
    proxy_pass http://$sockets;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
  }
  location /small/ { client_max_body_size 2; proxy_pass http://$orders; }
  location /closed/ { return 444; }
  location /denied/ { deny all; proxy_pass http://$orders; }
}
server {
  listen $LISTEN;
  server_name other.example;
  location /kept/ { proxy_pass http://$users; }
}
`

/** What a trace has to say of nginx, and of what is behind it. */
interface ObservedCase {
  readonly name: string
  readonly target: string
  readonly method?: string
  readonly httpVersion?: '1.0' | '1.1'
  readonly headers?: readonly Header[]
  readonly body?: string
  readonly fault?: FaultKind
  readonly matched: string | null
  /** The line of the site file that decided, without its indentation. */
  readonly rule: string | null
  /** Service, target, outcome, status. */
  readonly forwards?: readonly (readonly [string, string, string, number | null])[]
  readonly status: number | null
  /** Where the answer came from upstream: the Service. */
  readonly from?: string
  /** Whether a stub recorded the last try although nginx made the answer itself. */
  readonly reaches?: string
  /** What only the model can tell from the log's words, or the log words otherwise. */
  readonly withoutModel?: { readonly matched?: string | null; readonly rule?: string | null }
}

const PASS = (name: string): string => `proxy_pass http://${name}`

const CASES: readonly ObservedCase[] = [
  {
    name: 'prefix kept',
    target: '/kept/a%2Fb//c?x=%41',
    matched: '/kept/',
    rule: PASS('orders'),
    forwards: [['orders', '/kept/a%2Fb//c?x=%41', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'prefix stripped',
    target: '/stripped/a?x',
    matched: '/stripped/',
    rule: PASS('orders/'),
    forwards: [['orders', '/a?x', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a location inside another one',
    target: '/around/inner/x',
    matched: '/around/inner/',
    rule: PASS('users'),
    forwards: [['users', '/around/inner/x', 'answered', 200]],
    status: 200,
    from: 'users',
  },
  {
    name: 'a regular expression',
    target: '/re/12',
    matched: '~ ^/re/(\\d+)$',
    rule: PASS('orders'),
    forwards: [['orders', '/re/12', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a regular expression without case',
    target: '/a.png',
    matched: '~* \\.PNG$',
    rule: 'return 204',
    status: 204,
  },
  { name: 'exactly', target: '/health', matched: '= /health', rule: 'return 200 ok', status: 200 },
  {
    name: '^~',
    target: '/kept/raw/1.png',
    matched: '^~ /kept/raw/',
    rule: PASS('users'),
    forwards: [['users', '/kept/raw/1.png', 'answered', 200]],
    status: 200,
    from: 'users',
  },
  {
    name: 'rewrite last',
    target: '/old/p?k=1',
    matched: '/kept/',
    rule: PASS('orders'),
    forwards: [['orders', '/kept/p?v=1&k=1', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'rewrite break',
    target: '/broken-off/p',
    matched: '/broken-off/',
    rule: PASS('orders'),
    forwards: [['orders', '/new/p', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'error_page into a named location',
    target: '/fallback/x',
    matched: '@fallback',
    rule: PASS('users'),
    forwards: [
      ['dead', '/fallback/x', 'refused', null],
      ['users', '/fallback/x', 'answered', 200],
    ],
    status: 200,
    from: 'users',
  },
  {
    name: 'try_files into a named location',
    target: '/files/x',
    matched: '@fallback',
    rule: PASS('users'),
    forwards: [['users', '/files/x', 'answered', 200]],
    status: 200,
    from: 'users',
  },
  {
    name: 'an error page in the place of the answer',
    target: '/page/x',
    fault: { kind: 'status', status: 503 },
    matched: '= /sorry',
    rule: 'return 200 sorry',
    forwards: [['orders', '/page/x', 'answered', 503]],
    status: 503,
    reaches: 'orders',
  },
  {
    name: 'an internal location from outside',
    target: '/sorry',
    matched: '= /sorry',
    rule: 'location = /sorry',
    status: 404,
    withoutModel: { matched: null, rule: null },
  },
  { name: 'a redirect', target: '/moved', matched: '/moved', rule: 'return 301 /elsewhere', status: 301 },
  { name: 'the redirect to the slash', target: '/kept', matched: '/kept/', rule: 'location /kept/', status: 301 },
  {
    name: 'refused',
    target: '/dead/x',
    matched: '/dead/',
    rule: PASS('dead'),
    forwards: [['dead', '/dead/x', 'refused', null]],
    status: 502,
  },
  {
    name: 'no answer in time',
    target: '/slow/x',
    fault: { kind: 'drop' },
    matched: '/slow/',
    rule: PASS('orders'),
    forwards: [['orders', '/slow/x', 'read-timeout', null]],
    status: 504,
    reaches: 'orders',
  },
  {
    name: 'closed without an answer',
    target: '/kept/x',
    fault: { kind: 'reset' },
    matched: '/kept/',
    rule: PASS('orders'),
    forwards: [['orders', '/kept/x', 'reset', null]],
    status: 502,
    reaches: 'orders',
  },
  {
    name: 'a broken header',
    target: '/garbled/header',
    matched: '/garbled/',
    rule: PASS('garbled'),
    forwards: [['garbled', '/garbled/header', 'invalid', null]],
    status: 502,
  },
  {
    name: 'no HTTP at all',
    target: '/garbled/x',
    headers: [
      ['Host', 'localhost'],
      ['Connection', 'close'],
    ],
    matched: '/garbled/',
    rule: PASS('garbled'),
    forwards: [['garbled', '/garbled/x', 'invalid', null]],
    status: null,
  },
  {
    name: 'the next upstream',
    target: '/group/x',
    matched: '/group/',
    rule: PASS('group'),
    forwards: [
      ['dead', '/group/x', 'refused', null],
      ['orders', '/group/x', 'answered', 200],
    ],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a connection for the pool',
    target: '/pooled/1',
    matched: '/pooled/',
    rule: PASS('kept'),
    forwards: [['orders', '/pooled/1', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a connection out of the pool',
    target: '/pooled/2',
    matched: '/pooled/',
    rule: PASS('kept'),
    forwards: [['orders', '/pooled/2', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a WebSocket',
    target: '/ws/x',
    headers: [
      ['Host', 'localhost'],
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ],
    matched: '/ws/',
    rule: PASS('sockets'),
    forwards: [['sockets', '/ws/x', 'answered', 101]],
    status: 101,
    from: 'sockets',
  },
  {
    name: 'a body that is too large',
    target: '/small/x',
    method: 'POST',
    body: 'hello',
    matched: '/small/',
    rule: 'client_max_body_size 2',
    status: 413,
    withoutModel: { rule: 'location /small/' },
  },
  {
    name: 'a body',
    target: '/kept/x',
    method: 'POST',
    body: 'hello',
    matched: '/kept/',
    rule: PASS('orders'),
    forwards: [['orders', '/kept/x', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a chunked body',
    target: '/kept/x',
    method: 'POST',
    headers: [
      ['Host', 'localhost'],
      ['Transfer-Encoding', 'chunked'],
    ],
    body: 'hello',
    matched: '/kept/',
    rule: PASS('orders'),
    forwards: [['orders', '/kept/x', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'HTTP/1.0 without a host',
    target: '/kept/x',
    httpVersion: '1.0',
    headers: [],
    matched: '/kept/',
    rule: PASS('orders'),
    forwards: [['orders', '/kept/x', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'no request line',
    target: 'no target',
    method: 'bad',
    matched: null,
    rule: 'server',
    status: 400,
    withoutModel: { rule: null },
  },
  {
    name: 'no host',
    target: '/kept/x',
    headers: [],
    matched: null,
    rule: 'server',
    status: 400,
    withoutModel: { rule: null },
  },
  { name: 'no location', target: '/', matched: null, rule: 'server', status: 404, withoutModel: { rule: null } },
  { name: 'closed on purpose', target: '/closed/', matched: '/closed/', rule: 'return 444', status: null },
  {
    name: 'kept out',
    target: '/denied/',
    matched: '/denied/',
    rule: 'deny all',
    status: 403,
    withoutModel: { rule: 'location /denied/' },
  },
  {
    name: 'the same name in another server',
    target: '/kept/x',
    headers: [['Host', 'other.example']],
    matched: '/kept/',
    rule: PASS('users'),
    forwards: [['users', '/kept/x', 'answered', 200]],
    status: 200,
    from: 'users',
  },
]

await describeTier('nginx', "nginx's own log", () => {
  let nginx: ObservedNginx
  beforeAll(async () => {
    nginx = await ObservedNginx.start(SITE)
  })
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]()
  })

  test.each(CASES)('$name', async (one) => {
    if (one.fault !== undefined) nginx.fault({ service: 'orders', fault: one.fault, nth: 1 })
    const { forwards = [], from, reaches } = one
    const backend = from ?? reaches
    const recorded = forwards.filter(([service]) => service !== 'garbled' && service !== 'dead').length
    const { trace, withoutModel, withoutRecords } = await nginx.ask(messageOf(one), recorded)

    expect(factsOf(trace)).toEqual({ ...wantedOf(one), hops: ['nginx', ...(backend === undefined ? [] : [backend])] })
    const { rule = factsOf(trace).rule, matched = one.matched } = one.withoutModel ?? {}
    expect(factsOf(withoutModel)).toEqual({ ...factsOf(trace), rule, matched })
    expect(requestsOf(withoutRecords)).toEqual(requestsOf(trace))
    expect(exchangeAt(trace, 'nginx')?.reasons.filter(({ text }) => /does something else/.test(text))).toEqual([])
  })
})

function messageOf({ method = 'GET', target, httpVersion = '1.1', headers, body = '' }: ObservedCase): RequestMessage {
  const lines: Header[] = [...(headers ?? [['Host', 'localhost']]), ['X-Request-ID', `id-of-${target}`]]
  const isCoded = lines.some(([name]) => name === 'Transfer-Encoding')
  if (body !== '' && !isCoded) lines.push(['Content-Length', String(body.length)])
  return { method, target, httpVersion, headers: lines, body: bytesFromText(body) }
}

function factsOf(trace: Trace) {
  const nginx = exchangeAt(trace, 'nginx')
  return {
    hops: trace.exchanges.map(({ hop, service }) => service ?? hop),
    matched: nginx?.matched ?? null,
    rule:
      nginx?.rule?.text.replace(
        /127\.1\.0\.(\d):\d+/,
        (_, at) => ['orders', 'users', 'sockets', 'garbled', 'dead'][at - 1] ?? '',
      ) ?? null,
    forwards: nginx?.forwards.map(({ to, request, outcome, response }) => [
      to.service,
      request.target,
      outcome,
      response?.status ?? null,
    ]),
    status: trace.response?.status ?? null,
    origin: nginx?.origin,
  }
}

/** What nginx sent, whole. */
function requestsOf(trace: Trace) {
  return exchangeAt(trace, 'nginx')?.forwards.map(({ request }) => request)
}

function wantedOf({ matched, rule, forwards = [], status, from }: ObservedCase) {
  return { matched, rule, forwards, status, origin: from === undefined ? 'self' : 'upstream' }
}
