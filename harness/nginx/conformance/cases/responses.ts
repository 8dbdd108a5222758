import type { Header } from '../../../chain/message.ts'
import { answer, type CaseAnswer, type ConformanceCase, get } from '../case.ts'

const from = (target: string, ...upstream: CaseAnswer[]) => ({ target, upstream })
const redirect = (location: string): CaseAnswer => answer(302, [['Location', location]])

/** What the client gets of an upstream's answer, and where there is none. */
export const RESPONSES: readonly ConformanceCase[] = [
  {
    name: 'a header that comes twice in an answer',
    site: `server { listen $LISTEN; location / { proxy_pass http://$A; } }`,
    requests: [
      'Expires',
      'ETag',
      'Content-Type',
      'Last-Modified',
      'Location',
      'Refresh',
      'Server',
      'Date',
      'Cache-Control',
      'Vary',
      'Set-Cookie',
      'X-Own',
      'Content-Disposition',
      'WWW-Authenticate',
    ].map((name) => ({
      target: '/',
      upstream: [
        answer(200, [
          [name, 'first'],
          ['X-Between', 'x'],
          [name, 'second'],
        ]),
      ],
    })),
  },
  {
    name: 'headers that stay behind, and those that go on',
    site: `server { listen $LISTEN;
      location / { proxy_pass http://$A; }
      location /hide/ { proxy_pass http://$A; proxy_hide_header X-Secret; proxy_pass_header Server; }
      location /tokens/ { proxy_pass http://$A; server_tokens off; }
    }`,
    requests: ['/', '/hide/', '/tokens/'].flatMap((target) => {
      const headers: Header[] = [
        ['Server', 'upstream/1'],
        ['Date', 'Mon, 01 Jan 2024 00:00:00 GMT'],
        ['X-Pad', 'p'],
        ['X-Accel-Expires', '0'],
        ['X-Accel-Buffering', 'no'],
        ['X-Accel-Charset', 'x'],
        ['X-Accel-Limit-Rate', '0'],
        ['X-Secret', 's'],
        ['Set-Cookie', 'a=b'],
        ['Set-Cookie', 'c=d'],
        ['Keep-Alive', 'timeout=1'],
        ['Connection', 'close'],
        ['Cache-Control', 'no-store'],
        ['Vary', 'x'],
        ['ETag', '"e"'],
        ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
        ['Content-Type', 'text/html; charset=utf-8'],
        ['x_under', 'u'],
        ['Expires', '0'],
        ['Link', '<a>'],
        ['Accept-Ranges', 'bytes'],
        ['WWW-Authenticate', 'Basic'],
        ['Trailer', 'T'],
        ['Content-Encoding', 'identity'],
        ['Content-Disposition', 'inline'],
        ['Status', '404'],
        ['Upgrade', 'h2c'],
      ]
      return [
        from(target, answer(200, headers, 'body')),
        from(target, answer(200)),
        { ...from(target, answer(200, headers, 'body')), method: 'HEAD' },
      ]
    }),
  },
  {
    name: 'statuses',
    site: 'server { listen $LISTEN; location / { proxy_pass http://$A; } }',
    requests: [
      200, 201, 202, 203, 204, 205, 206, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 409, 413, 418,
      429, 451, 499, 500, 501, 502, 503, 504, 505, 599, 600, 999,
    ].map((status) =>
      from(
        '/',
        status === 204 || status === 304
          ? { bytes: `HTTP/1.1 ${status} X\r\nX-A: b\r\n\r\n` }
          : answer(status, [['X-A', 'b']], 'text'),
      ),
    ),
  },
  {
    name: 'bodies: chunked, to the end, of no length',
    site: 'server { listen $LISTEN; location / { proxy_pass http://$A; } location /11/ { proxy_pass http://$A; proxy_http_version 1.1; } }',
    requests: ['/', '/11/'].flatMap((target) => [
      from(target, { bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' }),
      from(target, { bytes: 'HTTP/1.1 200 OK\r\n\r\nto the end' }),
      from(target, { bytes: 'HTTP/1.0 200 OK\r\nContent-Type: a/b\r\n\r\nto the end' }),
      from(target, { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n' }),
    ]),
  },
  {
    name: 'proxy_cookie_flags: which cookie, flags that come and go, variables, inherited and off',
    site: `server { listen $LISTEN; proxy_pass_header Server; proxy_cookie_flags ~ nosecure;
      location /in/ { proxy_pass http://$A; }
      location /off/ { proxy_cookie_flags off; proxy_pass http://$A; }
      location /all/ { proxy_cookie_flags ~ Secure HTTPOnly samesite=strict; proxy_pass http://$A; }
      location /none/ { proxy_cookie_flags ~ nosecure nohttponly nosamesite; proxy_pass http://$A; }
      location /both/ { proxy_cookie_flags ~ nosamesite samesite=none samesite=Lax; proxy_cookie_path / /b; proxy_pass http://$A; }
      location /twice/ { proxy_cookie_flags ~ secure nosecure httponly; proxy_pass http://$A; }
      location /first/ { proxy_cookie_flags A httponly; proxy_cookie_flags ~^b secure; proxy_cookie_flags ~ samesite=lax; proxy_pass http://$A; }
      location /v/ { proxy_cookie_flags $arg_name $arg_flag x$arg_flag; proxy_pass http://$A; }
    }`,
    requests: [
      '/in/',
      '/off/',
      '/all/',
      '/none/',
      '/both/',
      '/twice/',
      '/first/',
      '/v/?name=a&flag=secure',
      '/v/',
    ].flatMap((target) =>
      [
        'a=b',
        'A=b; Path=/; secure; HTTPONLY; samesite=Lax',
        'bc=b;Secure=1 ; SameSite ; Path = /x',
        'a=b; SameSite=none; SameSite=Strict; SameSite=Lax; SameSite=None',
        'a; Secure',
        '=; Secure; HttpOnly; HttpOnly; Secure;',
        '',
      ].map((cookie) =>
        from(target, { bytes: `HTTP/1.1 200 OK\r\nContent-Length: 0\r\nSet-Cookie: ${cookie}\r\n\r\n` }),
      ),
    ),
  },
  {
    name: 'proxy_cookie_path and proxy_cookie_domain: text, patterns, variables, inherited and off',
    site: `server { listen $LISTEN; proxy_pass_header Server; proxy_cookie_path /all/ /every/;
      location /in/ { proxy_pass http://$A; }
      location /off/ { proxy_cookie_path off; proxy_cookie_domain off; proxy_pass http://$A; }
      location /p/ { proxy_cookie_path / /p/; proxy_pass http://$A; }
      location /p2/ { proxy_cookie_path /app/ "/; Secure"; proxy_cookie_path /APP /low; proxy_cookie_path ~*^/app(/x)?$ /re$1; proxy_cookie_path ~x$ y; proxy_pass http://$A; }
      location /v/ { proxy_cookie_path $arg_from /v$arg_to; proxy_cookie_domain $arg_domain $host; proxy_pass http://$A; }
      location /d/ { proxy_cookie_domain .one.example two.example; proxy_cookie_domain two.example .three.example; proxy_pass http://$A; }
      location /dr/ { proxy_cookie_domain ~^(.*).one.example$ $1.two.example; proxy_cookie_path /app/ /; proxy_pass http://$A; }
    }`,
    requests: ['/in/', '/off/', '/p/', '/p2/', '/v/?from=/app&to=/x&domain=one.example', '/d/', '/dr/'].flatMap(
      (target) =>
        [
          'a=b; Path=/',
          'a=b; path=/app/x; HttpOnly',
          'a=b;PATH = /APP/x ;  Secure',
          'a=b; Path=/all/x; Path=/app/; Domain=one.example',
          'a=b; domain=.One.Example; path=/app',
          'a=b; Domain=two.example;; Max-Age=1;',
          'a=b; Domain=www.one.example; Path=',
          'Path=/; Path=/app/x; Domain',
          'Path; Path=/app/',
          'Path=/',
          'Domain=one.example ; a=b; Domain=one.example',
          'a="x; Path=/app/; y"; Path=/',
          'a=b=c; Path=/app/=x',
          '',
        ].map((cookie) =>
          from(
            target,
            answer(200, [
              ['Set-Cookie', cookie],
              ['Set-Cookie', 'z=1; Path=/app/x'],
            ]),
          ),
        ),
    ),
  },
  {
    name: 'proxy_redirect: default, off, explicit, regular expressions',
    site: `upstream backend { server $A; }
    server { listen $LISTEN;
      location /d/ { proxy_pass http://backend; }
      location /du/ { proxy_pass http://backend/base/; }
      location /off/ { proxy_pass http://backend/base/; proxy_redirect off; }
      location /x/ { proxy_pass http://backend; proxy_redirect http://backend/one/ /x/1/; proxy_redirect http://backend/ http://$host:$server_port/x/; }
      location /rx/ { proxy_pass http://backend; proxy_redirect ~^http://backend/(?<rest>.*)$ /rx/$rest; proxy_redirect ~*^HTTP://OTHER/(.*)$ https://o/$1; }
      location /def/ { proxy_pass http://backend/b/; proxy_redirect default; proxy_redirect / /root/; }
      location /var/ { set $b backend; proxy_pass http://$b; }
      location /par/ { proxy_pass http://backend/p/; location /par/in/ { proxy_pass http://backend/q/; } }
      location ~ ^/re { proxy_pass http://backend; }
    }`,
    requests: ['/d/', '/du/', '/off/', '/x/', '/rx/', '/def/', '/var/', '/par/in/', '/re'].flatMap((target) =>
      [
        'http://backend/',
        'http://backend/base/x?y',
        'http://backend/one/two',
        'http://backend',
        'http://other/a',
        '/relative',
        'relative',
        'https://backend/x',
        'http://backend/b/c',
        'http://backend/p/c',
        'http://backend/q/c',
        '',
      ].map((location) => from(target, redirect(location))),
    ),
  },
  {
    name: 'Refresh is rewritten like Location',
    site: 'upstream backend { server $A; } server { listen $LISTEN; location /d/ { proxy_pass http://backend/b/; } location /o/ { proxy_pass http://backend/b/; proxy_redirect off; } }',
    requests: ['/d/', '/o/'].flatMap((target) =>
      ['5; url=http://backend/b/x', '5; URL=http://backend/b/x', '5', '0;url=/x'].map((refresh) =>
        from(target, answer(200, [['Refresh', refresh]])),
      ),
    ),
  },
  {
    name: 'no answer: refused, closed, silent, garbage',
    site: `server { listen $LISTEN;
      location /dead/ { proxy_pass http://$DEAD; }
      location /a/ { proxy_pass http://$A; proxy_read_timeout 150ms; }
      location /pages/ { proxy_pass http://$A; proxy_read_timeout 150ms; error_page 502 504 =200 /sorry; }
      location = /sorry { return 200 sorry; }
      location /pagesdead/ { proxy_pass http://$DEAD; error_page 502 /sorry; }
      location /to/ { proxy_pass http://$DEAD; error_page 502 = @other; }
      location @other { proxy_pass http://$B; }
    }`,
    requests: [
      ...get('/dead/', '/pagesdead/', '/to/x?y'),
      { method: 'POST', target: '/to/x', body: 'abc' },
      from('/a/', 'close'),
      from('/a/', 'silence'),
      from('/a/', { bytes: 'garbage\r\n\r\n' }),
      from('/a/', { bytes: 'HTTP/1.1 200 OK\r\nBad' }),
      from('/a/', { bytes: '' }),
      from('/pages/', 'close'),
      from('/pages/', 'silence'),
      from('/pages/', answer(502, [], 'own')),
    ],
  },
  {
    name: 'X-Accel-Redirect',
    site: `server { listen $LISTEN;
      location / { proxy_pass http://$A; }
      location /in/ { internal; return 200 "internal $uri $args"; }
      location /proxied/ { internal; proxy_pass http://$B; }
      location @n { return 200 "named $uri"; }
      location /ign/ { proxy_pass http://$A; proxy_ignore_headers X-Accel-Redirect; }
    }`,
    requests: [
      ...['/in/x', '/in/x?y=1', '@n', '/in/a%20b', '/in/../x', '', '/proxied/z', '/nowhere/../../x', 'rel'].map((to) =>
        from(
          '/',
          answer(
            200,
            [
              ['X-Accel-Redirect', to],
              ['Set-Cookie', 'a=b'],
              ['Content-Type', 'x/y'],
              ['X-Other', 'o'],
              ['Cache-Control', 'no-cache'],
            ],
            'body',
          ),
        ),
      ),
      from('/ign/', answer(200, [['X-Accel-Redirect', '/in/x']], 'body')),
      ...get('/in/x'),
      { ...from('/', answer(200, [['X-Accel-Redirect', '/proxied/z']], 'body')), method: 'POST', body: 'b' },
    ],
  },
]
