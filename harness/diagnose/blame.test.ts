import { describe, expect, test } from 'vitest'
import { PORT_80 } from '../chain/client-request.ts'
import {
  at,
  destination,
  type FlowOptions,
  flow,
  OWNED_PINS,
  PINS,
  ROUTES,
  SERVICES,
  SITE,
} from '../runner/fixtures/flow.ts'
import type { CheckName } from '../scenario/check-name.ts'
import { lastPass } from '../trace/reading.ts'
import { HOPS, type Pass, type Rule, type Trace } from '../trace/trace.ts'
import { type BlameContext, findBlame } from './blame.ts'
import type { Deviation } from './scene.ts'

const CONTEXT: BlameContext = {
  services: SERVICES,
  pins: OWNED_PINS,
  listens: [],
  entry: 'nginx',
  listener: PORT_80,
  wantedService: null,
  changes: [],
}

type CheckResult = Omit<Deviation, 'seen'>

const failed = (what: CheckName, expected = 'x'): CheckResult => ({ what, passed: false, expected })
const passed = (what: CheckName): CheckResult => ({ what, passed: true, expected: '' })

/** The checks as the runner gives them: those of a hop looked at its first pass. */
function seenIn(trace: Trace, checks: readonly CheckResult[]): Deviation[] {
  return checks.map((check) => {
    const hop = HOPS.find((name) => check.what === name || check.what.startsWith(`${name}.`))
    const exchange = trace.exchanges.findIndex((one) => one.hop === hop)
    return { ...check, seen: exchange === -1 ? null : { exchange, pass: 0 } }
  })
}

interface Case {
  readonly why: string
  readonly flow: FlowOptions
  readonly checks?: readonly CheckResult[]
  /** The hop or the Service; null where nobody is to blame. */
  readonly blames: string | null
  readonly line?: string | null
  readonly because?: string
  /** What to change. */
  readonly remedy?: string | null
}

const NO_GATEWAY = { gateway: null, backend: null } as const
const STRIPPED: FlowOptions = {
  target: '/api/v1/processes',
  nginx: { sends: '/v1/processes', rule: { text: 'proxy_pass http://10.43.193.134:9000/', span: at(SITE, 14) } },
}
const NO_ROUTE = {
  alone: true,
  matched: null,
  rule: null,
  nearMisses: [
    {
      rule: { text: 'route /v1/process-design/*', span: at(ROUTES, 1) },
      because: { kind: 'route', because: '"processes" is not "process-design"' },
    },
  ],
} as const
const WEBSOCKET = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
] as const

