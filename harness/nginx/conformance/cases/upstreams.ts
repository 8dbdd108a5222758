import { answer, type ConformanceCase, get } from '../case.ts'

const times = (count: number, target: string) => Array.from({ length: count }, () => ({ target }))

/** Upstream groups: who gets which request, and who gets it next. */
export const UPSTREAMS: readonly ConformanceCase[] = [
  {
    name: 'round robin',
    site: 'upstream u { server $A; server $B; server $C; } server { listen $LISTEN; location / { proxy_pass http://u; } }',
    requests: times(7, '/x'),
  },
  {
    name: 'weights',
    site: 'upstream u { server $A weight=5; server $B weight=1; server $C weight=2; } server { listen $LISTEN; location / { proxy_pass http://u; } }',
    requests: times(17, '/x'),
  },
  {
    name: 'down',
    site: 'upstream u { server $A down; server $B; server $C; } server { listen $LISTEN; location / { proxy_pass http://u; } }',
    requests: times(5, '/x'),
  },
  {
    name: 'all down',
    site: 'upstream u { server $A down; } upstream v { server $A down; server $B down; } server { listen $LISTEN; location /u { proxy_pass http://u; } location /v { proxy_pass http://v; } }',
    requests: get('/u', '/v'),
  },
  {
    name: 'backup',
    site: 'upstream u { server $DEAD; server $B backup; } upstream v { server $A; server $B backup; } server { listen $LISTEN; location /u { proxy_pass http://u; } location /v { proxy_pass http://v; } }',
    requests: [...times(3, '/u'), ...times(3, '/v'), { target: '/v', upstream: ['close'] }, ...times(2, '/v')],
  },
  {
    name: 'a refusing server is left out for fail_timeout',
    site: 'upstream u { server $DEAD; server $B; } server { listen $LISTEN; location / { proxy_pass http://u; } }',
    requests: times(5, '/x'),
  },
  {
    name: 'max_fails',
    site: 'upstream u { server $DEAD max_fails=2; server $B; server $C max_fails=0; } server { listen $LISTEN; location / { proxy_pass http://u; } }',
    requests: times(9, '/x'),
  },
  {
    name: 'every server refuses',
    site: 'upstream u { server $DEAD; server 127.0.0.2:1; } server { listen $LISTEN; location / { proxy_pass http://u; } }',
    requests: [],
  },
  {
    name: 'proxy_next_upstream: default, statuses, off, tries, non_idempotent',
    site: `upstream u { server $A max_fails=0; server $B max_fails=0; server $C max_fails=0; }
    server { listen $LISTEN; proxy_read_timeout 150ms;
      location /d { proxy_pass http://u; } location /s { proxy_pass http://u; proxy_next_upstream http_500 http_503 http_404 http_403 http_429; } location /off { proxy_pass http://u; proxy_next_upstream off; }
      location /t { proxy_pass http://u; proxy_next_upstream_tries 2; } location /n { proxy_pass http://u; proxy_next_upstream error timeout non_idempotent; } location /inv { proxy_pass http://u; proxy_next_upstream invalid_header; }
    }`,
    requests: ['/d', '/s', '/off', '/t', '/n', '/inv'].flatMap((target) => [
      { target },
      { target, upstream: ['close' as const] },
      { target, upstream: ['close' as const, 'close' as const] },
      { target, upstream: ['close' as const, 'close' as const, 'close' as const] },
      { target, upstream: ['silence' as const] },
      { target, upstream: [answer(500)] },
      { target, upstream: [answer(503), answer(404)] },
      { target, upstream: [answer(403), answer(429), answer(500)] },
      { target, upstream: [answer(502)] },
      { target, upstream: [{ bytes: 'junk\r\n\r\n' }] },
      { target, method: 'POST', body: 'b', upstream: ['close' as const] },
      { target, method: 'POST', body: 'b', upstream: [answer(500)] },
      { target, method: 'PUT', body: 'b', upstream: ['close' as const] },
    ]),
  },
  {
    name: 'methods that are sent once: POST, LOCK and PATCH, unless non_idempotent',
    site: `upstream u { server $A max_fails=0; server $B max_fails=0; } server { listen $LISTEN; proxy_next_upstream error http_500;
      location / { proxy_pass http://u; } location /any { proxy_next_upstream error http_500 non_idempotent; proxy_pass http://u; } }`,
    requests: ['/', '/any'].flatMap((target) =>
      ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'MKCOL', 'UNLOCK', 'PROPFIND', 'POST', 'LOCK', 'PATCH'].flatMap(
        (method) => [
          { method, target, upstream: ['close' as const] },
          { method, target, upstream: [answer(500)] },
        ],
      ),
    ),
  },
  {
    name: 'keepalive and least words',
    site: 'upstream u { server $A; keepalive 8; zone z 64k; } server { listen $LISTEN; location / { proxy_pass http://u; } }',
    requests: times(2, '/x'),
  },
  {
    name: 'the same address in two proxy_pass shares its peers',
    site: 'server { listen $LISTEN; location /a { proxy_pass http://localhost:$PORTA; } location /b { proxy_pass http://LOCALHOST:$PORTA/x; } }'
      .replaceAll('localhost:$PORTA', '$A')
      .replaceAll('LOCALHOST:$PORTA', '$A'),
    requests: get('/a', '/b', '/a'),
  },
  {
    name: 'hash, ip_hash, least_conn',
    site: `upstream h { hash $arg_k; server $A weight=2 max_fails=0; server $B max_fails=0; server $C weight=3 max_fails=0; } upstream hd { hash $arg_k; server $A down; server $B max_fails=0; server $DEAD max_fails=0; server $C max_fails=0; }
    upstream ip { ip_hash; server $A max_fails=0; server $B weight=2 max_fails=0; server $C max_fails=0; } upstream ipd { ip_hash; server $DEAD max_fails=0; server $B down; server $C max_fails=0; } upstream l { least_conn; server $A weight=2 max_fails=0; server $B max_fails=0; server $C backup; } upstream one { hash $uri; server $A; } upstream hb { hash $uri; server $DEAD; server $B; }
    server { listen $LISTEN; location /h { proxy_pass http://h; } location /hd { proxy_pass http://hd; } location /ip { proxy_pass http://ip; } location /ipd { proxy_pass http://ipd; } location /l { proxy_pass http://l; } location /one { proxy_pass http://one; } location /hb { proxy_pass http://hb; } }`,
    requests: [
      ...['/h', '/hd'].flatMap((path) =>
        ['', 'a', 'b', 'c', 'd', 'e', 'f', '10.0.0.1', 'user-42', 'zz', ''].map((key) => ({
          target: `${path}?k=${key}`,
        })),
      ),
      ...['/ip', '/ip', '/ipd', '/ipd', '/l', '/l', '/l', '/l', '/one', '/hb', '/hb1', '/hb2', '/hb3'].map(
        (target) => ({ target }),
      ),
      { target: '/h?k=a', upstream: ['close'] },
      { target: '/h?k=b', upstream: ['close', 'close'] },
      { target: '/h?k=c', upstream: ['close', 'close', 'close'] },
      { target: '/ip', upstream: ['close'] },
      { target: '/ip', upstream: ['close', 'close'] },
      { target: '/l', upstream: ['close'] },
      { target: '/l', upstream: ['close', 'close'] },
      ...['/h?k=a', '/ip', '/l', '/l', '/l'].map((target) => ({ target })),
    ],
  },
  {
    name: 'proxy_next_upstream_timeout',
    site: 'upstream u { server $A max_fails=0; server $B max_fails=0; server $C max_fails=0; } server { listen $LISTEN; proxy_read_timeout 600ms; location /s { proxy_pass http://u; proxy_next_upstream_timeout 300ms; } location /l { proxy_pass http://u; proxy_next_upstream_timeout 1s; } location /n { proxy_pass http://u; proxy_next_upstream_timeout 0; } }',
    requests: ['/s', '/l', '/n'].flatMap((target) => [
      { target, upstream: ['silence' as const] },
      { target, upstream: ['silence' as const, 'silence' as const] },
      { target, upstream: ['close' as const, 'close' as const] },
    ]),
  },
]
