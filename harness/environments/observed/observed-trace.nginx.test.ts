import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesFromText, type Header, type RequestMessage } from '../../chain/message.ts'
import type { Fault, FaultKind } from '../../chain/world-change.ts'
import { exchangeAt } from '../../trace/reading.ts'
import type { Rule, Trace, Try } from '../../trace/trace.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { passAt, reasonsAt, triesAt } from '../fixtures/trace-parts.ts'
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

/** A try: Service, target, outcome, status. */
type Tried = readonly [service: string, target: string, outcome: string, status: number | null]

/** What a trace has to say of nginx, and of what is behind it. */
interface ObservedCase {
  readonly name: string
  readonly target: string
  readonly method?: string
  readonly httpVersion?: '1.0' | '1.1'
  readonly headers?: readonly Header[]
  readonly body?: string
  readonly fault?: FaultKind
  /** The location of the last pass. */
  readonly matched: string | null
  /** The line of the site file that decided it, without its indentation. */
  readonly rule: string | null
  /** Of all passes. */
  readonly tries?: readonly Tried[]
  readonly status: number | null
  /** Where the answer came from upstream: the Service. */
  readonly from?: string
  /** The Service whose stub recorded a try although nginx made the answer itself. */
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
    tries: [['orders', '/kept/a%2Fb//c?x=%41', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'prefix stripped',
    target: '/stripped/a?x',
    matched: '/stripped/',
    rule: PASS('orders/'),
    tries: [['orders', '/a?x', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a location inside another one',
    target: '/around/inner/x',
    matched: '/around/inner/',
    rule: PASS('users'),
    tries: [['users', '/around/inner/x', 'answered', 200]],
    status: 200,
    from: 'users',
  },
  {
    name: 'a regular expression',
    target: '/re/12',
    matched: '~ ^/re/(\\d+)$',
    rule: PASS('orders'),
    tries: [['orders', '/re/12', 'answered', 200]],
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
    tries: [['users', '/kept/raw/1.png', 'answered', 200]],
    status: 200,
    from: 'users',
  },
  {
    name: 'rewrite last',
    target: '/old/p?k=1',
    matched: '/kept/',
    rule: PASS('orders'),
    tries: [['orders', '/kept/p?v=1&k=1', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'rewrite break',
    target: '/broken-off/p',
    matched: '/broken-off/',
    rule: PASS('orders'),
    tries: [['orders', '/new/p', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'error_page into a named location',
    target: '/fallback/x',
    matched: '@fallback',
    rule: PASS('users'),
    tries: [
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
    tries: [['users', '/files/x', 'answered', 200]],
    status: 200,
    from: 'users',
  },
  {
    name: 'an error page in the place of the answer',
    target: '/page/x',
    fault: { kind: 'status', status: 503 },
    matched: '= /sorry',
    rule: 'return 200 sorry',
    tries: [['orders', '/page/x', 'answered', 503]],
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
    tries: [['dead', '/dead/x', 'refused', null]],
    status: 502,
  },
  {
    name: 'no answer in time',
    target: '/slow/x',
    fault: { kind: 'drop' },
    matched: '/slow/',
    rule: PASS('orders'),
    tries: [['orders', '/slow/x', 'read-timeout', null]],
    status: 504,
    reaches: 'orders',
  },
  {
    name: 'closed without an answer',
    target: '/kept/x',
    fault: { kind: 'reset' },
    matched: '/kept/',
    rule: PASS('orders'),
    tries: [['orders', '/kept/x', 'reset', null]],
    status: 502,
    reaches: 'orders',
  },
  {
    name: 'a broken header',
    target: '/garbled/header',
    matched: '/garbled/',
    rule: PASS('garbled'),
    tries: [['garbled', '/garbled/header', 'invalid', null]],
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
    tries: [['garbled', '/garbled/x', 'invalid', null]],
    status: null,
  },
  {
    name: 'the next upstream',
    target: '/group/x',
    matched: '/group/',
    rule: PASS('group'),
    tries: [
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
    tries: [['orders', '/pooled/1', 'answered', 200]],
    status: 200,
    from: 'orders',
  },
  {
    name: 'a connection out of the pool',
    target: '/pooled/2',
    matched: '/pooled/',
    rule: PASS('kept'),
    tries: [['orders', '/pooled/2', 'answered', 200]],
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
    tries: [['sockets', '/ws/x', 'answered', 101]],
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
    tries: [['orders', '/kept/x', 'answered', 200]],
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
    body: '5\r\nhello\r\n0\r\n\r\n',
    matched: '/kept/',
    rule: PASS('orders'),
    tries: [['orders', '/kept/x', 'answered', 200]],
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
    tries: [['orders', '/kept/x', 'answered', 200]],
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
  {
    name: 'no location',
    target: '/nowhere/x',
    matched: null,
    rule: 'server',
    status: 404,
    withoutModel: { rule: null },
  },
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
    tries: [['users', '/kept/x', 'answered', 200]],
    status: 200,
    from: 'users',
  },
]

/** A pass: its location, the line that led into it, its tries. */
type PassFacts = readonly [matched: string | null, ledBy: string | null, tries: readonly Tried[]]

interface PassesCase {
  readonly name: string
  readonly target: string
  readonly fault?: Fault
  readonly passes: readonly PassFacts[]
  readonly status: number
}

const PASSES: readonly PassesCase[] = [
  {
    name: 'error_page with proxy_intercept_errors',
    target: '/page/y',
    fault: { service: 'orders', fault: { kind: 'status', status: 503 }, nth: 1 },
    passes: [
      ['/page/', null, [['orders', '/page/y', 'answered', 503]]],
      ['= /sorry', 'error_page 503 /sorry', []],
    ],
    status: 503,
  },
  {
    name: 'error_page after a try that failed',
    target: '/fallback/y',
    passes: [
      ['/fallback/', null, [['dead', '/fallback/y', 'refused', null]]],
      ['@fallback', 'error_page 502 = @fallback', [['users', '/fallback/y', 'answered', 200]]],
    ],
    status: 200,
  },
  {
    name: 'rewrite last',
    target: '/old/y',
    passes: [
      ['/old/', null, []],
      ['/kept/', 'rewrite ^/old/(.*)$ /kept/$1?v=1 last', [['orders', '/kept/y?v=1', 'answered', 200]]],
    ],
    status: 200,
  },
  {
    name: 'try_files to a named location',
    target: '/files/y',
    passes: [
      ['/files/', null, []],
      ['@fallback', 'try_files /nothing-there @fallback', [['users', '/files/y', 'answered', 200]]],
    ],
    status: 200,
  },
]

/** A directive that the model does not know: only the log says what nginx does. */
const GUARDED = `
server {
  listen $LISTEN;
  location /guarded/ { auth_request /auth; proxy_pass http://$orders; }
  location = /auth { internal; proxy_pass http://$users/check; }
  location /copied/ { mirror /copy; mirror /copy/twice; proxy_pass http://$orders; }
  location /copy { internal; proxy_pass http://$users; proxy_intercept_errors on; error_page 503 /spare; }
  location = /spare { internal; proxy_pass http://$users; }
  location /guarded/copied/ { auth_request /auth; mirror /copy; proxy_pass http://$orders; }
  location /guarded/copied/page/ { auth_request /auth; error_page 403 /page; mirror /copy; proxy_pass http://$orders; }
  location = /page { auth_request /auth; proxy_pass http://$orders; }
}
`

interface SubrequestCase extends PassesCase {
  /** Which subrequest each pass is of. */
  readonly subrequests: readonly (number | null)[]
}

const SUBREQUESTS: readonly SubrequestCase[] = [
  {
    name: 'lets the request through',
    target: '/guarded/x',
    passes: [
      ['/guarded/', null, [['orders', '/guarded/x', 'answered', 200]]],
      ['= /auth', 'auth_request /auth', [['users', '/check', 'answered', 200]]],
    ],
    subrequests: [null, 1],
    status: 200,
  },
  {
    name: 'keeps it out',
    target: '/guarded/y',
    fault: { service: 'users', fault: { kind: 'status', status: 403 }, nth: 1 },
    passes: [
      ['/guarded/', null, []],
      ['= /auth', 'auth_request /auth', [['users', '/check', 'answered', 403]]],
    ],
    subrequests: [null, 1],
    status: 403,
  },
  {
    name: 'asks again for its error page',
    target: '/guarded/copied/page/y',
    fault: { service: 'users', fault: { kind: 'status', status: 403 }, nth: 1 },
    passes: [
      ['/guarded/copied/page/', null, []],
      ['= /auth', 'auth_request /auth', [['users', '/check', 'answered', 403]]],
      ['= /page', 'error_page 403 /page', [['orders', '/page', 'answered', 200]]],
      ['= /auth', 'auth_request /auth', [['users', '/check', 'answered', 200]]],
    ],
    subrequests: [null, 1, null, 2],
    status: 403,
  },
  {
    name: 'copies it twice',
    target: '/copied/x',
    passes: [
      ['/copied/', null, [['orders', '/copied/x', 'answered', 200]]],
      ['/copy', 'mirror /copy', [['users', '/copy', 'answered', 200]]],
      ['/copy', 'mirror /copy/twice', [['users', '/copy/twice', 'answered', 200]]],
    ],
    subrequests: [null, 1, 2],
    status: 200,
  },
  {
    name: 'copies it, and takes no notice of what becomes of that',
    target: '/guarded/copied/z',
    fault: { service: 'users', fault: { kind: 'status', status: 503 }, nth: 2 },
    passes: [
      ['/guarded/copied/', null, [['orders', '/guarded/copied/z', 'answered', 200]]],
      ['= /auth', 'auth_request /auth', [['users', '/check', 'answered', 200]]],
      ['/copy', 'mirror /copy', [['users', '/copy', 'answered', 503]]],
      ['= /spare', 'error_page 503 /spare', [['users', '/spare', 'answered', 200]]],
    ],
    subrequests: [null, 1, 2, 2],
    status: 200,
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
    const { tries = [], from, reaches } = one
    const backend = from ?? reaches
    const recorded = tries.filter(([service]) => service !== 'garbled' && service !== 'dead').length
    const { trace, withoutModel, withoutRecords } = await nginx.ask(messageOf(one), recorded)

    expect(factsOf(trace)).toEqual({ ...wantedOf(one), hops: ['nginx', ...(backend === undefined ? [] : [backend])] })
    const { rule = factsOf(trace).rule, matched = one.matched } = one.withoutModel ?? {}
    expect(factsOf(withoutModel)).toEqual({ ...factsOf(trace), rule, matched })
    expect(requestsOf(withoutRecords)).toEqual(requestsOf(trace))
    expect(reasonsAt(trace, 'nginx').filter((text) => /does something else/.test(text))).toEqual([])
  })

  test.each(PASSES)('the passes of $name', async ({ target, fault, passes, status }) => {
    if (fault !== undefined) nginx.fault(fault)
    const { trace, withoutModel } = await nginx.ask(messageOf({ target }), recordsOf(passes))
    expect(trace.response?.status).toBe(status)
    expect(passesOf(trace)).toEqual(passes)
    expect(reasonsAt(trace, 'nginx').filter((text) => /does something else/.test(text))).toEqual([])
    // What led into a pass is in no log.
    expect(passesOf(withoutModel)).toEqual(passes.map(([matched, , tries]) => [matched, null, tries]))
    expect(reached(trace)).toEqual(reachedIn(passes))
    expect(reached(withoutModel)).toEqual(reachedIn(passes))
  })
})

/** Where locations send to that do not send to orders. */
const SENDS_TO: Readonly<Record<string, string>> = { '= /auth': 'users/check', '/copy': 'users', '= /spare': 'users' }

await describeTier('nginx', 'subrequests', () => {
  let nginx: ObservedNginx
  beforeAll(async () => {
    nginx = await ObservedNginx.start(GUARDED)
  })
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]()
  })

  test.each(SUBREQUESTS)('$name', async ({ target, fault, passes, subrequests, status }) => {
    if (fault !== undefined) nginx.fault(fault)
    const { trace, withoutModel, withoutRecords } = await nginx.ask(messageOf({ target }), recordsOf(passes))
    expect(trace.response?.status).toBe(status)
    for (const one of [trace, withoutModel]) {
      expect(exchangeAt(one, 'nginx')?.passes.map(({ subrequest }) => subrequest)).toEqual(subrequests)
    }
    expect(passesOf(trace)).toEqual(passes)
    expect(passesOf(withoutRecords)).toEqual(passes.map(([matched, , tries]) => [matched, null, tries]))
    expect(reached(trace)).toEqual(reachedIn(passes))
    expect(triesAt(trace, 'nginx').map(({ by }) => lineOf(by))).toEqual(
      passes.flatMap(([matched, , tries]) => tries.map(() => PASS(SENDS_TO[matched ?? ''] ?? 'orders'))),
    )
  })

  test('the body that the client got is from the try that was passed on, not from the subrequest', async () => {
    const { trace, withoutRecords } = await nginx.ask(messageOf({ target: '/guarded/z' }), 2)
    expect(bodiesFrom('orders', trace)).toEqual([trace.response?.body])
    expect(bodiesFrom('orders', withoutRecords)).toEqual([trace.response?.body])
  })
})

function messageOf({
  method = 'GET',
  target,
  httpVersion = '1.1',
  headers,
  body = '',
}: Pick<ObservedCase, 'method' | 'target' | 'httpVersion' | 'headers' | 'body'>): RequestMessage {
  const lines: Header[] = [...(headers ?? [['Host', 'localhost']]), ['X-Request-ID', `id-of-${target}`]]
  const isCoded = lines.some(([name]) => name === 'Transfer-Encoding')
  if (body !== '' && !isCoded) lines.push(['Content-Length', String(body.length)])
  return { method, target, httpVersion, headers: lines, body: bytesFromText(body) }
}

function factsOf(trace: Trace) {
  const nginx = exchangeAt(trace, 'nginx')
  const last = passAt(trace, 'nginx')
  return {
    hops: trace.exchanges.map(({ hop, service }) => service ?? hop),
    matched: last?.matched ?? null,
    rule: lineOf(last?.decidedBy.whole ?? null),
    tries: triesAt(trace, 'nginx').map(triedOf),
    status: trace.response?.status ?? null,
    origin: nginx?.origin,
  }
}

/** A line with the names of Services in place of their addresses. */
function lineOf(rule: Rule | null): string | null {
  const names = ['orders', 'users', 'sockets', 'garbled', 'dead']
  return rule?.text.replace(/127\.1\.0\.(\d):\d+/, (_, at) => names[at - 1] ?? '') ?? null
}

function triedOf({ to, request, outcome, response }: Try): Tried {
  return [to.service ?? '', request.target, outcome, response?.status ?? null]
}

/** What nginx sent, whole. */
function requestsOf(trace: Trace) {
  return triesAt(trace, 'nginx').map(({ request }) => request)
}

function wantedOf({ matched, rule, tries = [], status, from }: ObservedCase) {
  return { matched, rule, tries, status, origin: from === undefined ? 'self' : 'upstream' }
}

function passesOf(trace: Trace): PassFacts[] {
  const passes = exchangeAt(trace, 'nginx')?.passes ?? []
  return passes.map(({ matched, ledBy, tries }) => [matched, lineOf(ledBy), tries.map(triedOf)])
}

/** How many stubs record a request: nobody listens at `dead`. */
function recordsOf(passes: readonly PassFacts[]): number {
  return reachedIn(passes).length
}

/** The hops behind nginx, and the pass and the try that led to each. */
function reached(trace: Trace) {
  return trace.exchanges
    .slice(1)
    .map(({ service, received, answered, reachedBy }) => [service, received.target, answered?.status, reachedBy])
}

function reachedIn(passes: readonly PassFacts[]) {
  return passes.flatMap(([, , tries], pass) =>
    tries.flatMap(([service, target, outcome, status], index) =>
      outcome === 'answered' ? [[service, target, status, { exchange: 0, pass, try: index }]] : [],
    ),
  )
}

/** The bodies of a Service's answers, as nginx got them. */
function bodiesFrom(service: string, trace: Trace) {
  return triesAt(trace, 'nginx').flatMap(({ to, response }) => (to.service === service ? [response?.body] : []))
}
