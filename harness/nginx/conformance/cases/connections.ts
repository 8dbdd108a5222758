import type { Header } from '../../../chain/message.ts'
import { answer, type CaseAnswer, type CaseRequest, type ConformanceCase, get } from '../case.ts'

const unframed: CaseAnswer = { bytes: 'HTTP/1.1 200 OK\r\nX: y\r\n\r\nto the end' }
const chunked: CaseAnswer = {
  bytes:
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\nKeep-Alive: timeout=9\r\n\r\n2\r\nab\r\n0\r\n\r\n',
}

/** Requests that say in every way what is to become of the connection. */
function requestsFor(target: string, upstream: readonly CaseAnswer[] = []): CaseRequest[] {
  const connections: Header[][] = [[], ['close'], ['keep-alive'], ['Upgrade, Keep-Alive'], ['x', 'close']].map(
    (values) => values.map((value): Header => ['Connection', value]),
  )
  return (['1.1', '1.0'] as const).flatMap((httpVersion) =>
    connections.map((headers) => ({ target, httpVersion, headers: [['Host', 'a'], ...headers], upstream })),
  )
}

const AGENTS = [
  'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)',
  'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)',
  'Mozilla/4.0 (compatible; MSIE 5.5; Windows)',
  'Mozilla/5.0 (compatible; MSIE 7.0)',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_6) AppleWebKit/533 (KHTML, like Gecko) Version/5.0 Safari/533',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_6) AppleWebKit/533 Chrome/9 Safari/533',
]

/** What an answer says of the connection and of its framing: Connection, Keep-Alive, Transfer-Encoding, Date, Server. */
export const CONNECTIONS: readonly ConformanceCase[] = [
  {
    name: 'whether the connection stays open',
    site: `server { listen $LISTEN; location / { return 200 text; } location /p { proxy_pass http://$A; }
      location /none { keepalive_timeout 0; return 200; } location /told { keepalive_timeout 65 60s; return 200; }
      location /inherits/ { keepalive_timeout 1s 2s; location /inherits/it { return 200; } location /inherits/not { keepalive_timeout 5s; return 200; } }
      location /zero { keepalive_timeout 75s 0; return 200; }
      location /once { keepalive_requests 1; return 200; } location /twice { keepalive_requests 2; return 200; }
      location /on { keepalive_timeout 0; rewrite ^ /told last; } location /page { keepalive_timeout 0; error_page 404 /told; return 404; }
    }`,
    requests: [
      ...requestsFor('/'),
      ...requestsFor('/p'),
      ...requestsFor('/p', [unframed]),
      ...get('/none', '/told', '/inherits/it', '/inherits/not', '/zero', '/once', '/twice', '/on', '/page'),
      { method: 'HEAD', target: '/p', upstream: [unframed] },
      { method: 'HEAD', target: '/p', upstream: [chunked] },
    ],
  },
  {
    name: 'answers after which nginx closes',
    site: `server { listen $LISTEN; client_max_body_size 5; location / { return 200; }
      ${[301, 400, 403, 404, 405, 413, 414, 416, 429, 494, 497, 500, 501, 502, 503, 504].map((code) => `location /${code} { return ${code}; }`).join('\n')}
      location /page { error_page 500 /sorry; return 500; } location /sorry { return 200 sorry; } location /p { proxy_pass http://$DEAD; } }`,
    requests: [
      ...get(
        ...[301, 400, 403, 404, 405, 413, 414, 416, 429, 494, 497, 500, 501, 502, 503, 504].map((code) => `/${code}`),
      ),
      ...get('/page', '/p', '/%zz', `/${'a'.repeat(9000)}`),
      { target: '/', headers: [] },
      { target: '/p', method: 'POST', body: 'too long' },
      { target: '/', method: 'POST', body: 'body' },
    ],
  },
  {
    name: 'keepalive_disable',
    site: `server { listen $LISTEN; location / { return 200; } location /none { keepalive_disable none; return 200; } location /both { keepalive_disable msie6 safari; return 200; } }`,
    requests: ['/', '/none', '/both'].flatMap((target) =>
      AGENTS.flatMap((agent) =>
        ['GET', 'POST'].map((method) => ({
          method,
          target,
          headers: [
            ['Host', 'a'],
            ['User-Agent', agent],
          ] as Header[],
        })),
      ),
    ),
  },
  {
    name: 'the framing of answers',
    site: `server { listen $LISTEN; location / { proxy_pass http://$A; } location /1.1 { proxy_http_version 1.1; proxy_pass http://$A; }
      location /off { chunked_transfer_encoding off; proxy_pass http://$A; } location /gzip { gzip on; gzip_min_length 1; gzip_types *; proxy_pass http://$A; } }`,
    requests: ['/', '/1.1', '/off', '/gzip'].flatMap((target) =>
      [
        unframed,
        chunked,
        answer(200, [], 'body'),
        answer(200),
        { bytes: 'HTTP/1.1 204 No\r\n\r\n' },
        { bytes: 'HTTP/1.1 304 No\r\n\r\n' },
      ].flatMap((upstream) => [
        { target, upstream: [upstream] },
        { target, httpVersion: '1.0' as const, upstream: [upstream] },
        {
          target,
          headers: [
            ['Host', 'a'],
            ['Accept-Encoding', 'gzip'],
          ] as Header[],
          upstream: [upstream],
        },
      ]),
    ),
  },
  {
    name: 'Date and Server of an upstream',
    site: `server { listen $LISTEN; location / { proxy_pass http://$A; } location /date { proxy_pass_header Date; proxy_pass http://$A; }
      location /server { proxy_pass_header Server; proxy_pass http://$A; } location /hide { proxy_hide_header Date; proxy_pass http://$A; }
      location /page { proxy_pass_header Date; proxy_pass_header Server; proxy_intercept_errors on; error_page 404 /own; proxy_pass http://$A; } location /own { return 200; } }`,
    requests: ['/', '/date', '/server', '/hide', '/page'].flatMap((target) => [
      {
        target,
        upstream: [
          answer(200, [
            ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
            ['Server', 'own'],
          ]),
        ],
      },
      { target, upstream: [answer(200)] },
      {
        target,
        upstream: [
          answer(404, [
            ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
            ['Server', 'own'],
          ]),
        ],
      },
    ]),
  },
]
