import type { Fault } from './faults.ts'

const REQUEST = 'GET /api/v1/processes/42?page=2'
const ARRIVES = 'status: 200, backend: {service: process-design, receives: "/api/v1/processes/42?page=2"}'

/** A line too many, what is expected all the same, and the request where another one shows it. */
type Row = readonly [line: string, expect?: string, request?: string, headers?: string]

/** Each stands in `location /api/`, before its `proxy_pass`. */
const DIRECTIVES: readonly Row[] = [
  ['deny all;'],
  ['return 503;'],
  ['if ($arg_page) { return 403; }'],
  ['try_files $uri =404;'],
  ['set $args "";'],
  ['auth_basic "Operators"; auth_basic_user_file /etc/nginx/htpasswd;'],
  ['rewrite ^/api/v1/processes/(.*)$ /api/v2/processes/$1 permanent;'],
  ['rewrite ^/api/v1/processes/(.*)$ /processes/$1 last;'],
  ['client_body_timeout 1s;', 'status: 200', 'POST /api/v1/processes', '{content-length: 20}'],
  ['limit_except GET { deny all; }', 'status: 200, backend: {service: process-design}', 'POST /api/v1/processes'],
  ['proxy_set_header X-Tenant "";', 'backend: {headers: {x-tenant: a}}', REQUEST, '{x-tenant: a}'],
  ['proxy_pass_request_headers off;', 'backend: {headers: {x-tenant: a}}', REQUEST, '{x-tenant: a}'],
  ['proxy_hide_header Content-Type;', 'headers: {content-type: {contains: json}}'],
  ['add_header X-Debug 1;', 'headers: {x-debug: absent}'],
  ['add_header X-Frame-Options SAMEORIGIN;', 'headers: {x-frame-options: DENY}'],
  ['expires 1h;', 'headers: {cache-control: absent}'],
]

/** Each is a line of middleware.yaml. */
const MIDDLEWARE: readonly Row[] = [
  ['requestHeaders: {remove: [x-tenant]}', 'backend: {headers: {x-tenant: a}}', REQUEST, '{x-tenant: a}'],
  ['requestHeaders: {set: {x-tenant: b}}', 'backend: {headers: {x-tenant: a}}', REQUEST, '{x-tenant: a}'],
  ['responseHeaders: {set: {x-total: "9"}}', 'headers: {x-total: absent}'],
  ['responseHeaders: {remove: [content-type]}', 'headers: {content-type: {contains: json}}'],
  [
    'cors: {origins: [https://app.example], methods: [GET]}',
    'status: 204, headers: {access-control-allow-methods: {contains: PUT}}',
    'OPTIONS /api/v1/processes/42',
    '{origin: https://app.example, access-control-request-method: PUT}',
  ],
]

const PROXY_PASS = 'proxy_pass http://10.43.193.134:9000;'

/** Single faults that are one line each, beside those of the score. */
export const ONE_LINE_FAULTS: readonly Fault[] = [
  ...DIRECTIVES.map((row) =>
    faultOf(
      row,
      'nginx',
      (line) => `site: {replace: "${PROXY_PASS}", with: ${JSON.stringify(`${line}\n${PROXY_PASS}`)}}`,
    ),
  ),
  ...MIDDLEWARE.map((row) => faultOf(row, 'gateway', (line) => `middleware: {text: ${JSON.stringify(`${line}\n`)}}`)),
]

function faultOf(
  [line, expect = ARRIVES, request = REQUEST, headers = '{}']: Row,
  blame: string,
  chainOf: (line: string) => string,
): Fault {
  const steps = `
  - request: ${request}
    headers: ${headers}
    expect: {${expect}}`
  return { name: line, blame, line, chain: chainOf(line), steps }
}
