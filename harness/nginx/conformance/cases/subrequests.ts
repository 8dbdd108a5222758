import { answer, type ConformanceCase } from '../case.ts'

const FORBIDDEN = answer(403)
const CHALLENGE = answer(
  401,
  [
    ['WWW-Authenticate', 'Bearer realm="a"'],
    ['www-authenticate', 'Basic realm="b"'],
    ['X-Other', 'stays behind'],
  ],
  'who?',
)
const GUARDED = `server { listen $LISTEN;
  location /api/ { auth_request /auth; proxy_pass http://$A; }
  location = /auth { internal; proxy_pass http://$B; proxy_set_header X-Original-URI $request_uri; }
}`

/** Requests within a request. */
export const SUBREQUESTS: readonly ConformanceCase[] = [
  {
    name: 'auth_request: what the answers mean',
    site: GUARDED,
    requests: [
      ...[200, 201, 204, 206, 299, 300, 301, 302, 304, 400, 401, 402, 403, 404, 429, 500, 502, 503].map((status) => ({
        target: '/api/x?page=2',
        upstream: [answer(status)],
      })),
      { target: '/api/x', upstream: [CHALLENGE] },
      { target: '/api/x', upstream: [answer(200, [['X-User', 'ada']]), answer(418, [], 'teapot')] },
      { target: '/api/x', upstream: ['close'] },
      { target: '/api/x', upstream: [{ bytes: 'HTTP/1.1 abc\r\n\r\n' }] },
      { target: '/auth' },
      { target: '/api/x', method: 'HEAD', upstream: [answer(200)] },
      { target: '/api/x', method: 'DELETE', upstream: [answer(401)] },
      { target: '/api/x', httpVersion: '1.0', upstream: [answer(401)] },
      { target: '/api/a%20b//c/../d?x=%20', upstream: [answer(204)] },
      {
        target: '/api/x',
        headers: [
          ['Host', 'a.example'],
          ['Authorization', 'Bearer t'],
          ['Cookie', 'a=b'],
          ['X-Two', '1'],
          ['X-Two', '2'],
        ],
        upstream: [answer(204)],
      },
    ],
  },
  {
    name: 'auth_request and the body of the request',
    site: `server { listen $LISTEN;
      location /length/ { auth_request /with-length; proxy_pass http://$A; }
      location /good/ { auth_request /good-auth; proxy_pass http://$A; client_max_body_size 0; }
      location /large/ { auth_request /small; client_max_body_size 1m; proxy_pass http://$A; }
      location /text/ { auth_request /text-auth; return 200 "$content_length $request_method"; }
      location = /with-length { internal; proxy_pass http://$B; proxy_pass_request_body off; proxy_set_header Content-Length ""; }
      location = /good-auth { internal; proxy_pass http://$B; proxy_set_header Content-Length ""; client_max_body_size 0; }
      location = /small { internal; client_max_body_size 10; proxy_set_header Content-Length ""; proxy_pass http://$B; }
      location = /text-auth { internal; return 200 "$content_length"; }
    }`,
    requests: ['/length/', '/good/', '/large/', '/text/'].flatMap((target) => [
      { target, method: 'POST', body: 'hello', upstream: [answer(204)] },
      { target, method: 'POST', body: 'hello, hello, hello', upstream: [answer(204)] },
      {
        target,
        method: 'POST',
        headers: [
          ['Host', 'a'],
          ['Transfer-Encoding', 'chunked'],
        ],
        sends: '5\r\nhello\r\n0\r\n\r\n',
        upstream: [answer(204)],
      },
      { target, method: 'PUT', body: 'x', upstream: [answer(403)] },
    ]),
  },
  {
    name: 'auth_request_set',
    site: `server { listen $LISTEN;
      auth_request_set $user $upstream_http_x_user;
      auth_request_set $status_of_auth "$upstream_status $status $upstream_addr $uri $args";
      proxy_set_header X-User "[$user]";
      proxy_set_header X-Status "[$status_of_auth]";
      add_header X-User "[$user]" always;
      location / { auth_request /auth; proxy_pass http://$A; }
      location /own/ {
        auth_request /auth;
        auth_request_set $team $upstream_http_x_team;
        set $team before;
        proxy_set_header X-Team "$team $user";
        proxy_pass http://$A;
      }
      location /none/ { proxy_pass http://$A; }
      location /early/ { set $user me; auth_request /auth; proxy_pass http://$A; }
      location /args/ { auth_request /auth; auth_request_set $args "u=$upstream_http_x_user"; proxy_pass http://$A; }
      location /page/ { auth_request /auth; auth_request_set $user $upstream_http_x_user; error_page 403 = @denied; proxy_pass http://$A; }
      location @denied { auth_request off; return 200 "denied $user $upstream_http_x_user"; }
      location /back/ { auth_request /auth; proxy_pass http://$A; add_header X-Back "$upstream_http_x_user|$upstream_status|$upstream_http_nope|$upstream_http_set_cookie" always; }
      location /auth { internal; set $seen "$request_uri"; proxy_pass http://$B/check?of=$seen; }
    }`,
    requests: ['/', '/own/', '/none/', '/early/', '/args/x?a=b', '/page/', '/back/'].flatMap((target) => [
      {
        target,
        upstream: [
          answer(200, [
            ['X-User', 'ada'],
            ['X-User', 'grace'],
            ['X-Team', 'blue'],
          ]),
          answer(200, [
            ['X-User', 'backend'],
            ['Set-Cookie', 'a=1'],
            ['Set-Cookie', 'b=2'],
          ]),
        ],
      },
      { target, upstream: [answer(403, [['X-User', 'eve']])] },
      { target, upstream: [answer(204)] },
    ]),
  },
  {
    name: 'auth_request: where the question goes',
    site: `upstream pair { server $B; server $C; }
    server { listen $LISTEN;
      location / { auth_request /plain; proxy_pass http://$A; }
      location /a/ { auth_request /plain?x=1; proxy_pass http://$A; }
      location /b/ { auth_request /uri/x; proxy_pass http://$A; }
      location /c/ { auth_request /rewritten; proxy_pass http://$A; }
      location /d/ { auth_request /answers; return 200 "let through\\n"; }
      location /e/ { auth_request /refuses; proxy_pass http://$A; }
      location /f/ { auth_request /fallback; proxy_pass http://$A; }
      location /g/ { auth_request /retries; proxy_pass http://$A; }
      location /h/ { auth_request /dead; proxy_pass http://$A; }
      location /i/ { auth_request /nowhere; proxy_pass http://$A; }
      location /j/ { auth_request /redirects; proxy_pass http://$A; }
      location /k/ { auth_request /accel; proxy_pass http://$A; }
      location /l/ { auth_request /intercepted; proxy_pass http://$A; }
      location /m/ { auth_request /guarded; proxy_pass http://$A; }
      location /n/ { auth_request /post-only; proxy_pass http://$A; }
      location /o/ { auth_request auth; proxy_pass http://$A; }
      location /p/ { auth_request /closes; proxy_pass http://$A; }
      location /q/ { auth_request "/plain é"; proxy_pass http://$A; }
      location /plain { proxy_pass http://$B; }
      location /uri/ { proxy_pass http://$B/auth/; }
      location /rewritten { rewrite ^ /uri/y?z=1 last; }
      location /answers { return 204; }
      location /refuses { return 401; }
      location /fallback { proxy_pass http://$DEAD; error_page 502 = @spare; }
      location @spare { proxy_pass http://$B; }
      location /retries { proxy_pass http://pair; proxy_next_upstream error http_503; }
      location /dead { proxy_pass http://$DEAD; }
      location /redirects { return 302 /login; }
      location /accel { proxy_pass http://$B; }
      location /other { return 403; }
      location /intercepted { proxy_pass http://$B; proxy_intercept_errors on; error_page 404 =200 /answers; }
      location /guarded { deny all; auth_request /plain; proxy_pass http://$B; }
      location /post-only { limit_except POST { deny all; } proxy_pass http://$B; }
      location /closes { return 444; }
    }`,
    requests: [...[...'abcdefghijklmnopq'].map((letter) => `/${letter}/x`), '/'].flatMap((target) => [
      { target, upstream: [answer(200)] },
      { target, upstream: [answer(404)] },
      { target, upstream: [answer(503), answer(200)] },
      { target, upstream: [answer(200, [['X-Accel-Redirect', '/other']])] },
    ]),
  },
  {
    name: 'auth_request beside other checks',
    site: `server { listen $LISTEN;
      auth_request /auth;
      location / { proxy_pass http://$A; }
      location /open/ { auth_request off; proxy_pass http://$A; }
      location /health { return 200 ok; }
      location /all/ { deny all; proxy_pass http://$A; }
      location /any/ { satisfy any; deny all; proxy_pass http://$A; }
      location /any/allowed/ { satisfy any; allow all; proxy_pass http://$A; }
      location /any/password/ { satisfy any; auth_basic "staff"; auth_basic_user_file $FILES/users; proxy_pass http://$A; }
      location /page/ { error_page 401 = @login; error_page 500 /sorry; proxy_pass http://$A; }
      location /named/ { error_page 401 = @open; proxy_pass http://$A; }
      location /recursive/ { recursive_error_pages on; error_page 401 /recursive/again; proxy_pass http://$A; }
      location /files/ { try_files /nope @behind; }
      location /if/ { if ($arg_x) { proxy_pass http://$B; } proxy_pass http://$A; }
      location @login { return 302 /login?from=$request_uri; }
      location @open { auth_request off; proxy_pass http://$B; }
      location @behind { proxy_pass http://$A; }
      location = /sorry { auth_request off; return 200 "sorry $status\\n"; }
      location = /auth { internal; proxy_pass http://$B; }
    }`,
    files: { users: 'ada:{PLAIN}secret\n' },
    requests: [
      '/',
      '/open/',
      '/health',
      '/all/',
      '/any/',
      '/any/allowed/',
      '/any/password/',
      '/page/',
      '/named/',
      '/recursive/',
      '/files/',
      '/if/?x=1',
    ].flatMap((target) => [
      { target, upstream: [answer(204)] },
      { target, upstream: [CHALLENGE, CHALLENGE] },
      { target, upstream: [FORBIDDEN] },
      { target, upstream: [answer(500)] },
      {
        target,
        headers: [
          ['Host', 'a'],
          ['Authorization', `Basic ${Buffer.from('ada:secret').toString('base64')}`],
        ],
        upstream: [CHALLENGE],
      },
    ]),
  },
  {
    name: 'variables that a subrequest shares',
    site: `map $uri $by_uri { default other; ~^/auth auth; ~^/(?<word>[a-z]+)/ $word; }
    map $request_method $by_method { default $request_method; }
    server { listen $LISTEN;
      location /before/ { set $a "$by_uri"; auth_request /auth; proxy_set_header X "$a $by_uri $b"; proxy_pass http://$A; }
      location /after/ { auth_request /auth; proxy_set_header X "$by_uri $b $by_method"; proxy_pass http://$A; }
      location ~ ^/captured/(.*)$ { auth_request /auth; proxy_set_header X "$1 $b"; proxy_pass http://$A; }
      location ~ ^/auth(.*)$ { internal; set $b "$uri $request_uri $by_uri"; proxy_set_header X "$by_uri|$request_method|$by_method|$args|$1|$host|$http_x|$remote_addr|$content_length"; proxy_pass http://$B; }
    }`,
    requests: ['/before/a?x=1', '/after/a?x=1', '/captured/a?x=1'].flatMap((target) => [
      { target, upstream: [answer(204)] },
      { target, method: 'POST', body: '', upstream: [answer(204)] },
    ]),
  },
  {
    name: 'mirror',
    site: `upstream pair { server $B; server $C; }
    map $uri $by_uri { default other; ~^/copy copy; }
    server { listen $LISTEN;
      location / { mirror /copy; proxy_pass http://$A; }
      location /twice/ { mirror /copy; mirror /copy/again; proxy_pass http://$A/twice/; }
      location /without/ { mirror /copy/without; mirror_request_body off; proxy_pass http://$A; }
      location /off/ { mirror off; proxy_pass http://$A; }
      location /text/ { mirror /copy; return 200 text; }
      location /status/ { mirror /copy; try_files /nope =418; }
      location /nowhere/ { mirror /dead; proxy_pass http://$A; }
      location /files/ { mirror /missing; proxy_pass http://$A; }
      location /page/ { mirror /copy; proxy_pass http://$A; proxy_intercept_errors on; error_page 404 /off/page; }
      location /again/ { mirror /copy; proxy_pass http://$A; proxy_intercept_errors on; error_page 404 = @again; }
      location @again { mirror /copy/named; proxy_pass http://$A; }
      location /guarded/ { auth_request /copy/auth; mirror /copy; proxy_pass http://$A; }
      location /small/ { mirror /copy/small; client_max_body_size 5; proxy_pass http://$A; }
      location /set/ { mirror /copy/set; proxy_set_header X "$copied $by_uri"; proxy_pass http://$A; add_header X-Copied "[$copied]"; }
      location /retry/ { mirror /copy/retry; proxy_pass http://$A; }
      location /in { internal; mirror /copy; proxy_pass http://$A; }
      location /rewritten/ { rewrite ^ /in last; }
      location /copy { internal; proxy_pass http://$B$request_uri; proxy_set_header X-Method $request_method; proxy_set_header X-Uri "$uri|$args"; }
      location /copy/again { internal; mirror /copy; proxy_pass http://$C; }
      location /copy/without { internal; proxy_pass http://$B; proxy_set_header Content-Length ""; }
      location /copy/small { internal; client_max_body_size 3; proxy_pass http://$B; }
      location /copy/set { internal; set $copied yes; proxy_set_header X $by_uri; proxy_pass http://$B; }
      location /copy/retry { internal; proxy_next_upstream http_503; proxy_pass http://pair; }
      location /copy/auth { internal; proxy_set_header Content-Length ""; proxy_pass http://$C; }
      location /missing { internal; root $FILES; }
      location /dead { internal; proxy_pass http://$DEAD; }
    }`,
    files: {},
    requests: [
      '/a?x=1&y=%20',
      '/twice/a?x=1',
      '/without/a',
      '/off/a',
      '/text/a',
      '/status/a',
      '/nowhere/a',
      '/files/a',
      '/page/a',
      '/again/a',
      '/guarded/a',
      '/small/a',
      '/set/a',
      '/rewritten/a',
    ].flatMap((target) => [
      { target },
      { target, method: 'POST', body: 'hello' },
      { target, method: 'HEAD' },
      {
        target,
        method: 'PUT',
        headers: [
          ['Host', 'a'],
          ['Transfer-Encoding', 'chunked'],
        ] as const,
        sends: '4\r\nhell\r\n0\r\n\r\n',
      },
    ]),
  },
  {
    name: 'mirror: what the copies are answered is nothing to the request',
    site: `server { listen $LISTEN;
      location / { mirror /copy; proxy_pass http://$A; }
      location /copy { internal; proxy_pass http://$B; proxy_intercept_errors on; error_page 500 /copy/spare; }
      location /copy/spare { internal; proxy_pass http://$C; }
    }`,
    requests: [answer(200), answer(404), answer(500), answer(302, [['Location', '/x']]), 'close' as const].map(
      (copied) => ({ target: '/a', upstream: [answer(201, [['X-A', 'b']], 'made'), copied] }),
    ),
  },
]
