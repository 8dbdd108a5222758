import { type ConformanceCase, get } from '../case.ts'

/** Where proxied requests go and what target they carry. */
export const PROXY_PASS: readonly ConformanceCase[] = [
  {
    name: 'proxy_set_body: in place of any body, with variables, inherited',
    site: `server { listen $LISTEN; proxy_set_body "a=$arg_a";
      location / { proxy_pass http://$A; }
      location /own { proxy_set_body '{"u":"$uri"}'; proxy_pass_request_body off; proxy_pass http://$A; }
      location /none { proxy_set_body ''; proxy_pass http://$A; }
      location /11 { proxy_http_version 1.1; proxy_request_buffering off; proxy_set_header X-Length $content_length; proxy_pass http://$A; }
      location /small { client_max_body_size 2; proxy_pass http://$A; }
    }`,
    requests: ['/x?a=1', '/own', '/none', '/11?a=3', '/small'].flatMap((target) => [
      { target },
      { target, method: 'HEAD' },
      {
        target,
        method: 'POST',
        headers: [
          ['Host', 'example.com'],
          ['Content-Length', '5'],
        ],
        body: 'hello',
      },
      {
        target,
        method: 'PUT',
        headers: [
          ['Host', 'example.com'],
          ['Transfer-Encoding', 'chunked'],
        ],
        body: '5\r\nhello\r\n0\r\n\r\n',
      },
    ]),
  },
  {
    name: 'the slash after the upstream, and its lack',
    site: `server { listen $LISTEN;
      location /keep/ { proxy_pass http://$A; }
      location /strip/ { proxy_pass http://$A/; }
      location /swap/ { proxy_pass http://$A/other/; }
      location /noslash { proxy_pass http://$A/x; }
      location /query/ { proxy_pass http://$A/?fixed=1; }
      location /q2/ { proxy_pass http://$A?fixed=1; }
      location = /exact { proxy_pass http://$A/e; }
      location ^~ /first/ { proxy_pass http://$A/f/; }
    }`,
    requests: get(
      '/keep/a?b=1',
      '/strip/a?b=1',
      '/strip/',
      '/strip//a',
      '/swap/a/b',
      '/noslash',
      '/noslash/a',
      '/noslashed',
      '/query/a',
      '/query/a?b=1',
      '/q2/a',
      '/exact',
      '/exact?x',
      '/first/a',
      '/strip/%2fa',
      '/swap/a%20b%25',
      '/swap/%C3%A4',
      '/strip/a%3Fb',
      '/strip/a/../b',
      '/keep/a/../b',
      '/keep//a',
      '/swap/a"b',
      '/swap/a%22b',
      '/strip/..%2fx',
      '/noslash%20x',
      '/s%74rip/x',
      '/strip/a+b',
      '/strip/%E2%82%AC',
    ),
  },
  {
    name: 'regular expressions, named locations, nested ones',
    site: `server { listen $LISTEN;
      location ~ ^/rx/(.*)$ { proxy_pass http://$A; }
      location ~ ^/rxv/(.*)$ { proxy_pass http://$A/v/$1; }
      location ~ ^/rxa/(.*)$ { proxy_pass http://$A/v/$1$is_args$args; }
      location /outer/ { proxy_pass http://$A/o/; location /outer/inner/ { proxy_pass http://$B/i/; } location ~ deep { proxy_pass http://$C; } }
      location /named { error_page 418 = @fallback; return 418; }
      location @fallback { proxy_pass http://$B; }
    }`,
    requests: get(
      '/rx/a%20b?c',
      '/rxv/a%20b?c',
      '/rxa/a%20b?c=d',
      '/rxv/',
      '/outer/x',
      '/outer/inner/x',
      '/outer/deep/x?y',
      '/named/x%20y?z',
      '/named',
      '/outer',
      '/outer/inner',
    ),
  },
  {
    name: 'variables in proxy_pass',
    site: `upstream blue { server $A; } upstream green { server $B; }
    map $arg_to $to { default blue; green green; none nowhere; }
    server { listen $LISTEN;
      location /m/ { proxy_pass http://$to; }
      location /mu/ { proxy_pass http://$to/fixed; }
      location /h/ { set $h $C; proxy_pass http://$h; }
      location /r/ { proxy_pass http://$C$request_uri; }
      location /bad/ { proxy_pass $arg_url; }
      location /b2/ { proxy_pass http://$arg_host; }
      location /b3/ { proxy_pass http://$C?x=$arg_x; }
    }`,
    requests: get(
      '/m/a',
      '/m/a?to=green',
      '/m/a%20b?to=green&x',
      '/m/a?to=none',
      '/mu/a?to=green',
      '/h/a/b?c',
      '/h/../h/x',
      '/r/a%20b?x',
      '/m',
      '/bad/x',
      '/bad/x?url=http://',
      '/bad/x?url=foo',
      '/b2/x',
      '/b2/x?host=:80',
      '/b2/x?host=a:b',
      '/b2/x?host=1.2.3.4:99999',
      '/b3/y?x=1',
    ),
  },
  {
    name: 'default headers and $proxy_host',
    site: `upstream backend { server $A; }
    server { listen $LISTEN;
      location /u/ { proxy_pass http://backend; }
      location /ip/ { proxy_pass http://$A; proxy_set_header X-Host "$proxy_host|$proxy_port|$host|$http_host|$server_port|$server_name|$scheme"; }
      location /v/ { set $u backend; proxy_pass http://$u; proxy_set_header X-Host "$proxy_host|$proxy_port"; }
    }`,
    requests: [
      ...get('/u/', '/ip/', '/v/'),
      {
        target: '/u/',
        headers: [
          ['Host', 'a'],
          ['Connection', 'keep-alive'],
          ['Keep-Alive', 'timeout=5'],
          ['TE', 'trailers'],
          ['Expect', 'x'],
          ['Upgrade', 'websocket'],
          ['X-One', '1'],
          ['x-one', '2'],
          ['Cookie', 'a=b'],
          ['Cookie', 'c=d'],
          ['X_Under', 'u'],
          ['Accept-Encoding', 'gzip'],
          ['Proxy-Connection', 'x'],
          ['Trailer', 't'],
        ],
      },
      { target: '/u/', headers: [['host', 'UPPER.example:8080']] },
      { method: 'POST', target: '/u/', body: 'hello' },
      {
        method: 'POST',
        target: '/u/',
        headers: [
          ['Host', 'a'],
          ['Content-Length', '0'],
        ],
      },
      {
        method: 'POST',
        target: '/u/',
        headers: [
          ['Host', 'a'],
          ['Transfer-Encoding', 'chunked'],
        ],
        body: 'hello',
      },
      {
        method: 'POST',
        target: '/u/',
        headers: [
          ['Host', 'a'],
          ['Transfer-Encoding', 'Chunked'],
        ],
        body: '',
      },
      {
        method: 'GET',
        target: '/u/',
        headers: [
          ['Host', 'a'],
          ['Transfer-Encoding', 'chunked'],
        ],
        body: '',
      },
      { method: 'DELETE', target: '/u/' },
      { method: 'OPTIONS', target: '/u/' },
      { method: 'FOO-BAR', target: '/u/' },
      { method: 'HEAD', target: '/u/' },
      { target: '/u/', httpVersion: '1.0', headers: [] },
      { target: '/u/', httpVersion: '1.0' },
      { target: 'http://abs.example:99/u/x' },
    ],
  },
  {
    name: 'proxy_set_header: inheritance, empty values, duplicates, case',
    site: `proxy_set_header X-Http http;
    server { listen $LISTEN;
      location /inherit/ { proxy_pass http://$A; }
      location /own/ { proxy_pass http://$A; proxy_set_header X-Own own; }
      location /empty/ { proxy_pass http://$A; proxy_set_header X-Own ""; proxy_set_header Accept ""; proxy_set_header Host ""; }
      location /twice/ { proxy_pass http://$A; proxy_set_header X-Own one; proxy_set_header x-own two; proxy_set_header HOST $host; }
      location /vars/ { proxy_pass http://$A; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Arg $arg_a; proxy_set_header X-Cookie $cookie_c; proxy_set_header Host $http_host; proxy_set_header X-Len $content_length; proxy_set_header X-Type $content_type; proxy_set_header X-Method $request_method; proxy_set_header X-Uri $uri; proxy_set_header X-Port $remote_port; proxy_set_header X-Xff $http_x_forwarded_for; proxy_set_header X-Ua $http_user_agent; proxy_set_header X-Proto $server_protocol; proxy_set_header X-Addr $server_addr; }
      location /body/ { proxy_pass http://$A; proxy_set_header Content-Length ""; proxy_set_header Connection ""; proxy_http_version 1.1; }
      location /nested/ { proxy_set_header X-Outer o; location /nested/in/ { proxy_pass http://$A; } location /nested/own/ { proxy_pass http://$A; proxy_set_header X-Inner i; } }
      location /clen/ { proxy_pass http://$A; proxy_pass_request_headers off; proxy_set_header X-Q $http_x_a; }
      location /nobody/ { proxy_pass http://$A; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
      location /method/ { proxy_pass http://$A; proxy_method PUT; }
      location /methodv/ { proxy_pass http://$A; proxy_method $arg_m; }
    }`,
    requests: [
      ...get(
        '/inherit/',
        '/own/',
        '/empty/',
        '/twice/',
        '/nested/in/',
        '/nested/own/',
        '/clen/',
        '/method/',
        '/methodv/?m=Foo',
      ),
      {
        target: '/empty/',
        headers: [
          ['Host', 'a'],
          ['Accept', 'x'],
          ['accept', 'y'],
        ],
      },
      {
        target: '/vars/?a=1&b=2',
        headers: [
          ['Host', 'A.b:1'],
          ['Cookie', 'x=1; c=v; d=2'],
          ['X-Forwarded-For', '1.1.1.1'],
          ['X-Forwarded-For', '2.2.2.2'],
          ['User-Agent', 'ua'],
          ['Content-Type', 'x/y'],
        ],
      },
      {
        target: '/vars/?A=up',
        headers: [
          ['Host', 'a'],
          ['cookie', 'C=upper, d=3; c=second'],
        ],
      },
      { method: 'POST', target: '/vars/', body: 'abc' },
      { method: 'POST', target: '/nobody/', body: 'abc' },
      {
        target: '/clen/',
        headers: [
          ['Host', 'a'],
          ['X-A', 'b'],
        ],
      },
      { method: 'POST', target: '/method/', body: 'abc' },
    ],
  },
  {
    name: 'Upgrade and Connection are passed on when the file says so',
    site: `map $http_upgrade $connection_upgrade { default upgrade; "" close; }
    server { listen $LISTEN;
      location /ws/ { proxy_pass http://$A; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; }
      location /map/ { proxy_pass http://$A; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; }
      location /no/ { proxy_pass http://$A; }
    }`,
    requests: ['/ws/', '/map/', '/no/'].flatMap((target) => [
      { target },
      {
        target,
        headers: [
          ['Host', 'a'],
          ['Upgrade', 'websocket'],
          ['Connection', 'Upgrade'],
          ['Sec-WebSocket-Key', 'k'],
        ] as const,
      },
      {
        target,
        headers: [
          ['Host', 'a'],
          ['Upgrade', 'websocket'],
          ['Connection', 'Upgrade'],
        ] as const,
        upstream: [
          {
            bytes:
              'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
          },
        ],
      },
    ]),
  },
]