const CASES: readonly Case[] = [
  { why: 'a good answer as expected', flow: {}, checks: [passed('status')], blames: null },

  // nginx: which location
  {
    why: 'a regex location steals the request, whatever comes of it',
    flow: {
      status: 404,
      nginx: {
        matched: '~ ^/api/v1',
        decidedBy: { location: { text: 'location ~ ^/api/v1', span: at(SITE, 20) } },
        reasons: [{ kind: 'regex-location', label: '~ ^/api/v1', prefix: '/api/', span: at(SITE, 20) }],
      },
    },
    checks: [failed('status', '200'), failed('nginx.location', '/api/')],
    blames: 'nginx',
    line: `${SITE}:20`,
    because:
      'nginx chose location ~ ^/api/v1, not /api/: regular expression "~ ^/api/v1" matches; it is tried before the prefix "/api/" is used',
  },

  {
    why: 'a regex location takes a request to the wrong place, and nothing else is said of locations',
    flow: {
      nginx: {
        matched: '~* csv$',
        decidedBy: { location: { text: 'location ~* csv$', span: at(SITE, 20) } },
        to: destination('frontend-nextjs', PINS.frontend, 3000),
        reasons: [{ kind: 'regex-location', label: '~* csv$', prefix: null, span: at(SITE, 20) }],
      },
      gateway: null,
      backend: { service: 'frontend-nextjs' },
    },
    checks: [failed('nginx.to', 'api-gateway')],
    blames: 'nginx',
    line: `${SITE}:20`,
    because: 'nginx chose location ~* csv$: regular expression "~* csv$" matches; no prefix matches',
  },
  {
    why: 'the same, where the location is as expected',
    flow: {
      nginx: { matched: '~* csv$', to: destination('frontend-nextjs', PINS.frontend, 3000) },
      gateway: null,
      backend: { service: 'frontend-nextjs' },
    },
    checks: [passed('nginx.location'), failed('nginx.to', 'api-gateway')],
    blames: 'nginx',
    line: `${SITE}:14`,
    because: 'nginx sends /api/v1/processes/42 to frontend-nextjs, not to api-gateway',
  },
  {
    why: 'a prefix location with ^~ takes a request past the gateway',
    flow: {
      nginx: { matched: '^~ /api/v1/', to: destination('frontend-nextjs', PINS.frontend, 3000) },
      gateway: null,
      backend: { service: 'frontend-nextjs' },
    },
    checks: [failed('gateway')],
    blames: 'nginx',
    because: 'nginx chose location ^~ /api/v1/',
  },

  // nginx: where its pins lead
  {
    why: 'a re-used ClusterIP answers, and well',
    flow: {
      nginx: { to: destination('scheduling', PINS.gateway, 9000) },
      gateway: null,
      backend: { service: 'scheduling' },
    },
    blames: 'nginx',
    line: `${SITE}:14`,
    because: "10.43.193.134 was api-gateway's when the site file was written; now scheduling answers there",
    remedy: 'Write the ClusterIP that api-gateway has now, and reload nginx.',
  },
  {
    why: 'a re-used ClusterIP answers wrongly',
    flow: {
      status: 404,
      nginx: { to: destination('scheduling', PINS.gateway, 9000) },
      gateway: null,
      backend: { service: 'scheduling' },
    },
    checks: [failed('status'), failed('gateway')],
    blames: 'nginx',
    because: "10.43.193.134 was api-gateway's when the site file was written; now scheduling answers there",
  },
  {
    why: 'a stale ClusterIP is silence',
    flow: { status: 504, nginx: { to: { service: null }, outcome: 'connect-timeout' }, ...NO_GATEWAY },
    blames: 'nginx',
    line: `${SITE}:14`,
    because: "10.43.193.134 was api-gateway's when the site file was written; no Service has it now",
  },
  {
    why: 'a name that nginx resolved when it loaded its file, and whose Service has another address now',
    flow: {
      status: 504,
      nginx: { to: destination(null, '10.43.9.9', 9000, 'api-gateway.flowmaster.svc'), outcome: 'connect-timeout' },
      ...NO_GATEWAY,
    },
    blames: 'nginx',
    because: "10.43.9.9 was api-gateway's when the site file was written; no Service has it now",
    remedy: 'Write the ClusterIP that api-gateway has now, and reload nginx.',
  },
  {
    why: 'its own host, where no Service is',
    flow: {
      status: 502,
      nginx: { to: destination(null, '127.0.0.1', 9000, 'localhost'), outcome: 'refused' },
      ...NO_GATEWAY,
    },
    blames: 'nginx',
    because: 'nginx sends to its own host, where nothing listens on port 9000',
    remedy: null,
  },
  {
    why: 'an address that never was a Service',
    flow: {
      status: 502,
      nginx: { to: destination(null, '10.43.9.9', 9000, '10.43.9.9'), outcome: 'refused' },
      ...NO_GATEWAY,
    },
    blames: 'nginx',
    because: 'no Service has the address 10.43.9.9',
  },
  {
    why: 'the right Service on a wrong port',
    flow: { status: 504, nginx: { to: { port: 9001 }, outcome: 'connect-timeout' }, ...NO_GATEWAY },
    blames: 'nginx',
    because: 'nginx sends to port 9001 of api-gateway, which listens on 9000',
    remedy: 'Write port 9000.',
  },
  {
    why: 'a port that answers is no wrong port',
    flow: { status: 500, nginx: { to: { port: 9001 } } },
    blames: 'process-design',
  },
  {
    why: 'no endpoints behind the right pin: the Service is down',
    flow: { status: 502, nginx: { outcome: 'refused' }, ...NO_GATEWAY },
    blames: 'api-gateway',
    line: 'chains/flowmaster/services.yaml:2',
    because: 'nginx asked api-gateway, where nothing listens: it has no ready endpoint',
  },
  {
    why: 'no endpoints behind the frontend',
    flow: {
      status: 502,
      nginx: { to: destination('frontend-nextjs', PINS.frontend, 3000), outcome: 'refused' },
      ...NO_GATEWAY,
    },
    blames: 'frontend-nextjs',
  },
  {
    why: 'the gateway was waiting for its backend when nginx gave up',
    flow: {
      status: 504,
      nginx: { outcome: 'read-timeout' },
      gateway: { status: null, outcome: 'read-timeout' },
      backend: { status: null },
    },
    blames: 'process-design',
    because: 'the gateway asked process-design, which did not answer in time',
  },
  {
    why: 'the gateway broke off because of its backend',
    flow: {
      status: 502,
      nginx: { outcome: 'reset' },
      gateway: { status: null, outcome: 'invalid' },
      backend: { status: null },
    },
    blames: 'process-design',
    because: 'the gateway asked process-design, whose answer is not HTTP',
  },
  {
    why: 'nginx gave up while the gateway still waited for its backend',
    flow: {
      status: 504,
      nginx: {
        outcome: 'read-timeout',
        decidedBy: { readTimeout: { text: 'proxy_read_timeout 3s', span: at(SITE, 22) } },
      },
      gateway: { alone: true, status: null },
      backend: { status: null },
    },
    blames: 'nginx',
    line: `${SITE}:22`,
    because: 'nginx gave up after proxy_read_timeout 3s, while the gateway still had time to wait for process-design',
    remedy: 'Give this location a longer proxy_read_timeout.',
  },
  {
    why: 'the same, by the default of nginx',
    flow: {
      status: 504,
      nginx: { outcome: 'read-timeout', decidedBy: {} },
      gateway: { alone: true, status: null },
      backend: { status: null },
    },
    blames: 'nginx',
    line: `${SITE}:14`,
  },
  {
    why: 'the gateway itself was slow',
    flow: { status: 504, nginx: { outcome: 'read-timeout' }, gateway: { alone: true, status: null }, backend: null },
    blames: 'gateway',
  },

  // nginx: what it sends
  {
    why: 'the slash after the upstream strips the prefix, and nothing but the status is expected',
    flow: { ...STRIPPED, status: 404, gateway: NO_ROUTE, backend: null },
    checks: [failed('status', '200')],
    blames: 'nginx',
    line: `${SITE}:14`,
    because: 'nginx got /api/v1/processes and sends /v1/processes to api-gateway',
  },
  {
    why: 'a rewrite strips the prefix',
    flow: {
      target: '/api/v1/processes',
      nginx: {
        sends: '/v1/processes',
        decidedBy: { target: { text: 'rewrite ^/api/(.*)$ /$1 break', span: at(SITE, 16) } },
        reasons: [
          { kind: 'if-holds', line: 'if ($is_api)', span: at(SITE, 15) },
          { kind: 'target-rewritten', uri: '/v1/processes', span: at(SITE, 16, 60) },
          {
            kind: 'rewritten',
            pattern: '^/api/(.*)$',
            before: '/api/v1/processes',
            uri: '/v1/processes',
            span: at(SITE, 16),
          },
        ],
      },
    },
    checks: [failed('nginx.sends')],
    blames: 'nginx',
    line: `${SITE}:16`,
    because:
      'nginx got /api/v1/processes and sends /v1/processes to api-gateway: "^/api/(.*)$" matches /api/v1/processes: it becomes /v1/processes',
  },
  {
    why: 'an address of another Service of the chain',
    flow: { nginx: { to: destination('frontend-nextjs', PINS.frontend, 3000, PINS.frontend) }, ...NO_GATEWAY },
    checks: [failed('nginx.to', 'api-gateway')],
    blames: 'nginx',
    line: `${SITE}:14`,
    because:
      "nginx sends /api/v1/processes/42 to frontend-nextjs: the address 10.43.185.219 is frontend-nextjs's, not api-gateway's",
  },
  { why: 'the same, expected on nginx', flow: STRIPPED, checks: [failed('nginx.sends')], blames: 'nginx' },
  { why: 'the same, expected on the gateway', flow: STRIPPED, checks: [failed('gateway.receives')], blames: 'nginx' },
  { why: 'the same, expected on the backend', flow: STRIPPED, checks: [failed('backend.receives')], blames: 'nginx' },
  {
    why: 'the same, seen as a wrong route',
    flow: { ...STRIPPED, gateway: NO_ROUTE, backend: null, status: 404 },
    checks: [failed('gateway.route')],
    blames: 'nginx',
  },
  {
    why: 'nginx alters the target as it should, and the gateway has no route',
    flow: { ...STRIPPED, status: 404, gateway: NO_ROUTE, backend: null },
    checks: [passed('nginx.sends'), failed('status', '200')],
    blames: 'gateway',
  },
  {
    why: 'nginx alters the target, and the gateway does not know its method',
    flow: { ...STRIPPED, status: 405, gateway: { alone: true, matched: null, rule: null }, backend: null },
    blames: 'nginx',
  },
  {
    why: 'nginx alters the target to one that the backend serves, and has nothing there',
    flow: { status: 404, nginx: { sends: '/api/v1/processes/43' } },
    blames: 'process-design',
  },
  {
    why: 'nginx alters the target, but the backend broke by itself',
    flow: { ...STRIPPED, status: 500 },
    blames: 'process-design',
  },
  {
    why: 'sent to the frontend, past the gateway',
    flow: {
      nginx: { to: destination('frontend-nextjs', PINS.frontend, 3000) },
      gateway: null,
      backend: { service: 'frontend-nextjs' },
    },
    checks: [failed('gateway')],
    blames: 'nginx',
    because: 'nginx sends it to frontend-nextjs, past the gateway',
  },
  {
    why: 'sent to the frontend, which is down, where the gateway was expected',
    flow: {
      status: 502,
      nginx: { to: destination('frontend-nextjs', PINS.frontend, 3000), outcome: 'refused' },
      ...NO_GATEWAY,
    },
    checks: [failed('gateway')],
    blames: 'frontend-nextjs',
  },
  {
    why: 'sent to a gateway that it must not reach',
    flow: {},
    checks: [failed('gateway')],
    blames: 'nginx',
    because: 'nginx sends it to api-gateway, which it must not reach',
  },
  {
    why: 'Upgrade is not passed on',
    flow: { status: 426, headers: WEBSOCKET, nginx: { sentHeaders: [] } },
    checks: [failed('status', '101')],
    blames: 'nginx',
    because: 'nginx got Upgrade: websocket and does not send it on: it needs proxy_set_header Upgrade',
    remedy:
      'Write proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; in this location.',
  },
  {
    why: 'Connection is not passed on',
    flow: {
      status: 426,
      headers: WEBSOCKET,
      nginx: {
        sentHeaders: [
          ['Upgrade', 'websocket'],
          ['Connection', 'close'],
        ],
      },
    },
    blames: 'nginx',
    because: 'nginx sends Upgrade on without Connection: upgrade, so it means nothing to the next hop',
  },
  {
    why: 'the line that sets Upgrade to nothing',
    flow: {
      status: 426,
      headers: WEBSOCKET,
      nginx: {
        sentHeaders: [],
        decidedBy: {
          headers: [{ name: 'upgrade', text: 'proxy_set_header Upgrade ""', span: at(SITE, 18), drops: false }],
        },
      },
    },
    blames: 'nginx',
    line: `${SITE}:18`,
  },
  {
    why: 'the line that sets Connection to something else',
    flow: {
      status: 426,
      headers: WEBSOCKET,
      nginx: {
        sentHeaders: [['Upgrade', 'websocket']],
        decidedBy: {
          headers: [{ name: 'connection', text: 'proxy_set_header Connection ""', span: at(SITE, 19), drops: false }],
        },
      },
    },
    blames: 'nginx',
    line: `${SITE}:19`,
  },
  {
    why: 'a WebSocket that opened, and whose messages are wrong',
    flow: { status: 101, headers: WEBSOCKET, nginx: { sentHeaders: [] } },
    checks: [failed('messages')],
    blames: 'process-design',
  },
  {
    why: 'a return of nginx',
    flow: { status: 301, nginx: { alone: true, rule: { text: 'return 301 /', span: at(SITE, 9) } }, ...NO_GATEWAY },
    checks: [failed('status', '200')],
    blames: 'nginx',
    line: `${SITE}:9`,
    because: 'nginx answered 301 itself',
  },
  {
    why: 'a good answer of nginx, which the gateway should have given',
    flow: { nginx: { alone: true, rule: { text: 'return 200 ok', span: at(SITE, 9) } }, ...NO_GATEWAY },
    checks: [passed('status'), failed('gateway')],
    blames: 'nginx',
    line: `${SITE}:9`,
  },
  {
    why: 'nginx closes the connection',
    flow: { status: null, nginx: { alone: true }, ...NO_GATEWAY },
    blames: 'nginx',
    because: 'nginx closed the connection without an answer',
  },

  // headers on the way
  {
    why: 'nginx does not say which scheme the client used',
    flow: {},
    checks: [failed('backend.headers.x-forwarded-proto', 'http')],
    blames: 'nginx',
    because: 'nginx sends no x-forwarded-proto',
  },
  {
    why: 'nginx does not say who the client is',
    flow: {},
    checks: [failed('backend.headers.x-forwarded-for', '127.0.0.1')],
    blames: 'nginx',
  },
  {
    why: 'a header of the edge, where the client entered behind it',
    flow: { nginx: null },
    checks: [failed('backend.headers.x-forwarded-proto', 'http')],
    blames: 'gateway',
  },
  {
    why: 'a secret is not told',
    flow: { headers: [['Authorization', 'Bearer aaaabbbbccccdddd']] },
    checks: [failed('gateway.headers.authorization', 'Bearer x')],
    blames: 'nginx',
    because: 'nginx sends authorization: Bearer ***',
  },
  {
    why: 'a location inherits no proxy_set_header',
    flow: {
      nginx: {
        decidedBy: {
          headers: [{ name: 'x-forwarded-proto', text: 'proxy_set_header X-A b', span: at(SITE, 17), drops: true }],
        },
      },
    },
    checks: [failed('gateway.headers.x-forwarded-proto', 'http')],
    blames: 'nginx',
    line: `${SITE}:17`,
    because:
      'nginx sends no x-forwarded-proto: a location with a proxy_set_header of its own inherits none of those around it, such as x-forwarded-proto',
    remedy: 'Write the line for x-forwarded-proto in this block, too.',
  },
  {
    why: 'a header is set to a wrong value',
    flow: {
      nginx: {
        sentHeaders: [['Host', 'other']],
        decidedBy: {
          headers: [{ name: 'host', text: 'proxy_set_header Host other', span: at(SITE, 17), drops: false }],
        },
      },
    },
    checks: [failed('gateway.headers.host', 'flowmaster.example')],
    blames: 'nginx',
    line: `${SITE}:17`,
    because: 'nginx sends host: other',
  },
  {
    why: 'the gateway loses a header',
    flow: { headers: [['X-Tenant', 'a']], gateway: { sentHeaders: [] } },
    checks: [failed('backend.headers.x-tenant', 'a')],
    blames: 'gateway',
    because: 'the gateway sends no x-tenant',
  },
  {
    why: 'nginx changes a header that the gateway passes on',
    flow: { headers: [['X-Tenant', 'a']], nginx: { sentHeaders: [['X-Tenant', 'b']] } },
    checks: [failed('backend.headers.x-tenant', 'a')],
    blames: 'nginx',
    because: 'nginx sends x-tenant: b',
  },
  {
    why: 'nobody sets a header that the gateway should',
    flow: {},
    checks: [failed('backend.headers.x-tenant', 'a')],
    blames: 'gateway',
  },
  {
    why: 'the gateway gets a wrong header',
    flow: {},
    checks: [failed('gateway.headers.x-tenant', 'a')],
    blames: 'nginx',
  },

  // gateway
  {
    why: 'no route',
    flow: { target: '/api/v1/processes?page=2', status: 404, gateway: NO_ROUTE, backend: null },
    blames: 'gateway',
    line: `${ROUTES}:1`,
    because:
      'no route of the gateway matches /api/v1/processes; the nearest is route /v1/process-design/*: "processes" is not "process-design"',
  },
  {
    why: 'a shadowed route',
    flow: {},
    checks: [failed('gateway.route', '/v1/process-design/archive')],
    blames: 'gateway',
    line: `${ROUTES}:1`,
    because: 'the gateway chose route /v1/process-design/*, not /v1/process-design/archive',
  },
  {
    why: 'no route where one should be',
    flow: { gateway: NO_ROUTE, backend: null },
    checks: [failed('gateway.route', '/v1/process-design/*')],
    blames: 'gateway',
    line: `${ROUTES}:1`,
    because:
      'no route of the gateway matches /api/v1/processes/42; the nearest is route /v1/process-design/*: "processes" is not "process-design"',
  },
  {
    why: 'a route where none should be',
    flow: {},
    checks: [failed('gateway.route', 'none')],
    blames: 'gateway',
    because: 'the gateway chose route /v1/process-design/*, where none should match',
  },
  {
    why: 'the gateway gives the answer that a backend should',
    flow: { gateway: { alone: true }, backend: null },
    checks: [failed('backend')],
    blames: 'gateway',
    because: 'the gateway answered 200 itself',
  },
  {
    why: 'a wrong rewrite, expected on the backend',
    flow: { gateway: { sends: '/v1/wrong/42' } },
    checks: [failed('backend.receives')],
    blames: 'gateway',
    because: 'the gateway got /api/v1/processes/42 and sends /v1/wrong/42 to process-design',
  },
  { why: 'a wrong Service', flow: {}, checks: [failed('backend.service', 'scheduling')], blames: 'gateway' },
  { why: 'the wrong rewrite, on the gateway', flow: {}, checks: [failed('gateway.sends')], blames: 'gateway' },
  {
    why: 'a wrong rewrite that the backend does not serve',
    flow: { status: 404, gateway: { sends: '/v1/wrong/42' } },
    blames: 'gateway',
    line: `${ROUTES}:1`,
    because: 'the gateway got /api/v1/processes/42 and sends /v1/wrong/42, which process-design does not serve',
  },
  {
    why: 'a path sent as it is to the wrong Service',
    flow: { target: '/api/v1/schedules', status: 404 },
    blames: 'gateway',
    because: 'the gateway sends /api/v1/schedules to process-design, which does not serve it: scheduling does',
  },
  {
    why: 'the wrong port in routes.yaml',
    flow: { status: 504, gateway: { to: { port: 9030 }, outcome: 'connect-timeout' }, backend: null },
    blames: 'gateway',
    line: `${ROUTES}:1`,
    because: 'the gateway sends to port 9030 of process-design, which listens on 9003',
  },
  {
    why: 'the wrong port of a Service that is gone',
    flow: {
      status: 502,
      gateway: { to: destination(null, null, 9030, 'process-design.flowmaster'), outcome: 'unresolved' },
      backend: null,
    },
    blames: 'gateway',
    because: 'the gateway sends to port 9030 of process-design, which listens on 9003',
  },
  {
    why: 'an address in routes.yaml that is no Service',
    flow: {
      status: 502,
      gateway: { to: destination(null, '10.43.9.9', 9003, '10.43.9.9'), outcome: 'refused' },
      backend: null,
    },
    blames: 'gateway',
    because: 'the gateway sends to 10.43.9.9:9003, which is no Service of the chain',
  },
  {
    why: 'a backend that is down',
    flow: { status: 502, gateway: { outcome: 'refused' }, backend: null },
    checks: [failed('backend'), failed('status', '200')],
    blames: 'process-design',
  },
  {
    why: 'a Service that was deleted',
    flow: {
      status: 502,
      gateway: { to: destination(null, null, 9003, 'process-design'), outcome: 'unresolved' },
      backend: null,
    },
    blames: 'process-design',
    because: 'the gateway asked process-design, and the cluster has no Service of that name now',
  },
  {
    why: 'a name in routes.yaml that never was a Service',
    flow: {
      status: 502,
      gateway: { to: destination(null, null, 9003, 'proces-design'), outcome: 'unresolved' },
      backend: null,
    },
    blames: 'gateway',
    line: `${ROUTES}:1`,
    because: 'the gateway sends to proces-design:9003, a name that the cluster does not know',
  },
  {
    why: 'the gateway says 401',
    flow: {
      status: 401,
      gateway: {
        alone: true,
        reasons: [
          { kind: 'gateway-log', detail: 'the route takes it', span: at(ROUTES, 1, 3) },
          { kind: 'gateway-log', detail: 'no API key', span: at(ROUTES, 1, 3) },
        ],
      },
      backend: null,
    },
    blames: 'gateway',
    because: 'the gateway answered 401 itself: no API key',
  },
  {
    why: 'the gateway should have said 401',
    flow: {},
    checks: [failed('status', '401')],
    blames: 'gateway',
    because: 'the gateway lets it through to process-design, where 401 was expected',
  },
  {
    why: 'the gateway should have said 429',
    flow: {},
    checks: [failed('status', '429')],
    blames: 'gateway',
  },
  {
    why: 'a response header that two hops change: the last word is the first one’s',
    flow: {
      answerHeaders: [['X-A', '1']],
      nginx: { answerHeaders: [['X-A', '3']] },
      gateway: { answerHeaders: [['X-A', '2']] },
    },
    checks: [failed('headers.x-a', '1')],
    blames: 'nginx',
    because: 'nginx got x-a: 1 and answers x-a: 3',
  },
  {
    why: 'a secret of the answer is not told',
    flow: { answerHeaders: [['Set-Cookie', 'session=aaaabbbb']], nginx: {}, gateway: { answerHeaders: [] } },
    checks: [failed('headers.set-cookie', 'session=x')],
    blames: 'gateway',
    because: 'the gateway got set-cookie: session=*** and answers no set-cookie',
  },
  {
    why: 'an answer that is wrong as a whole, not only in a header',
    flow: { answerHeaders: [['X-A', '1']], gateway: { answerHeaders: [] } },
    checks: [failed('headers.x-a', '1'), failed('body')],
    blames: 'process-design',
  },
  {
    why: 'a response header that the gateway should not remove',
    flow: {
      answerHeaders: [['X-A', '1']],
      nginx: { answerHeaders: [['X-A', '1']] },
      gateway: { answerHeaders: [] },
    },
    checks: [failed('headers.x-a', '1')],
    blames: 'gateway',
  },

  {
    why: 'a redirect to the address of the backend is passed on',
    flow: { status: 302, answerHeaders: [['Location', 'http://10.43.193.134:9000/new']] },
    checks: [failed('headers.location', 'http://flowmaster.example/new')],
    blames: 'nginx',
    because:
      'nginx passes on the redirect to http://10.43.193.134:9000/new, an address inside: it needs proxy_redirect',
  },
  {
    why: 'a redirect elsewhere is the backend’s own',
    flow: { status: 302, answerHeaders: [['Location', 'http://other.example/new']] },
    checks: [failed('headers.location', 'http://flowmaster.example/new')],
    blames: 'process-design',
  },

  // backend
  { why: 'a backend error', flow: { status: 503 }, blames: 'backend', because: 'process-design answered 503 itself' },
  { why: 'a 404 for a path that it serves', flow: { status: 404 }, blames: 'process-design' },
  {
    why: 'a status that a hop should not have given',
    flow: {},
    checks: [failed('backend.status', '201')],
    blames: 'process-design',
  },
  { why: 'a wrong body', flow: {}, checks: [failed('body')], blames: 'process-design' },
  {
    why: 'a wrong body of the frontend',
    flow: {
      nginx: { to: destination('frontend-nextjs', PINS.frontend, 3000) },
      gateway: null,
      backend: { service: 'frontend-nextjs' },
    },
    checks: [failed('body')],
    blames: 'frontend-nextjs',
  },
  { why: 'asked directly', flow: { nginx: null, gateway: null, status: 404, backend: {} }, blames: 'process-design' },
  {
    why: 'a backend that no one watches',
    flow: { status: 500, backend: null },
    blames: 'process-design',
    because: 'process-design answered 500',
  },

  // nobody
  {
    why: 'an Upgrade that is not passed on, where nothing is wrong with the answer',
    flow: { headers: WEBSOCKET, nginx: { sentHeaders: [] } },
    checks: [passed('status')],
    blames: null,
  },
  {
    why: 'the request itself is not what the scenario expects of nginx',
    flow: {},
    checks: [failed('nginx.receives')],
    blames: null,
  },
  { why: 'nothing is known', flow: { status: 500, nginx: null, ...NO_GATEWAY }, blames: null },
]

