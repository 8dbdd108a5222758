import { type CaseRequest, type ConformanceCase, get } from '../case.ts'

const with405 = (...targets: readonly string[]): CaseRequest[] => [
  ...get(...targets),
  ...targets.flatMap((target) => [
    { target, method: 'POST', body: 'x' },
    { target, method: 'DELETE' },
  ]),
]

/** Modules that answer in place of an upstream or a file. */
export const OWN_ANSWERS: readonly ConformanceCase[] = [
  {
    name: 'stub_status and empty_gif',
    site: `server { listen $LISTEN; root $FILES;
      location = /status { stub_status; } location /on { stub_status on; access_log off; allow 127.0.0.1; deny all; } location /denied { stub_status; deny all; } location = /gif { empty_gif; } location /_.gif { empty_gif; expires 1d; add_header X-A a; }
      location /slash/ { empty_gif; } location /return { stub_status; return 410; } location /first { proxy_pass http://$A; stub_status; } location /last { stub_status; proxy_pass http://$A; } location /both { stub_status; empty_gif; } location /nested { stub_status; location /nested/in { } }
      location /try { try_files /none /gif; stub_status; } location /if { empty_gif; if ($arg_x) { set $y 1; } } location /limit { empty_gif; limit_except GET { deny all; } } location /type { default_type text/html; charset utf-8; stub_status; } location /proxied/ { stub_status; proxy_pass http://$A; }
    }`,
    files: { 'a.txt': 'a', 'nested/in/x': 'x' },
    requests: [
      ...with405(
        '/status',
        '/on',
        '/denied',
        '/gif',
        '/_.gif',
        '/slash/',
        '/slash',
        '/return',
        '/first',
        '/last',
        '/both',
      ),
      ...with405('/nested', '/nested/in/x', '/try', '/if', '/if?x=1', '/limit', '/type', '/proxied', '/proxied/'),
      { target: '/gif', method: 'HEAD' },
      ...[
        ['If-Modified-Since', 'Mon, 28 Sep 1970 06:00:00 GMT'] as const,
        ['If-Modified-Since', 'Mon, 28 Sep 1970 06:00:01 GMT'] as const,
        ['If-None-Match', '*'] as const,
        ['Range', 'bytes=0-3'] as const,
      ].map((header) => ({ target: '/gif', headers: [['Host', 'a'] as const, header] })),
    ],
  },
  {
    name: 'stub_status for a whole server',
    site: 'server { listen $LISTEN; stub_status; location /a { return 200 a; } location /b { root $FILES; } }',
    files: { b: 'b' },
    requests: with405('/', '/a', '/b', '/x'),
  },
  {
    name: 'flv and mp4',
    site: `server { listen $LISTEN; root $FILES; types { video/mp4 mp4; video/x-flv flv; }
      location ~ \\.flv$ { flv; } location ~ \\.mp4$ { mp4; mp4_buffer_size 1m; } location /folder/ { mp4; } location /flv/ { flv; alias $FILES/folder/; }
    }`,
    files: {
      'a.flv': 'FLV and so on',
      'a.mp4': 'no real one',
      'folder/index.html': 'index',
      'folder/in.mp4/x': 'x',
      'folder/y': 'y',
    },
    requests: [
      ...with405(
        '/a.flv',
        '/a.mp4',
        '/none.flv',
        '/none.mp4',
        '/folder/',
        '/folder/in.mp4',
        '/folder/y',
        '/flv/',
        '/flv/y',
      ),
      ...get('/a.flv?other=1', '/a.mp4?x', '/folder/y?begin=1', '/a.mp4?startx=2'),
      { target: '/a.mp4', method: 'HEAD' },
      {
        target: '/a.mp4',
        headers: [
          ['Host', 'a'],
          ['Range', 'bytes=3-'],
        ],
      },
      {
        target: '/a.flv',
        headers: [
          ['Host', 'a'],
          ['Range', 'bytes=3-'],
        ],
      },
    ],
  },
]
