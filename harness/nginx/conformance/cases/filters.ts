import type { Header } from '../../../chain/message.ts'
import { answer, type CaseRequest, type ConformanceCase, get } from '../case.ts'

const LONG = 'long enough to be worth the work '.repeat(3)

const from = (target: string, headers: readonly Header[], more: Partial<CaseRequest> = {}): CaseRequest => ({
  target,
  headers: [['Host', 'example.com'], ...headers],
  ...more,
})

const upstream = (...headers: readonly Header[]) => [answer(200, headers, LONG)]

/** Filters that change an answer on its way to the client. */
export const FILTERS: readonly ConformanceCase[] = [
  {
    name: 'expires',
    site: `server { listen $LISTEN; expires 1h;
      location /in { return 200 x; } location /off { expires off; return 200 x; } location /epoch { expires epoch; return 200 x; } location /max { expires max; add_header Cache-Control public; return 200 x; } location /zero { expires 0; return 200 x; } location /neg { expires -1; return 200 x; } location /neg2 { expires -10m; return 200 x; } location /mod { expires modified +24h; return 200 x; }
      location /var { expires $arg_e; return 200 x; } location /404 { expires 1d; return 404; } location /301 { expires max; return 301 /x; } location /304 { expires max; root $FILES; }
      location /p { expires 10m; proxy_pass http://$A; } location /pe { expires epoch; proxy_pass http://$A; } location /if { if ($arg_x) { expires max; } return 200 x; } location /f/ { alias $FILES/; expires modified 1d; }
    }`,
    files: { 'a.txt': 'a' },
    requests: [
      ...get('/in', '/off', '/epoch', '/max', '/zero', '/neg', '/neg2', '/mod', '/404', '/301', '/if', '/if?x=1'),
      ...get('/var', '/var?e=max', '/var?e=off', '/var?e=5m', '/var?e=nonsense', '/var?e=epoch', '/f/a.txt'),
      ...['/p', '/pe'].flatMap((target) => [
        { target, upstream: upstream(['Cache-Control', 'private'], ['Expires', 'x'], ['Cache-Control', 'no-store']) },
        { target, upstream: upstream() },
        { target, upstream: [answer(500, [], 'x')] },
      ]),
    ],
  },
  {
    name: 'sub_filter: once and always, several, variables, types, what becomes of the head',
    site: `server { listen $LISTEN; default_type text/html; sub_filter /app/ /shop/;
      location /in { proxy_pass http://$A; }
      location /all { sub_filter_once off; proxy_pass http://$A; }
      location /several { sub_filter_once off; sub_filter ABC <1>; sub_filter b <2>; sub_filter abcd <3>; sub_filter 'x y' ''; proxy_pass http://$A; }
      location /several1 { sub_filter abc <1>; sub_filter b <2>; sub_filter abcd <3>; proxy_pass http://$A; }
      location /v { sub_filter $arg_from $arg_to; sub_filter '</body>' '<p>$uri</p></body>'; sub_filter_once off; proxy_pass http://$A; }
      location /types { sub_filter_types text/css; proxy_pass http://$A; }
      location /any { sub_filter_types *; sub_filter_last_modified on; proxy_pass http://$A; }
      location /gz { gzip on; gzip_min_length 1; sub_filter_types *; proxy_pass http://$A; }
      location /r { return 200 'at /app/ or /APP/'; }
      location /css { default_type text/css; return 200 'at /app/'; }
      location /404 { sub_filter nginx apache; sub_filter '404' '405'; sub_filter_once off; return 404; }
      location /f/ { alias $FILES/; }
      location /lm/ { alias $FILES/; sub_filter_last_modified on; }
    }`,
    files: { 'a.html': 'see /app/ and /app/', 'a.txt': 'see /app/' },
    requests: [
      ...['/in', '/all', '/several', '/several1', '/v?from=/app/&to=-$uri-', '/v', '/types', '/any'].flatMap(
        (target) => [
          ...['/app/ /APP/ /app/', 'abc abcd ABCDE bb', 'x y/app', '/ap', '/app', 'no', '', 'aabcabc</BODY>ab'].map(
            (body) => from(target, [], { upstream: [answer(200, [['Content-Type', 'text/html; charset=x']], body)] }),
          ),
          from(target, [], {
            upstream: [
              answer(
                200,
                [
                  ['Content-Type', 'text/html'],
                  ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
                  ['ETag', '"1"'],
                  ['Accept-Ranges', 'bytes'],
                ],
                'at /app/',
              ),
            ],
          }),
          from(target, [], { upstream: [answer(200, [['Content-Type', 'text/css']], 'at /app/')] }),
          from(target, [], { upstream: [answer(200, [], 'at /app/')] }),
          from(target, [], { method: 'HEAD', upstream: [answer(200, [['Content-Type', 'text/html']], '')] }),
          from(target, [], {
            httpVersion: '1.0',
            upstream: [answer(200, [['Content-Type', 'text/html']], 'at /app/')],
          }),
          from(target, [], {
            upstream: [
              {
                bytes:
                  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nat /\r\n4\r\napp/\r\n0\r\n\r\n',
              },
            ],
          }),
        ],
      ),
      from('/gz', [['Accept-Encoding', 'gzip']], { upstream: [answer(200, [['ETag', '"a"']], 'at /app/'.repeat(20))] }),
      ...get('/r', '/css', '/404', '/f/a.html', '/f/a.txt', '/lm/a.html'),
      from('/f/a.html', [['Range', 'bytes=0-3']]),
      from('/f/a.html', [['If-Modified-Since', 'Thu, 29 Feb 2024 12:30:45 GMT']]),
      from('/lm/a.html', [['If-Modified-Since', 'Thu, 29 Feb 2024 12:30:45 GMT']]),
      from('/f/a.html', [], { method: 'HEAD' }),
    ],
  },
  {
    name: 'expires from the last change, of files and of upstreams',
    site: `server { listen $LISTEN; location /up { expires modified 10d; proxy_pass http://$A; } location /back { expires modified -1d; proxy_pass http://$A; } location /var { expires modified $arg_e; proxy_pass http://$A; } location /f/ { expires modified $arg_e; alias $FILES/; } location /set { add_header Last-Modified "Thu, 29 Feb 2024 12:30:45 GMT"; expires modified 1d; return 200 x; } }`,
    files: { 'a.txt': 'a' },
    requests: [
      ...['/up', '/back', '/var?e=1d', '/var?e=-1d', '/var?e=max'].flatMap((target) => [
        { target, upstream: upstream(['Last-Modified', 'Thu, 29 Feb 2024 12:30:45 GMT']) },
        { target, upstream: upstream(['Last-Modified', 'Thu, 31 Dec 2037 23:55:55 GMT']) },
        { target, upstream: upstream() },
      ]),
      ...get('/f/a.txt?e=1d', '/f/a.txt?e=-1d', '/f/a.txt?e=30y', '/set'),
    ],
  },
  {
    name: 'add_header of Last-Modified, ETag and Link',
    site: `server { listen $LISTEN; location /set { add_header Last-Modified "Thu, 29 Feb 2024 12:30:45 GMT"; add_header ETag '"mine"'; add_header Link "</a>; rel=preload"; add_header LINK "</b>"; proxy_pass http://$A; } location /none { add_header Last-Modified ""; add_header etag ""; add_header Link ""; proxy_pass http://$A; }
      location /f/ { add_header last-modified "Thu, 29 Feb 2024 12:30:46 GMT"; add_header ETAG '"mine"'; alias $FILES/; } location /clear/ { add_header Last-Modified ""; add_header ETag ""; alias $FILES/; } location /odd/ { add_header Last-Modified never; add_header ETag bare; alias $FILES/; } location /twice { add_header ETag '"a"'; add_header ETag '"b"'; return 200 x; }
      location /error { add_header ETag '"a"'; add_header Last-Modified x; return 404; } location /always { add_header ETag '"a"' always; add_header Last-Modified "Thu, 29 Feb 2024 12:30:45 GMT" always; return 404; } location /gzip/ { gzip on; gzip_types *; gzip_min_length 1; add_header ETag '"a"'; alias $FILES/; }
    }`,
    files: { 'a.txt': 'abcdef' },
    requests: [
      ...['/set', '/none'].flatMap((target) => [
        {
          target,
          upstream: upstream(['Last-Modified', 'Thu, 01 Feb 2024 12:30:45 GMT'], ['ETag', '"its"'], ['Link', 'x']),
        },
        { target, upstream: upstream() },
        { target, upstream: [answer(404, [['ETag', '"its"']], 'x')] },
      ]),
      ...['/f/a.txt', '/clear/a.txt', '/odd/a.txt', '/twice', '/error', '/always', '/gzip/a.txt'].flatMap((target) => [
        from(target, []),
        from(target, [['Accept-Encoding', 'gzip']]),
        from(target, [['If-None-Match', '"mine"']]),
        from(target, [['If-Modified-Since', 'Thu, 29 Feb 2024 12:30:45 GMT']]),
        from(target, [
          ['Range', 'bytes=1-2'],
          ['If-Range', '"mine"'],
        ]),
        from(target, [
          ['Range', 'bytes=1-2'],
          ['If-Range', 'Thu, 29 Feb 2024 12:30:46 GMT'],
        ]),
      ]),
    ],
  },
  {
    name: 'gzip',
    site: `gzip on; gzip_types text/plain application/json; server { listen $LISTEN;
      location /r { return 200 "${LONG}"; } location /short { return 200 "short"; } location /html { default_type text/html; return 200 "${LONG}"; } location /css { default_type text/css; return 200 "${LONG}"; } location /all { gzip_types *; default_type x/y; return 200 "${LONG}"; }
      location /vary { gzip_vary on; return 200 "${LONG}"; } location /off { gzip off; return 200 "${LONG}"; } location /min { gzip_min_length 5k; return 200 "${LONG}"; } location /v10 { gzip_http_version 1.0; gzip_proxied any; return 200 "${LONG}"; } location /dis { gzip_disable "curl" msie6; return 200 "${LONG}"; }
      location /404 { return 404; } location /500 { return 500; } location /403 { gzip_vary on; deny all; } location /f/ { alias $FILES/; gzip_vary on; } location /p { proxy_pass http://$A; gzip_vary on; } location /h { add_header X-A a; add_header Accept-Ranges none; return 200 "${LONG}"; }
    }`,
    files: { 'a.txt': LONG, 'a.css': LONG },
    requests: [
      ...[
        '/r',
        '/short',
        '/html',
        '/css',
        '/all',
        '/vary',
        '/off',
        '/min',
        '/v10',
        '/dis',
        '/404',
        '/500',
        '/403',
        '/f/a.txt',
        '/f/a.css',
        '/p',
        '/h',
      ].flatMap((target) => [
        from(target, [['Accept-Encoding', 'gzip, deflate, br']]),
        from(target, []),
        from(target, [['Accept-Encoding', 'gzip']], { method: 'HEAD' }),
        from(target, [['Accept-Encoding', 'gzip']], { httpVersion: '1.0' }),
        from(target, [
          ['Accept-Encoding', 'gzip'],
          ['Via', '1.1 x'],
        ]),
        from(target, [
          ['Accept-Encoding', 'gzip'],
          ['User-Agent', 'curl/7'],
        ]),
      ]),
      ...[
        'gzip;q=0',
        'gzip;q=0.0',
        'gzip;q=0.5',
        'GZIP',
        'deflate, gzip',
        'xgzip',
        'deflate;q=1,gzip;q=1',
        'identity',
        '*',
        'gzip ; q=0.1',
        'gzi',
        'gzip;q=2',
        'gzip;x',
        'gzip x',
        'gzip;q=1.001',
        'x-gzip',
      ].map((value) => from('/r', [['Accept-Encoding', value]])),
      from('/f/a.txt', [
        ['Accept-Encoding', 'gzip'],
        ['Range', 'bytes=0-3'],
      ]),
      from('/f/a.txt', [['Range', 'bytes=0-3']]),
      ...[
        upstream(['Content-Type', 'text/plain; charset=utf-8'], ['ETag', '"x"'], ['Accept-Ranges', 'bytes']),
        upstream(['Content-Type', 'application/json'], ['ETag', 'W/"x"'], ['Last-Modified', 'y']),
        upstream(['Content-Type', 'TEXT/Plain'], ['ETag', 'bare']),
        upstream(['Content-Type', 'text/plain'], ['Content-Encoding', 'br']),
        upstream(['Content-Type', 'text/css'], ['Vary', 'Cookie']),
        upstream(['Content-Type', 'text/html'], ['Vary', 'Cookie']),
        upstream(),
        [answer(404, [['Content-Type', 'text/html']], LONG)],
        [answer(500, [['Content-Type', 'text/html']], LONG)],
        [{ bytes: `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n${LONG}` }],
      ].map((script) => from('/p', [['Accept-Encoding', 'gzip']], { upstream: script })),
    ],
  },
  {
    name: 'charset',
    site: `server { listen $LISTEN; charset utf-8;
      location /r { return 200 x; } location /off { charset off; return 200 x; } location /html { default_type text/html; return 200 x; } location /json { default_type application/json; return 200 x; } location /types { charset_types application/json; default_type application/json; return 200 x; } location /all { charset_types *; default_type ""; return 200 x; }
      location /has { default_type "text/plain; charset=latin1"; return 200 x; } location /404 { return 404; } location /301 { return 301 /x; } location /307 { return 307 /x; } location /204 { return 204; } location /p { charset koi8-r; proxy_pass http://$A; } location /f/ { alias $FILES/; }
    }`,
    files: { 'a.html': 'a', 'a.txt': 'b' },
    requests: [
      ...get(
        '/r',
        '/off',
        '/html',
        '/json',
        '/types',
        '/all',
        '/has',
        '/404',
        '/301',
        '/307',
        '/204',
        '/f/a.html',
        '/f/a.txt',
        '/f/none',
      ),
      ...[
        'text/html',
        'text/html; charset=utf-8',
        'text/html;charset=x',
        'text/html; x=y',
        'TEXT/XML',
        'image/png',
      ].map((type) => ({ target: '/p', upstream: upstream(['Content-Type', type]) })),
      { target: '/p', upstream: upstream() },
    ],
  },
  {
    name: 'ssi in answers without a command',
    site: `server { listen $LISTEN; root $FILES;
      location / { ssi on; }
      location /off/ { ssi on; location /off/x { ssi off; proxy_pass http://$A; } proxy_pass http://$A; }
      location /up/ { ssi on; ssi_types text/x; proxy_pass http://$A; }
      location /kept/ { ssi on; ssi_last_modified on; proxy_pass http://$A; }
      location /text/ { ssi on; default_type text/html; return 200 "<!-- a comment --><!- # -->"; }
      location /empty/ { ssi on; default_type text/html; return 200 ""; }
      location /packed/ { ssi on; gzip on; gzip_min_length 1; charset utf-8; proxy_pass http://$A; }
      location /page/ { ssi on; return 404; }
      location /if/ { if ($arg_x) { ssi on; } proxy_pass http://$A; }
    }`,
    files: { 'a.html': '<p>a</p>', 'a.txt': 'text' },
    requests: [
      ...['/a.html', '/a.txt', '/none.html', '/text/', '/empty/', '/page/'].flatMap((target) => [
        { target },
        { target, method: 'HEAD' },
        { target, httpVersion: '1.0' as const },
        {
          target,
          headers: [
            ['Host', 'a'],
            ['Range', 'bytes=0-1'],
          ] as const,
        },
      ]),
      ...['/off/', '/off/x', '/up/', '/kept/', '/packed/', '/if/', '/if/?x=1'].flatMap((target) =>
        ['text/html', 'text/html; charset=x', 'text/x', 'application/json'].map((type) => ({
          target,
          headers: [
            ['Host', 'a'],
            ['Accept-Encoding', 'gzip'],
          ] as const,
          upstream: [
            answer(
              200,
              [
                ['Content-Type', type],
                ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
                ['ETag', '"e"'],
                ['Accept-Ranges', 'bytes'],
              ],
              '<p>an answer <!-- with a comment --> </p>',
            ),
          ],
        })),
      ),
    ],
  },
]