test.each(CASES)('$why → $blames', ({ flow: options, checks = [], blames, line, because, remedy }) => {
  const trace = flow(options)
  const blame = findBlame(trace, seenIn(trace, checks), CONTEXT)
  expect(blame && [blame.hop, blame.service]).toEqual(blames === null ? null : expect.arrayContaining([blames]))
  if (because !== undefined) expect(blame?.because).toBe(because)
  if (remedy !== undefined) expect(blame?.remedy).toBe(remedy)
  if (line === undefined) return
  const span = blame?.rule?.span
  expect(span ? `${span.file}:${span.line}` : null).toBe(line)
})

test('what to change about a URI part is told where the target should have stayed as it is', () => {
  const rule = { text: 'proxy_pass http://10.43.193.134:9000/v2/', span: at(SITE, 14) }
  const reason = { kind: 'prefix-replaced', part: '/v2/', prefix: '/api/', span: rule.span } as const
  const trace = flow({
    target: '/api/v1/processes',
    nginx: { sends: '/v2/v1/processes', rule, reasons: [reason] },
  })
  const remedyFor = (expected: string) =>
    findBlame(trace, seenIn(trace, [failed('nginx.sends', expected)]), CONTEXT)?.remedy
  expect(remedyFor('/api/v1/processes')).toBe('Leave "/v2/" out: proxy_pass http://10.43.193.134:9000;')
  expect(remedyFor('/v3/processes')).toBeNull()
})

