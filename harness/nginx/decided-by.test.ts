import { expect, test } from 'vitest'
import { bytesFromText } from '../chain/message.ts'
import { Source } from '../diagnostics/source.ts'
import { reasonText } from '../trace/reason-text.ts'
import { compileSite } from './compile-site.ts'
import { loadSiteFile } from './load-site-file.ts'
import { afterWaiting, type NginxRequest, type PassDecision } from './site.ts'

/** What nginx decided about a request in its last pass, where every upstream answers 404. */
function decided(locations: string, target: string, body = ''): PassDecision {
  const { site } = loadSiteFile(new Source('site', `server {\nlisten 80;\n${locations}\n}\n`), new Map())
  if (site === null) throw new Error('the site file has errors')
  const result = compileSite(site, { resolve: () => [] })
  if (result.site === null) throw new Error('the site does not compile')
  const headers = [['Host', 'a.example'] as const, ['Content-Length', String(body.length)] as const]
  const request: NginxRequest = {
    request: { method: 'POST', target, httpVersion: '1.1', headers, body: bytesFromText(body) },
    client: { address: '127.0.0.1', port: 40_000 },
    server: { address: '127.0.0.1', port: 80 },
    requestId: '0'.repeat(32),
  }
  let step = afterWaiting(result.site.decide(request))
  while (step.kind === 'send') {
    step = afterWaiting(step.resume({ kind: 'answered', response: { status: 404, headers: [], body: '' } }))
  }
  const pass = step.decision.passes.at(-1)
  if (pass === undefined) throw new Error('nginx made no pass')
  return pass
}

const PASS = 'proxy_pass http://10.0.0.1'

test.each([
  ['a rewrite', `location /api/ { rewrite ^/api/(.*)$ /$1 break; ${PASS}; }`, 'rewrite ^/api/(.*)$ /$1 break'],
  ['the URI part of proxy_pass', `location /api/ { ${PASS}/v2/; }`, `${PASS}/v2/`],
  [
    'the URI part after a rewrite',
    `location /api/ { rewrite ^/api/(.*)$ /in/$1 last; } location /in/ { ${PASS}/v2/; }`,
    `${PASS}/v2/`,
  ],
  ['a set in proxy_pass', `location /api/ { set $to /v2$uri; ${PASS}$to; }`, 'set $to /v2$uri'],
  [
    'a set of the address alone',
    'location /api/ { set $h 10.0.0.1; proxy_pass http://$h/v2; }',
    'proxy_pass http://$h/v2',
  ],
  ['a rewrite that $uri passes on', `location /api/ { rewrite ^ /x break; ${PASS}$uri; }`, 'rewrite ^ /x break'],
  ['new arguments', `location /api/ { set $args a=b; ${PASS}; }`, 'set $args a=b'],
  ['try_files', `location /api/ { try_files /none /in/x; } location /in/ { ${PASS}; }`, 'try_files /none /in/x'],
  ['nothing', `location /api/ { ${PASS}; }`, null],
  ['a rewrite to the same', `location /api/ { rewrite ^(.*)$ $1 break; ${PASS}; }`, null],
])('%s changes the target', (_, locations, line) => {
  expect(decided(locations, '/api/v1/x').decidedBy.target?.text ?? null).toBe(line)
})

test.each([
  ['nothing', `location /api/ { ${PASS}; }`, null, 'location /api/'],
  [
    'a rewrite',
    'location /api/ { rewrite ^ /in/x last; } location /in/ { return 200; }',
    'rewrite ^ /in/x last',
    'location /in/',
  ],
  [
    'an error_page',
    `location /api/ { ${PASS}; proxy_intercept_errors on; error_page 404 =200 /; } location / { return 200; }`,
    'error_page 404 =200 /',
    'location /',
  ],
  [
    'an error_page to a named location',
    'location /api/ { error_page 404 @n; } location @n { return 200; }',
    'error_page 404 @n',
    'location @n',
  ],
  ['nothing, where there is no location', '', null, null],
])('%s leads into the last pass', (_, locations, line, location) => {
  const { ledBy, decidedBy } = decided(locations, '/api/v1/x')
  expect([ledBy?.text ?? null, decidedBy.location?.text ?? null]).toEqual([line, location])
})

test('a line that is inherited keeps its place, and a block’s own takes its', () => {
  const { decidedBy } = decided(
    `proxy_read_timeout 3s; proxy_set_header A a; proxy_set_header B b;
     location /api/ { ${PASS}; proxy_set_header C c; proxy_set_header B d; }`,
    '/api/',
  )
  expect(decidedBy.readTimeout).toMatchObject({ text: 'proxy_read_timeout 3s', span: { line: 3 } })
  expect(decidedBy.headers.map(({ name, text, drops }) => [name, text, drops])).toEqual([
    ['a', 'proxy_set_header C c', true],
    ['b', 'proxy_set_header B d', false],
    ['c', 'proxy_set_header C c', false],
  ])
})

test.each([
  ['client_max_body_size 4; location / { return 200; }', 'client_max_body_size 4', 'client_max_body_size 4'],
  ['location / { return 200; }', 'location /', 'the default client_max_body_size of 1m'],
])('%s refuses a body by its line', (locations, line, limit) => {
  const { decidedBy, reasons } = decided(locations, '/', 'x'.repeat(1024 * 1024 + 1))
  expect(decidedBy.whole?.text).toBe(line)
  const reason = reasons.at(-1)
  expect(reason && reasonText(reason)).toBe(`a body of 1048577 bytes is more than ${limit}`)
  expect(reason?.span).toEqual(decidedBy.whole?.span)
})

test('a deny is the rule that keeps a client out', () => {
  expect(decided('location / { deny 127.0.0.0/8; }', '/').decidedBy.whole?.text).toBe('deny 127.0.0.0/8')
})
