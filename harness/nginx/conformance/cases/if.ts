import { answer, type ConformanceCase, get } from '../case.ts'

/** What an `if` in a location does beside rewriting: it is a location of its own. */
export const IF_IN_LOCATION: readonly ConformanceCase[] = [
  {
    name: 'CORS as everybody writes it',
    site: `server { listen $LISTEN; location /api/ {
      if ($request_method = OPTIONS) { add_header Access-Control-Allow-Origin *; add_header Access-Control-Max-Age 1728000; add_header Content-Type 'text/plain; charset=utf-8'; add_header Content-Length 0; return 204; }
      if ($request_method = POST) { add_header Access-Control-Allow-Origin * always; }
      add_header X-Own own; proxy_pass http://$A; proxy_set_header X-In in; } }`,
    requests: ['OPTIONS', 'POST', 'GET', 'HEAD'].map((method) => ({ method, target: '/api/x' })),
  },
  {
    name: 'proxy_pass and settings inside if',
    site: `server { listen $LISTEN; error_page 418 @teapot; location @teapot { return 200 tea; }
      location /a/ { if ($arg_b) { proxy_pass http://$B; } proxy_pass http://$A/base/; proxy_set_header X-A a; }
      location /b/ { if ($arg_b) { proxy_pass http://$B; add_header X-If if; } if ($arg_c) { add_header X-C c; } proxy_pass http://$A; add_header X-Out out; }
      location /c/ { if ($arg_b) { set $x y; } if ($arg_c) { error_page 404 =200 /b/found; } return 404; }
      location /d/ { if ($arg_b) { proxy_pass http://$B; } return 200 "own"; }
      location /e/ { try_files /none @teapot; if ($arg_b) { proxy_pass http://$B; break; } proxy_pass http://$A; }
      location /f/ { if ($arg_b) { error_page 500 /b/x; return 500; } if ($arg_b2) { return 418; } deny all; }
      location ~ ^/g/(\\w+) { if ($arg_b ~ (.)) { proxy_pass http://$B; add_header X-Cap $1; } proxy_pass http://$A; add_header X-Cap $1; }
      location /h/ { set $up $A; if ($arg_b) { set $up $B; } proxy_pass http://$up; }
      location /i/ { if ($arg_b) { rewrite ^/i/(.*)$ /b/$1 last; } if ($arg_c) { rewrite ^/i/(.*)$ /j/$1 break; } proxy_pass http://$A/k/; }
      location /j/ { limit_except GET { deny all; } if ($arg_b) { proxy_pass http://$B; } proxy_pass http://$A; }
      location /k/ { if ($arg_b) { proxy_pass http://$B$request_uri; } proxy_pass http://$A; proxy_redirect / /red/; }
      location /l/ { if ($arg_b) { set $x 1; } location /l/m/ { if ($arg_b) { proxy_pass http://$B; } return 201 nested; } proxy_pass http://$C; }
    }`,
    requests: [
      ...[
        '/a/x',
        '/b/x',
        '/c/x',
        '/d/x',
        '/e/x',
        '/f/x',
        '/g/word',
        '/h/x',
        '/i/x',
        '/j/x',
        '/k/x',
        '/l/x',
        '/l/m/x',
      ].flatMap((path) =>
        ['', '?b=1', '?c=1', '?b=1&c=1', '?b2=1'].map((query) => ({
          target: path + query,
          upstream: [answer(302, [['Location', '/moved']])],
        })),
      ),
      { target: '/j/x?b=1', method: 'POST', body: 'x' },
      ...get('/a?b=1', '/b', '/l/m?b=1'),
    ],
  },
]
