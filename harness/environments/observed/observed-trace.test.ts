import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AccessEntry } from '../../../gateway/access-entry.ts'
import type { BackendRecord } from '../../backends/stub-server.ts'
import { PORT_80 } from '../../chain/client-request.ts'
import type { Header, RequestMessage, ResponseMessage } from '../../chain/message.ts'
import { Source } from '../../diagnostics/source.ts'
import { compileSite } from '../../nginx/compile-site.ts'
import { loadSiteFile } from '../../nginx/load-site-file.ts'
import { exchangeAt } from '../../trace/reading.ts'
import { passAt, reasonsAt, triesAt } from '../fixtures/trace-parts.ts'
import { gatewayLines } from '../gateway-lines.ts'
import { loadGatewayConfig } from '../load-gateway-config.ts'
import type { Evidence, InForce } from './evidence.ts'
import { observedTrace } from './observed-trace.ts'

const SITE = `server {
  listen 80;
  location /api/ { proxy_connect_timeout 1s; proxy_pass http://10.43.193.134:9000; }
  location /far/ { proxy_pass http://192.0.2.1:9000; }
}
`

/** Written by nginx 1.22.1 in a network where the first address is silence and the second has no route. */
const RECORDED = readFileSync(path.join(import.meta.dirname, 'fixtures/unreachable-upstreams.log.txt'), 'latin1')

const CONFIG = {
  routes: new Source('routes.yaml', '- {path: /v1/jobs/*, target: "scheduling:9008", rewrite: /api/v1/jobs/$1}'),
  middleware: null,
  auth: null,
}
const { table } = loadGatewayConfig(CONFIG)

const NO_BODY = ''
const OK: ResponseMessage = { status: 200, headers: [['X-A', 'b']], body: 'ok' }

function get(target: string, headers: readonly Header[] = [['Host', '127.0.0.1']]): RequestMessage {
  return { method: 'GET', target, httpVersion: '1.1', headers, body: NO_BODY }
}

function evidence(some: Partial<Evidence>): Evidence {
  const nothing = { nginxLog: '', gatewayLog: [], backends: [] }
  return {
    requestId: '0a',
    via: 'nginx',
    listener: PORT_80,
    request: get('/'),
    response: null,
    elapsedMs: 1,
    ...nothing,
    ...some,
  }
}

function inForce(some: Partial<InForce> = {}): InForce {
  const file = loadSiteFile(new Source('nginx.conf', SITE), new Map())
  if (file.site === null) throw new Error('the site is wrong')
  return {
    file,
    model: compileSite(file.site, { resolve: () => [] }).site,
    routes: table,
    isOwnGateway: true,
    lineAt: gatewayLines(CONFIG),
    serviceAt: (address) => (address === '10.43.193.134' ? 'api-gateway' : null),
    ownerOf: (address) => (address === '10.43.193.134' ? 'api-gateway' : null),
    destination: (host, port) => ({ host, address: '10.43.0.8', port, service: host }),
    ...some,
  }
}

const ENTRY: AccessEntry = {
  requestId: '0a',
  method: 'GET',
  target: '/api/v1/jobs/7',
  status: 200,
  route: { path: '/v1/jobs/*', place: { file: 'routes.yaml', line: 1, column: 10, length: 10 } },
  carriedBy: 'path',
  sends: '/api/v1/jobs/7',
  upstream: { host: 'scheduling', port: 9008 },
  outcome: 'answered',
  decidedBy: null,
  publicBy: null,
  headerChanges: { request: [], answer: [] },
  detail: 'matches',
  elapsedMs: 1,
}

const RECORD: BackendRecord = {
  service: 'scheduling',
  received: get('/api/v1/jobs/7', [['Host', 'scheduling:9008']]),
  answered: OK,
}

/** What nginx logs of a request that goes through to the gateway. */
const THROUGH = logOf(
  'http process request line',
  'http request line: "GET /api/v1/jobs/7 HTTP/1.1"',
  'http header: "X-Request-ID: 0a"',
  'test location: "/api/"',
  'using configuration "/api/"',
  'http proxy header:\n"GET /api/v1/jobs/7 HTTP/1.0\r\nHost: 10.43.193.134:9000\r\nConnection: close\r\n\r\n"',
  'connect to 10.43.193.134:9000, fd:8 #2',
  'http proxy status 200 "200 OK"',
  'http proxy header: "X-A: b"',
  'http proxy header done',
)

/** What it logs when an error page asks the gateway once more. */
const SPARE = logOf(
  'http special response: 503, "/api/v1/jobs/7?"',
  'internal redirect: "/far/spare?"',
  'test location: "/far/"',
  'using configuration "/far/"',
  'http proxy header:\n"GET /far/spare HTTP/1.0\r\nHost: 10.43.193.134:9000\r\nConnection: close\r\n\r\n"',
  'connect to 10.43.193.134:9000, fd:9 #3',
  'http proxy status 200 "200 OK"',
  'http proxy header: "X-A: b"',
  'http proxy header done',
)

