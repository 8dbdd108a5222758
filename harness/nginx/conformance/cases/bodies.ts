import type { CaseRequest, ConformanceCase } from '../case.ts'

const announcing = (target: string, length: string, sends: string): CaseRequest => ({
  method: 'POST',
  target,
  headers: [
    ['Host', 'a'],
    ['Content-Length', length],
  ],
  sends,
})

const chunked = (target: string, sends: string, method = 'POST'): CaseRequest => ({
  method,
  target,
  headers: [
    ['Host', 'a'],
    ['Transfer-Encoding', 'chunked'],
  ],
  sends,
})

/** Where a body is read, thrown away, or not looked at. */
const TARGETS: readonly string[] = ['/proxied', '/text', '/empty', '/moved', '/refused', '/page', '/fallback', '/named']

/** Chunked bodies as they come: whole, cut somewhere, or something else. */
const CODED: readonly string[] = [
  '3\r\nabc\r\n0\r\n\r\n',
  '3;a=b\r\nabc\r\n00\r\nX-Trailer: 1\r\n\r\n',
  '3\nabc\n0\n\n',
  'A\r\n0123456789\r\n0\r\n\r\n',
  '3 \r\nabc\r\n0\r\n\r\n',
  '3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  '',
  '3',
  '3\r\nab',
  '3\r\nabc',
  '3\r\nabc\r\n',
  '3\r\nabc\r\n0\r\n',
  '3\r\nabc\r\n0\r\nX-Trailer: 1\r\n',
  'no chunk\r\n',
  '3\r\nabcd\r\n0\r\n\r\n',
  '\r\n0\r\n\r\n',
  '-3\r\nabc\r\n0\r\n\r\n',
]

/** Bodies that are not what the head announces. */
export const BODIES: readonly ConformanceCase[] = [
  {
    name: 'bodies of another length than announced',
    site: `server {
      listen $LISTEN; client_body_timeout 100ms; error_page 400 /page;
      location /proxied { proxy_pass http://$A; }
      location /text { return 200 text; }
      location /empty { return 204; }
      location /moved { return 302 /; }
      location /refused { return 403; }
      location /fallback { error_page 403 = @next; return 403; }
      location /named { error_page 404 = @next; proxy_intercept_errors on; proxy_pass http://$A; }
      location @next { proxy_pass http://$A; }
      location = /page { return 200 page; }
      location /limited { client_max_body_size 4; proxy_pass http://$A; }
      location /nobody { proxy_pass_request_body off; proxy_set_header Content-Length ""; proxy_pass http://$A; }
    }`,
    requests: [
      ...[...TARGETS, '/nobody'].flatMap((target) => [
        announcing(target, '20', '0123456789'),
        announcing(target, '5', '0123456789'),
        announcing(target, '5', ''),
      ]),
      ...CODED.map((coded) => chunked('/proxied', coded)),
      ...TARGETS.flatMap((target) => [chunked(target, '3\r\nabc\r\n'), chunked(target, 'no chunk\r\n')]),
      chunked('/limited', '9\r\n012345678\r\n'),
      chunked('/limited', '9\r\n012'),
      chunked('/limited', '3\r\nabc\r\n0\r\n\r\n'),
    ],
  },
  {
    name: 'bodies of requests for files',
    site: 'server { listen $LISTEN; client_body_timeout 100ms; root $FILES; }',
    files: { 'a.txt': 'a' },
    requests: [
      chunked('/a.txt', 'no chunk\r\n', 'GET'),
      chunked('/a.txt', '3\r\nab', 'GET'),
      chunked('/b.txt', 'no chunk\r\n', 'GET'),
    ],
  },
]