test('an address that nginx runs with and that is no longer in its file belongs to the Service that the chain gives it to', () => {
  const trace = flow({ status: 504, nginx: { to: { service: null }, outcome: 'connect-timeout' }, ...NO_GATEWAY })
  const blame = findBlame(trace, [], { ...CONTEXT, pins: [] })
  expect(blame?.because).toBe("10.43.193.134 was api-gateway's when the site file was written; no Service has it now")
})

test('of several tries the last one counts', () => {
  const [nginx, ...behind] = flow({ status: 502, nginx: { outcome: 'refused' }, ...NO_GATEWAY }).exchanges
  const [pass] = nginx?.passes ?? []
  const [refused] = pass?.tries ?? []
  if (nginx === undefined || pass === undefined || refused === undefined)
    throw new Error('Failed to make a trace with a try in it.')
  const first = { ...refused, to: destination('frontend-nextjs', PINS.frontend, 3000) }
  const exchanges = [{ ...nginx, passes: [{ ...pass, tries: [first, refused] }] }, ...behind]
  const blame = findBlame({ ...flow({ status: 502 }), exchanges }, [], CONTEXT)
  expect(blame?.service).toBe('api-gateway')
})

/** The trace of a request that nginx answered itself in one more pass, led there by an `error_page`. */
function withErrorPage(trace: Trace, status: number): Trace {
  const [nginx, ...behind] = trace.exchanges
  const first = nginx && lastPass(nginx)
  if (nginx === undefined || first === undefined) throw new Error('Failed to make a trace with a pass in it.')
  const line = { text: 'error_page 404 =200 /', span: at(SITE, 15) }
  const handedOver: Pass = {
    ...first,
    reasons: [{ kind: 'error-page', status: 404, line: line.text, span: line.span }],
  }
  const whole = { text: 'return 200', span: at(SITE, 7) }
  const page: Pass = {
    ...first,
    matched: '/',
    ledBy: line,
    decidedBy: { ...first.decidedBy, whole, location: { text: 'location /', span: at(SITE, 6) } },
    tries: [],
  }
  const answered = { status, headers: [], body: '' }
  const exchanges = [{ ...nginx, passes: [handedOver, page], answered, origin: 'self' as const }, ...behind]
  return { ...trace, exchanges, response: answered }
}

