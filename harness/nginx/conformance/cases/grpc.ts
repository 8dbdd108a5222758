import type { Headers } from '../../../chain/message.ts'
import { answer, type CaseAnswer, type CaseRequest, type ConformanceCase, get } from '../case.ts'

/** An answer of gRPC. */
const REPLY: CaseAnswer = {
  bytes: 'HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n\r\nmessage',
  trailers: [
    ['grpc-status', '0'],
    ['grpc-message', 'fine'],
  ],
}

/** A call as clients of gRPC make it. */
const CALL: Headers = [
  ['Host', 'a.example'],
  ['TE', 'trailers'],
  ['Content-Type', 'application/grpc'],
  ['X-Own', 'a'],
  ['x-own', 'b'],
]

const byHttp2 = (request: CaseRequest): CaseRequest => ({
  headers: [['host', 'a.example']],
  ...request,
  httpVersion: '2.0',
  hello: { serverName: 'a.example' },
})

/** gRPC to upstreams. */
export const GRPC: readonly ConformanceCase[] = [
  {
    name: 'grpc: what an upstream is sent',
    site: `upstream u { server $A; } server { listen $LISTEN; location / { grpc_pass $A; } location /scheme { grpc_pass grpc://$B; } location /group { grpc_pass grpc://u; } location /set { grpc_set_header X-A $arg_a; grpc_set_header Content-Type own; grpc_set_header X-Own ''; grpc_pass $A; } location /host { grpc_set_header Host $host:1; grpc_pass $A; } location /rewritten { rewrite ^/rewritten(.*)$ /other$1?b=1 break; grpc_pass $A; } location /slash/ { grpc_pass $A; } location /both { proxy_pass http://$C; grpc_pass $A; } }`,
    requests: [
      ...[
        '/',
        '/a.B/Call?x=%20',
        '/a//./b%2fc',
        '/scheme',
        '/group/x',
        '/set?a=1',
        '/set',
        '/host',
        '/rewritten/a%20b%3fc?d',
        '/slash',
        '/slash/',
        '/both',
      ].map((target) => ({ target, headers: CALL, upstream: [REPLY] })),
      {
        target: '/',
        headers: [
          ['Host', 'x'],
          ['TE', 'gzip'],
        ],
        upstream: [REPLY],
      },
      {
        target: '/',
        headers: [
          ['Host', 'x:80'],
          ['Connection', 'close'],
          ['Keep-Alive', 'a'],
          ['Expect', 'b'],
          ['Upgrade', 'c'],
        ],
        upstream: [REPLY],
      },
      { target: '/', headers: [], httpVersion: '1.0', upstream: [REPLY] },
      { method: 'POST', target: '/', body: 'message', upstream: [REPLY] },
      {
        method: 'POST',
        target: '/',
        headers: [
          ['Host', 'x'],
          ['Transfer-Encoding', 'chunked'],
        ],
        body: 'message',
        upstream: [REPLY],
      },
      { method: 'PUT', target: '/', body: 'x'.repeat(20_000), upstream: [REPLY] },
      { method: 'HEAD', target: '/', upstream: [answer(200)] },
      { method: 'OPTIONS', target: '/', upstream: [REPLY] },
    ],
  },
  {
    name: 'grpc: answers and their trailers',
    site: `server { listen $LISTEN; location / { grpc_pass $A; } location /hidden { grpc_hide_header X-A; grpc_hide_header grpc-message; grpc_pass_header Server; grpc_pass $A; } location /pages { error_page 404 503 = /page; grpc_intercept_errors on; grpc_pass $A; } location = /page { return 200 page; } location = /accel { internal; return 200 accel; } location /ignored { grpc_ignore_headers X-Accel-Redirect; grpc_pass $A; } location /asked { auth_request /auth; grpc_pass $A; } location = /auth { internal; grpc_pass $B; } }`,
    requests: [
      REPLY,
      answer(200, [
        ['Content-Type', 'application/grpc'],
        ['grpc-status', '7'],
      ]),
      answer(
        200,
        [
          ['X-A', '1'],
          ['Server', 's'],
          ['Date', 'd'],
          ['Set-Cookie', 'a=b'],
          ['Location', '/x'],
        ],
        'body',
      ),
      { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody', trailers: [['grpc-status', '0']] } as const,
      answer(404, [], 'gone'),
      answer(503, [], 'busy'),
      answer(301, [['Location', 'http://x/y']]),
      answer(200, [['X-Accel-Redirect', '/accel']]),
      { bytes: 'HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n' },
      'close' as const,
    ]
      .flatMap((upstream) =>
        ['/', '/hidden', '/pages', '/ignored'].flatMap((target): CaseRequest[] => [
          { target, upstream: [upstream] },
          { target, httpVersion: '1.0', upstream: [upstream] },
        ]),
      )
      .concat(get('/asked').map((one) => ({ ...one, upstream: [REPLY, REPLY] }))),
  },
  {
    name: 'grpc: groups, variables and failures',
    site: `upstream u { server $A; server $B; } upstream v { server $DEAD; server $B; } server { listen $LISTEN; grpc_read_timeout 300ms; location /u { grpc_pass u; } location /v { grpc_pass grpc://v; } location /var { grpc_pass $arg_to; } location /dead { grpc_pass $DEAD; } location /next { grpc_next_upstream http_503 http_504; grpc_pass u; } location /off { grpc_next_upstream off; grpc_pass v; } }`,
    requests: [
      ...get('/dead', '/var', '/var?to=u', '/var?to=nowhere', '/var?to=grpc://u', '/var?to=nowhere:80').map((one) => ({
        ...one,
        upstream: [REPLY],
      })),
      ...get('/u', '/u', '/v', '/v', '/off', '/off').map((one) => ({ ...one, upstream: [REPLY] })),
      // Not by a connection that closes at once: what nginx still owed that one, a SETTINGS frame, may reach the next peer, which then closes too.
      { target: '/u', upstream: ['silence', REPLY] },
      { method: 'POST', target: '/u', body: 'a', upstream: ['close', REPLY] },
      { target: '/next', upstream: [answer(503), REPLY] },
      { target: '/next', upstream: [answer(500), REPLY] },
    ],
  },
  {
    name: 'grpc: clients of HTTP/2',
    site: `upstream u { server $A; server $B; } server { listen $LISTEN ssl http2; server_name a.example; ssl_certificate $FILES/server.pem; ssl_certificate_key $FILES/server.key; location / { grpc_pass $A; } location /u { grpc_pass u; } }`,
    requests: [
      byHttp2({
        target: '/a.B/Call',
        headers: [
          ['host', 'a.example'],
          ['te', 'trailers'],
          ['content-type', 'application/grpc'],
        ],
        upstream: [REPLY],
      }),
      byHttp2({ method: 'POST', target: '/', body: 'message', upstream: [REPLY] }),
      byHttp2({
        target: '/',
        upstream: [{ bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody', trailers: [['grpc-status', '0']] }],
      }),
      byHttp2({ target: '/', upstream: [answer(200, [['grpc-status', '12']])] }),
      byHttp2({ target: '/u', upstream: [REPLY] }),
    ],
  },
]
