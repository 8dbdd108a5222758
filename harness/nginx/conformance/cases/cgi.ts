import { type CaseAnswer, type ConformanceCase, get } from '../case.ts'

/** What an application wrote. */
const wrote = (...lines: readonly string[]): CaseAnswer => ({ bytes: lines.join('\r\n') })

const PAGE = wrote('Content-Type: text/html', '', '<p>')

/** The lines of Debian's fastcgi_params that say something of a request. */
const PARAMS = (protocol: string) =>
  `QUERY_STRING $query_string
  REQUEST_METHOD $request_method
  CONTENT_TYPE $content_type
  CONTENT_LENGTH $content_length
  SCRIPT_NAME $fastcgi_script_name
  REQUEST_URI $request_uri
  DOCUMENT_URI $document_uri
  DOCUMENT_ROOT $document_root
  SERVER_PROTOCOL $server_protocol
  REQUEST_SCHEME $scheme
  HTTPS $https if_not_empty
  GATEWAY_INTERFACE CGI/1.1
  REMOTE_ADDR $remote_addr
  SERVER_NAME $server_name`
    .split('\n')
    .map((line) => `${protocol}_param ${line.trim()};`)
    .join('\n')

const PROTOCOLS = ['fastcgi', 'scgi', 'uwsgi'] as const