test('an error_page puts another answer in the place of the expected one', () => {
  const trace = withErrorPage(flow({ status: 404 }), 200)
  const blame = findBlame(trace, [{ ...failed('status', '404'), seen: null }], CONTEXT)
  expect(blame).toMatchObject({
    hop: 'nginx',
    rule: { span: { file: SITE, line: 15 } },
    because: 'nginx got 404 from api-gateway and answers 200: 404 is answered by error_page 404 =200 /',
  })
})

describe('of several passes', () => {
  const REWRITE = { text: 'rewrite ^/old/(.*)$ /api/$1 last', span: at(SITE, 16) }
  const ERROR_PAGE = { text: 'error_page 403 404 =200 /', span: at(SITE, 15) }

  /** One trace of two passes, made of two traces of one each. @param by the line that led into the second */
  function twoPasses(first: FlowOptions, second: FlowOptions, by: Rule): Trace {
    const [one, two] = [flow(first), flow(second)]
    const [nginx, ...behindFirst] = one.exchanges
    const [answering, ...behindSecond] = two.exchanges
    if (nginx === undefined || answering === undefined) throw new Error('Failed to make two passes: nginx is missing.')
    const passes = [...nginx.passes, ...answering.passes.map((pass) => ({ ...pass, ledBy: by }))]
    const moved = behindSecond.map((exchange, index) => ({
      ...exchange,
      reachedBy: { exchange: index === 0 ? 0 : behindFirst.length + index, pass: index === 0 ? 1 : 0, try: 0 },
    }))
    const { answered, origin } = answering
    return { ...two, exchanges: [{ ...nginx, passes, answered, origin }, ...behindFirst, ...moved] }
  }

  const LED_ON: FlowOptions = { nginx: { alone: true, matched: '/old/', rule: REWRITE }, ...NO_GATEWAY }
  const NOT_FOUND: FlowOptions = {
    status: 404,
    gateway: NO_ROUTE,
    backend: null,
    nginx: { reasons: [{ kind: 'error-page', status: 404, line: ERROR_PAGE.text, span: ERROR_PAGE.span }] },
  }
  const FRONTEND: FlowOptions = {
    status: 500,
    nginx: { matched: '/', to: destination('frontend-nextjs', PINS.frontend, 3000) },
    gateway: null,
    backend: { service: 'frontend-nextjs' },
  }

  test('one that only led on is to blame where the step expects something of it', () => {
    const wrong = { ...failed('nginx.location', '/api/'), seen: { exchange: 0, pass: 0 } }
    const blame = findBlame(twoPasses(LED_ON, {}, REWRITE), [wrong], CONTEXT)
    expect(blame).toMatchObject({ hop: 'nginx', because: expect.stringMatching(/^nginx chose location \/old\/, not/) })
  })

  test('one that only led on is not to blame where the next one breaks', () => {
    const trace = twoPasses(LED_ON, { status: 500 }, REWRITE)
    expect(findBlame(trace, [{ ...failed('status', '200'), seen: null }], CONTEXT)?.service).toBe('process-design')
  })

  test('one that is as the step expects it is not to blame for the next one', () => {
    const trace = twoPasses(NOT_FOUND, FRONTEND, ERROR_PAGE)
    const checks = [
      { ...passed('gateway.route'), seen: { exchange: 1, pass: 0 } },
      { ...passed('gateway.status'), seen: { exchange: 1, pass: 0 } },
      { ...failed('status', '200'), seen: null },
    ]
    expect(findBlame(trace, checks, CONTEXT)?.service).toBe('frontend-nextjs')
  })

  test('what fails at the hop of a later one is not blamed on an earlier one', () => {
    const trace = twoPasses(NOT_FOUND, FRONTEND, ERROR_PAGE)
    const wrong = { ...failed('backend.status', '200'), seen: { exchange: 2, pass: 0 } }
    expect(findBlame(trace, [wrong], CONTEXT)?.service).toBe('frontend-nextjs')
  })

  test('an error_page that hides a status of nginx itself is to blame, not what gave that status', () => {
    const denied: FlowOptions = {
      status: 403,
      nginx: {
        alone: true,
        rule: { text: 'deny all', span: at(SITE, 12) },
        reasons: [{ kind: 'error-page', status: 403, line: ERROR_PAGE.text, span: ERROR_PAGE.span }],
      },
      ...NO_GATEWAY,
    }
    const page: FlowOptions = {
      status: 200,
      nginx: { alone: true, matched: '/', rule: { text: 'return 200 ok', span: at(SITE, 7) } },
      ...NO_GATEWAY,
    }
    const trace = twoPasses(denied, page, ERROR_PAGE)
    const blame = findBlame(trace, [{ ...failed('status', '403'), seen: null }], CONTEXT)
    expect(blame).toMatchObject({ hop: 'nginx', rule: ERROR_PAGE })
  })
})