function logOf(...texts: readonly string[]): string {
  return texts.map((text) => `2026/01/02 03:04:05 [debug] 7#7: *1 ${text}\n`).join('')
}

describe('nginx could not connect', () => {
  const silence = get('/api/v1/processes?page=2', [
    ['Host', '127.0.0.1'],
    ['X-Request-ID', '0a'],
  ])

  test('silence is a connect timeout, and an address that changed hands is named', () => {
    const answered = { status: 504, headers: [], body: NO_BODY }
    const stale = inForce({ serviceAt: () => null })
    const trace = observedTrace(evidence({ request: silence, response: answered, nginxLog: RECORDED }), stale)
    expect(trace.exchanges.map(({ hop }) => hop)).toEqual(['nginx'])
    expect(trace.exchanges[0]).toMatchObject({
      passes: [
        {
          matched: '/api/',
          decidedBy: { whole: { text: 'proxy_pass http://10.43.193.134:9000', span: { line: 3 } } },
          tries: [
            {
              to: { host: '10.43.193.134', address: '10.43.193.134', port: 9000, service: null },
              by: { text: 'proxy_pass http://10.43.193.134:9000', span: { line: 3 } },
              request: { target: '/api/v1/processes?page=2', httpVersion: '1.0' },
              outcome: 'connect-timeout',
              response: null,
            },
          ],
        },
      ],
      answered: { status: 504 },
      origin: 'self',
    })
    expect(reasonsAt(trace, 'nginx').at(-1)).toBe(
      '10.43.193.134 belonged to Service api-gateway when the file was written; no Service has it now',
    )
    expect(passAt(trace, 'nginx')?.reasons.at(-1)).toMatchObject({ kind: 'address-changed-hands', span: { line: 3 } })
  })

  test('no route is a refusal; its request is found by its line among those of other connections', () => {
    const answered = { status: 502, headers: [], body: NO_BODY }
    const trace = observedTrace(evidence({ request: get('/far/x'), response: answered, nginxLog: RECORDED }), inForce())
    expect(trace.exchanges).toMatchObject([{ passes: [{ matched: '/far/', tries: [{ outcome: 'refused' }] }] }])
  })

  test('nobody listened on port 80: no hop was reached', () => {
    expect(observedTrace(evidence({}), inForce()).exchanges).toEqual([])
  })
})

test('an answer that no log speaks of is told as such', () => {
  const trace = observedTrace(evidence({ request: get('/api/x'), response: OK }), inForce({ model: null }))
  const decidedBy = { whole: null, location: null }
  expect(trace.exchanges).toMatchObject([
    { hop: 'nginx', passes: [{ matched: null, decidedBy, tries: [] }], answered: OK },
  ])
  expect(reasonsAt(trace, 'nginx')).toEqual(["nginx's log says nothing of this request"])
})

test('an access log may share the stream', () => {
  const mixed = RECORDED.replaceAll('\n2026/', '\n127.0.0.1 - - "GET / HTTP/1.1" 200\n2026/')
  const answered = { status: 502, headers: [], body: NO_BODY }
  const trace = observedTrace(
    evidence({ request: get('/far/x'), response: answered, nginxLog: mixed }),
    inForce({ model: null }),
  )
  expect(trace.exchanges[0]?.passes).toMatchObject([
    { matched: '/far/', tries: [{ outcome: 'refused', request: { target: '/far/x' } }] },
  ])
  expect(reasonsAt(trace, 'nginx').join()).not.toContain('GET / HTTP')
})

test('what becomes of the connection afterwards is no reason', () => {
  const request = get('/far/x')
  const trace = observedTrace(evidence({ request, response: null, nginxLog: RECORDED }), inForce({ model: null }))
  expect(RECORDED).toMatch(/\*3 client 127\.0\.0\.1 closed keepalive connection/)
  expect(reasonsAt(trace, 'nginx').join()).not.toContain('closed keepalive connection')
  expect(reasonsAt(trace, 'nginx').join()).toContain('Network is unreachable')
})

describe('nginx does something else than its model', () => {
  test('the log is right: its location, its words, and what the model would have done', () => {
    const log = THROUGH.replaceAll('"/api/"', '"/far/"')
    const trace = observedTrace(
      evidence({ request: get('/api/v1/jobs/7'), response: OK, nginxLog: log, gatewayLog: [ENTRY] }),
      inForce(),
    )
    expect(exchangeAt(trace, 'nginx')?.passes).toMatchObject([
      { matched: '/far/', decidedBy: { whole: { text: 'proxy_pass http://192.0.2.1:9000' } } },
    ])
    expect(reasonsAt(trace, 'nginx')).toEqual([
      'the model of nginx does something else: it uses location /api/',
      'nginx\'s log: using configuration "/far/"',
      'location /far/ is the location that nginx used',
    ])
  })

  test('a head that the log cuts off is completed by the model', () => {
    const whole = 'Host: 10.43.193.134:9000\r\nConnection: close\r\n\r\n"'
    const log = THROUGH.replace(whole, 'Host: 10.43.1')
    const sent = (force: InForce) =>
      triesAt(
        observedTrace(evidence({ request: get('/api/v1/jobs/7'), response: OK, nginxLog: log }), force),
        'nginx',
      )[0]?.request.headers
    expect(sent(inForce())).toEqual([
      ['Host', '10.43.193.134:9000'],
      ['Connection', 'close'],
    ])
    expect(sent(inForce({ model: null }))).toEqual([])
  })
})