/** FastCGI, SCGI and uwsgi to applications. */
export const CGI: readonly ConformanceCase[] = [
  ...PROTOCOLS.flatMap((protocol): ConformanceCase[] => [
    {
      name: `${protocol}: what an application is told`,
      site: `server { listen $LISTEN; server_name example.com; root /srv/www; location / { ${PARAMS(protocol)} ${protocol}_pass $A; } }`,
      requests: [
        { target: '/a/b.php?x=1&y=%20', upstream: [PAGE] },
        {
          target: '/a//./b%2fc',
          headers: [
            ['Host', 'h:8'],
            ['X-Thing', 'a'],
            ['x-thing', 'b'],
            ['Cookie', 'c=d'],
          ],
          upstream: [PAGE],
        },
        {
          method: 'POST',
          target: '/form',
          headers: [
            ['Host', 'h'],
            ['Content-Type', 'a/b'],
          ],
          body: 'a=1',
          upstream: [PAGE],
        },
        {
          method: 'PUT',
          target: '/chunks',
          headers: [
            ['Host', 'h'],
            ['Transfer-Encoding', 'chunked'],
          ],
          body: 'abc',
          upstream: [PAGE],
        },
        { method: 'POST', target: '/long', body: 'x'.repeat(70_000), upstream: [PAGE] },
        { method: 'HEAD', target: '/', upstream: [PAGE] },
        { target: '/', httpVersion: '1.0', headers: [], upstream: [PAGE] },
        {
          target: '/x_y',
          headers: [
            ['Host', 'h'],
            ['X_Y', '1'],
            ['Proxy', 'evil'],
            ['A.B', '2'],
          ],
          upstream: [PAGE],
        },
      ],
    },
    {
      name: `${protocol}: statuses and headers of an application`,
      site: `server { listen $LISTEN; location / { ${protocol}_param A b; ${protocol}_pass $A; } location /kept { ${protocol}_param A b; ${protocol}_pass_header Status; ${protocol}_hide_header X-Powered-By; ${protocol}_pass $A; } location /pages { error_page 404 503 = /page; ${protocol}_param A b; ${protocol}_intercept_errors on; ${protocol}_pass $A; } location = /page { return 200 page; } location = /accel { internal; return 200 accel; } location /ignored { ${protocol}_ignore_headers X-Accel-Redirect; ${protocol}_param A b; ${protocol}_pass $A; } }`,
      requests: [
        wrote('Status: 404 Not Here', 'Content-Type: a/b', '', 'no'),
        wrote(
          'Content-type: text/html; charset=UTF-8',
          'X-Powered-By: PHP/8.2',
          'Set-Cookie: a=b',
          'Set-Cookie: c=d',
          '',
          'ok',
        ),
        wrote('Location: /there', '', ''),
        wrote('Location: http://x/there', 'Status: 301', '', ''),
        wrote('Location: there', '', ''),
        wrote('Server: own', 'Date: then', 'X: y', '', 'ok'),
        wrote('Status: 204', '', ''),
        wrote('Status: 304', 'ETag: "a"', '', ''),
        wrote('Status: 503 Busy', 'Retry-After: 1', '', 'busy'),
        wrote('Content-Length: 2', '', 'okay'),
        wrote('Content-Encoding: x', 'Last-Modified: x', 'Accept-Ranges: bytes', '', 'ok'),
        wrote('X-Accel-Redirect: /accel', 'Set-Cookie: a=b', 'X-Other: y', '', 'ok'),
        wrote('X-Accel-Redirect: @nowhere', '', 'ok'),
        wrote('X:y', 'Z :w', '', 'ok'),
        wrote('X', '', 'ok'),
        wrote('no header', '', 'ok'),
        wrote('Status: none', '', 'ok'),
        wrote('', 'ok'),
        { bytes: 'X: y\nZ: w\n\nok' },
        { bytes: 'X: y' },
        { bytes: 'HTTP/1.1 201 Created\r\nX: y\r\n\r\nok' },
        { bytes: `X: ${'y'.repeat(5000)}\r\n\r\nok` },
        'close' as const,
      ].flatMap((upstream) => ['/', '/kept', '/pages', '/ignored'].map((target) => ({ target, upstream: [upstream] }))),
    },
    {
      name: `${protocol}: parameters and where they are inherited from`,
      site: `${protocol}_param A http; ${protocol}_param HTTP_ACCEPT fixed; server { listen $LISTEN; ${protocol}_pass_request_headers on; location /inherits { ${protocol}_pass $A; } location /own { ${protocol}_param B $arg_b; ${protocol}_param B second; ${protocol}_param E ''; ${protocol}_param C $arg_c if_not_empty; ${protocol}_pass $A; } location /headers { ${protocol}_param HTTP_HOST $host; ${protocol}_param HTTP_X_A ''; ${protocol}_param HTTP_ x; ${protocol}_param http_x_b lower; ${protocol}_pass $A; } location /none { ${protocol}_param A b; ${protocol}_pass_request_headers off; ${protocol}_pass_request_body off; ${protocol}_pass $A; } location /if { ${protocol}_param A b; ${protocol}_pass $A; if ($arg_c) { set $c d; } } location /nested { ${protocol}_param A b; location /nested/pass { ${protocol}_pass $A; } } }`,
      requests: [
        ...['/inherits', '/own?b=1', '/own?c=2', '/if', '/if?c=1', '/nested', '/nested/pass', '/none'].map(
          (target) => ({ target, upstream: [PAGE] }),
        ),
        {
          target: '/headers',
          headers: [
            ['Host', 'h:9'],
            ['X-A', '1'],
            ['X-B', '2'],
            ['Accept', '3'],
          ],
          upstream: [PAGE],
        },
        {
          target: '/inherits',
          headers: [
            ['Host', 'h'],
            ['Accept', '3'],
          ],
          upstream: [PAGE],
        },
        // Over SCGI it waits for the body that CONTENT_LENGTH announces.
        ...(protocol === 'scgi' ? [] : [{ method: 'POST', target: '/none', body: 'abc', upstream: [PAGE] }]),
      ],
    },
    {
      name: `${protocol}: headers that come several times, and the host`,
      site: `server { listen $LISTEN; server_name example.com; location / { ${protocol}_param A b; ${protocol}_pass $A; } location /host { ${protocol}_param HTTP_HOST $http_host; ${protocol}_param HTTP_X_A a; ${protocol}_pass $A; } location /lower { ${protocol}_param http_host lower; ${protocol}_pass $A; } location /empty { ${protocol}_param HTTP_HOST ''; ${protocol}_pass $A; } location /none { ${protocol}_pass_request_headers off; ${protocol}_pass $A; } location /bare { ${protocol}_pass $A; } location /asked { auth_request /auth; ${protocol}_param A b; ${protocol}_pass $B; } location = /auth { internal; ${protocol}_param A b; ${protocol}_pass_request_body off; ${protocol}_pass $C; } location /unbuffered { ${protocol}_request_buffering off; ${protocol}_param CONTENT_LENGTH $content_length; ${protocol}_pass $A; } underscores_in_headers on; }`,
      requests: [
        ...['/', '/host', '/lower', '/empty', '/none', '/bare', '/asked'].map((target) => ({
          target,
          headers: [
            ['X-A', '1'],
            ['host', 'Other.example:8080'],
            ['Cookie', 'a=b'],
            ['x-a', '2'],
            ['X_A', '3'],
            ['X-Forwarded-For', '10.0.0.1'],
            ['COOKIE', 'c=d'],
            ['X-A', ''],
            ['X-Forwarded-For', '10.0.0.2'],
          ] as const,
          upstream: [PAGE, PAGE],
        })),
        { target: 'http://absolute.example:81/', headers: [['Host', 'h']], upstream: [PAGE] },
        { target: '/', headers: [['Host', 'h:']], upstream: [PAGE] },
        { target: '/', headers: [['Host', 'h:80']], upstream: [PAGE] },
        { target: '/', headers: [], httpVersion: '1.0', upstream: [PAGE] },
        { target: '/', headers: [['Host', 'H.']], httpVersion: '1.0', upstream: [PAGE] },
        { method: 'POST', target: '/unbuffered', body: 'abc', upstream: [PAGE] },
        // Before 1.29.6, SCGI tells how much of it has come.
        ...(protocol === 'scgi'
          ? []
          : [{ method: 'POST', target: '/unbuffered', body: 'x'.repeat(50_000), upstream: [PAGE] }]),
        {
          method: 'POST',
          target: '/unbuffered',
          headers: [
            ['Host', 'h'],
            ['Transfer-Encoding', 'chunked'],
          ],
          body: 'abc',
          upstream: [PAGE],
        },
      ],
    },
    {
      name: `${protocol}: answers that are kept`,
      site: `${protocol}_cache_path $FILES/cache keys_zone=z:1m; ${protocol}_cache_key $request_method$request_uri; server { listen $LISTEN; ${protocol}_param CONTENT_LENGTH $content_length if_not_empty; ${protocol}_read_timeout 300ms; add_header X-Cache $upstream_cache_status; location / { ${protocol}_cache z; ${protocol}_cache_valid 1m; ${protocol}_cache_valid 404 1m; ${protocol}_pass $A; } location /stale { ${protocol}_cache z; ${protocol}_cache_valid 0; ${protocol}_cache_use_stale error timeout http_503; ${protocol}_pass $A; } location /bypass { ${protocol}_cache z; ${protocol}_cache_valid 1m; ${protocol}_cache_bypass $arg_b; ${protocol}_no_cache $arg_n; ${protocol}_pass $A; } location /own { ${protocol}_cache z; ${protocol}_cache_valid 1m; ${protocol}_param HTTP_RANGE $http_range; ${protocol}_pass $A; } location /force { ${protocol}_force_ranges on; ${protocol}_pass $A; } location /one { ${protocol}_cache z; ${protocol}_cache_key one; ${protocol}_cache_valid any 1m; ${protocol}_pass $A; } }`,
      requests: [
        ...[
          wrote('Content-Type: text/html', '', 'first'),
          wrote('Status: 404', '', 'gone'),
          wrote('Cache-Control: no-store', '', 'never'),
          wrote('Set-Cookie: a=b', '', 'mine'),
          wrote('X-Accel-Expires: 60', 'ETag: "e"', 'Last-Modified: Thu, 29 Feb 2024 12:30:45 GMT', '', 'accel'),
          wrote('Content-Length: 6', 'Accept-Ranges: bytes', '', 'length'),
          wrote('Status: 500', '', 'bad'),
          'close' as const,
        ].flatMap((upstream, at) => [
          { target: `/a${at}`, upstream: [upstream] },
          { target: `/a${at}`, upstream: [wrote('', 'second')] },
        ]),
        ...['/b', '/b'].map((target) => ({
          target,
          headers: [
            ['Host', 'h'],
            ['If-None-Match', '"x"'],
            ['If-Modified-Since', 'Thu, 29 Feb 2024 12:30:45 GMT'],
            ['Range', 'bytes=0-1'],
            ['X-A', 'b'],
          ] as const,
          upstream: [wrote('Content-Length: 6', 'ETag: "x"', '', 'ranged')],
        })),
        {
          target: '/own',
          headers: [
            ['Host', 'h'],
            ['Range', 'bytes=0-1'],
          ],
          upstream: [PAGE],
        },
        {
          target: '/force',
          headers: [
            ['Host', 'h'],
            ['Range', 'bytes=1-2'],
          ],
          upstream: [wrote('Content-Length: 6', '', 'forced')],
        },
        { target: '/stale', upstream: [wrote('X-Accel-Expires: 0', '', 'x')] },
        { target: '/bypass?b=1', upstream: [PAGE] },
        { target: '/bypass?n=1', upstream: [PAGE] },
        { target: '/bypass?n=1', upstream: [PAGE] },
        { method: 'HEAD', target: '/head', upstream: [wrote('Content-Length: 2', '', '')] },
        { method: 'HEAD', target: '/head', upstream: [wrote('Content-Length: 2', '', '')] },
        { target: '/head', upstream: [PAGE] },
        { method: 'POST', target: '/post', body: 'a', upstream: [PAGE] },
        { method: 'POST', target: '/post', body: 'a', upstream: [PAGE] },
        { target: '/one', upstream: [PAGE] },
        { target: '/one?x', upstream: [PAGE] },
      ],
    },
    {
      name: `${protocol}: groups, variables and failures`,
      site: `upstream u { server $A; server $B; } upstream v { server $DEAD; server $B; } server { listen $LISTEN; ${protocol}_param A b; ${protocol}_read_timeout 300ms; location /u { ${protocol}_pass u; } location /v { ${protocol}_pass v; } location /var { set $to $arg_to; ${protocol}_pass $to; } location /dead { ${protocol}_pass $DEAD; } location /next { ${protocol}_next_upstream http_503 invalid_header; ${protocol}_pass u; } location /off { ${protocol}_next_upstream off; ${protocol}_pass v; } location /both { proxy_pass http://$C; ${protocol}_pass $A; } location /both2 { ${protocol}_pass $A; proxy_pass http://$C; } location /slash/ { ${protocol}_pass $A; } }`,
      requests: [
        ...get(
          '/dead',
          '/var',
          '/var?to=u',
          '/var?to=nowhere',
          '/var?to=nowhere:80',
          '/var?to=127.0.0.1',
          '/slash',
        ).map((one) => ({ ...one, upstream: [PAGE] })),
        ...get('/u', '/u', '/v', '/v', '/off', '/off', '/both', '/slash/').map((one) => ({ ...one, upstream: [PAGE] })),
        { target: '/both2' },
        { target: '/u', upstream: ['close', PAGE] },
        { target: '/u', upstream: ['silence', PAGE] },
        { method: 'POST', target: '/u', body: 'a', upstream: ['close', PAGE] },
        { target: '/next', upstream: [wrote('Status: 503', '', ''), PAGE] },
        { target: '/next', upstream: [wrote('no header', '', ''), PAGE] },
        { target: '/next', upstream: [wrote('Status: 500', '', ''), PAGE] },
      ],
    },
    {
      name: `${protocol}: an HTTP server behind it, and too many parameters`,
      site: `server { listen $LISTEN; location / { ${protocol}_param A b; ${protocol}_pass $A; } location /none { ${protocol}_pass_request_headers off; ${protocol}_pass $A; } location /huge { ${protocol}_param A $arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a$arg_a; ${protocol}_pass $A; } }`,
      requests: [
        { target: '/' },
        { target: '/none', upstream: [PAGE] },
        { target: `/huge?a=${'x'.repeat(6400)}`, upstream: [PAGE] },
        { target: `/huge?a=${'x'.repeat(6800)}`, upstream: [PAGE] },
      ],
    },
  ]),
  {
    name: 'fastcgi: a script and what follows it',
    site: `server { listen $LISTEN; root $FILES; fastcgi_param SCRIPT $fastcgi_script_name; fastcgi_param INFO $fastcgi_path_info; fastcgi_param FILE $document_root$fastcgi_script_name; fastcgi_param REQUEST_FILE $request_filename; fastcgi_pass_request_headers off;
      location / { fastcgi_index index.php; fastcgi_pass $A; }
      location ~ \\.php$ { fastcgi_split_path_info ^(.+\\.php)(/.+)$; fastcgi_pass $A; }
      location ~ [^/]\\.php(/|$) { fastcgi_split_path_info ^(.+?\\.php)(|/.*)$; fastcgi_index index.php; fastcgi_pass $A; }
      location ~ ^/kept/.+\\.php { fastcgi_split_path_info ^(.+\\.php)(/.*)$; set $info $fastcgi_path_info; try_files $fastcgi_script_name =404; fastcgi_param KEPT $info; fastcgi_param INFO $fastcgi_path_info; fastcgi_pass $A; }
      location ~ ^/lost/.+\\.php { fastcgi_split_path_info ^(.+\\.php)(/.*)$; try_files $fastcgi_script_name =404; fastcgi_pass $A; }
      location /alias/ { alias $FILES/; location ~ \\.php$ { fastcgi_pass $A; } }
      location /re { rewrite ^/re(.*)$ /index.php$1 last; }
      location /page { error_page 404 = /index.php/why?x=1; return 404; }
      location /set { fastcgi_split_path_info ^(/set)(.*)$; set $a $fastcgi_path_info; rewrite ^ /other break; fastcgi_param A $a; fastcgi_param B $fastcgi_path_info; fastcgi_pass $A; } }`,
    files: { 'index.php': '<?php', 'kept/a.php': '<?php', 'lost/a.php': '<?php' },
    requests: [
      '/',
      '/dir/',
      '/index.php',
      '/index.php/a/b',
      '/a.php/b.php',
      '/a.php/',
      '/kept/a.php',
      '/kept/a.php/info',
      '/kept/no.php/info',
      '/lost/a.php/info',
      '/alias/index.php',
      '/re/x',
      '/page',
      '/set/x',
    ].map((target) => ({ target, upstream: [PAGE] })),
  },
]