describe('behind nginx', () => {
  const through = evidence({ request: get('/api/v1/jobs/7'), response: OK, nginxLog: THROUGH, backends: [RECORD] })

  test('the gateway got what nginx sent, by the log, and its own log names the route', () => {
    const trace = observedTrace({ ...through, gatewayLog: [ENTRY] }, inForce())
    expect(trace.exchanges).toMatchObject([
      { hop: 'nginx', passes: [{ tries: [{ to: { service: 'api-gateway' }, response: OK }] }], origin: 'upstream' },
      {
        hop: 'gateway',
        received: {
          httpVersion: '1.0',
          headers: [
            ['Host', '10.43.193.134:9000'],
            ['Connection', 'close'],
          ],
        },
        passes: [
          {
            matched: '/v1/jobs/*',
            tries: [{ to: { service: 'scheduling', port: 9008 }, request: RECORD.received, outcome: 'answered' }],
          },
        ],
        answered: OK,
        origin: 'upstream',
      },
      { hop: 'backend', service: 'scheduling', received: RECORD.received, answered: OK },
    ])
  })

  test("a gateway of the user's own is there although it writes no log", () => {
    const trace = observedTrace(through, inForce({ isOwnGateway: false }))
    expect(trace.exchanges[1]).toMatchObject({
      hop: 'gateway',
      passes: [
        {
          matched: null,
          decidedBy: { whole: null },
          reasons: [{ kind: 'no-gateway-log' }],
          tries: [{ to: { host: 'scheduling', port: 9008, service: 'scheduling' }, request: RECORD.received }],
        },
      ],
      origin: 'upstream',
    })
    expect(trace.exchanges[2]).toMatchObject({ hop: 'backend', service: 'scheduling' })
  })

  test('a silent gateway that two passes came to: every backend behind it is in the trace', () => {
    const first: BackendRecord = { ...RECORD, answered: { status: 503, headers: [], body: NO_BODY } }
    const second: BackendRecord = { ...RECORD, received: get('/far/spare', RECORD.received.headers) }
    const log = THROUGH.replace('status 200 "200 OK"', 'status 503 "503 Service Unavailable"') + SPARE
    const twice = evidence({ request: get('/api/v1/jobs/7'), response: OK, nginxLog: log, backends: [first, second] })
    const { exchanges } = observedTrace(twice, inForce({ isOwnGateway: false, model: null }))
    expect(exchanges.map(({ hop, received, answered }) => [hop, received.target, answered?.status])).toEqual([
      ['nginx', '/api/v1/jobs/7', 200],
      ['gateway', '/api/v1/jobs/7', 503],
      ['backend', '/api/v1/jobs/7', 503],
      ['gateway', '/far/spare', 200],
      ['backend', '/far/spare', 200],
    ])
  })

  test('a gateway that accepts and says nothing was reached', () => {
    const cut = THROUGH.slice(0, THROUGH.indexOf('http proxy status'))
    const timedOut = `2026/01/02 03:05:05 [error] 7#7: *1 upstream timed out (110: Connection timed out) while reading response header from upstream, client: 127.0.0.1, server: , request: "GET /api/v1/jobs/7 HTTP/1.1"\n`
    const log = cut.slice(0, cut.lastIndexOf('\n') + 1) + timedOut
    const answered = { status: 504, headers: [], body: NO_BODY }
    const silent = evidence({ request: get('/api/v1/jobs/7'), response: answered, nginxLog: log })
    const trace = observedTrace(silent, inForce({ isOwnGateway: false }))
    expect(trace.exchanges).toMatchObject([
      { hop: 'nginx', passes: [{ tries: [{ outcome: 'read-timeout' }] }], origin: 'self' },
      { hop: 'gateway', answered: null, origin: 'self', passes: [{ tries: [] }] },
    ])
  })
})

describe('past nginx', () => {
  test('straight to the gateway', () => {
    const request = get('/v1/jobs/7')
    const direct = evidence({ via: 'gateway', request, response: OK, gatewayLog: [ENTRY], backends: [RECORD] })
    expect(observedTrace(direct, inForce()).exchanges).toMatchObject([
      { hop: 'gateway', received: request, passes: [{ matched: '/v1/jobs/*' }], answered: OK },
      { hop: 'backend', service: 'scheduling' },
    ])
  })

  test('straight to a Service', () => {
    const direct = evidence({ via: 'scheduling', response: OK, backends: [RECORD] })
    expect(observedTrace(direct, inForce()).exchanges).toMatchObject([{ hop: 'backend', service: 'scheduling' }])
  })

  test.each(['gateway', 'scheduling'])('%s has no endpoint: nothing was reached', (via) => {
    expect(observedTrace(evidence({ via }), inForce()).exchanges).toEqual([])
  })
})
