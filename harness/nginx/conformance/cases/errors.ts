import { answer, type ConformanceCase, get } from '../case.ts'

/** error_page, try_files, internal, access. */
export const ERRORS: readonly ConformanceCase[] = [
  {
    name: 'error_page: a URL takes the place of an earlier Location',
    site: `server { listen $LISTEN; error_page 302 http://other.example/; location / { return 302 /first; } location /p/ { proxy_pass http://$A; proxy_intercept_errors on; } }`,
    requests: [...get('/x'), { target: '/p/', upstream: [answer(302, [['Location', '/second']])] }],
  },
  {
    name: 'error_page: an intercepted 401 still says how to authenticate',
    site: `server { listen $LISTEN; error_page 401 403 /own; location / { proxy_pass http://$A; proxy_intercept_errors on; } location = /own { return 200 own; } }`,
    requests: [401, 403].map((status) => ({
      target: '/',
      upstream: [
        answer(status, [
          ['WWW-Authenticate', 'Basic realm="a"'],
          ['WWW-Authenticate', 'Bearer'],
          ['X-Other', 'x'],
        ]),
      ],
    })),
  },
  {
    name: 'a named location for an error that came before there was a URI',
    site: `server { listen $LISTEN; error_page 400 414 494 @named; location @named { return 200 "named $uri"; } location / { return 200 ok; } }`,
    requests: [
      ...get('/%zz', '/../x', `/${'a'.repeat(9000)}`, 'no'),
      { target: '/x', headers: [] },
      {
        target: '/x?y',
        headers: [
          ['Host', 'a'],
          ['Content-Length', 'x'],
        ],
      },
      {
        target: '/x?y',
        headers: [
          ['Host', 'a'],
          ['X-Long', 'a'.repeat(9000)],
        ],
      },
    ],
  },
  {
    name: 'error_page: uri, =code, =, named, URL, variables',
    site: `server { listen $LISTEN;
      error_page 404 /404page; error_page 500 502 503 =200 /50x?why=x; error_page 403 = /own; error_page 410 @named; error_page 401 http://login.example/; error_page 402 =301 http://pay.example/; error_page 409 =303 /own; error_page 405 /v/$uri?a=$arg_a; error_page 406 =418 @named; error_page 411 ""; error_page 412 nowhere; error_page 415 @missing; error_page 416 =200 @named;
      ${[400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 415, 416, 500, 502, 503].map((code) => `location = /e${code} { return ${code}; }`).join(' ')}
      location /404page { return 200 "page $uri $args $request_uri $status $request_method"; }
      location /50x { internal; return 200 "50x $args"; }
      location /own { return 202 own; }
      location /v/ { return 200 "v $uri $args"; }
      location @named { return 201 "named $uri $status"; }
      location /quiet/ { error_page 404 =200 /empty; return 404; }
      location = /empty { return 204; }
      location /nested/ { error_page 404 /e404; return 404; }
      location /rec/ { recursive_error_pages on; error_page 404 /e403; return 404; }
    }`,
    requests: [
      ...get(
        ...[400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 415, 416, 500, 502, 503].map(
          (code) => `/e${code}?a=1`,
        ),
        '/missing',
        '/50x',
        '/quiet/',
        '/nested/',
        '/rec/',
        '/%zz',
        '/..',
      ),
      { method: 'POST', target: '/e404', body: 'x' },
      { method: 'HEAD', target: '/e404' },
      { method: 'PUT', target: '/e410', body: 'x' },
      { target: '/e404', headers: [] },
    ],
  },
  {
    name: 'error_page with upstreams: intercept or not',
    site: `server { listen $LISTEN;
      error_page 404 500 /page; error_page 503 = @fb; error_page 502 /page;
      location / { proxy_pass http://$A; }
      location /i/ { proxy_pass http://$A; proxy_intercept_errors on; }
      location /page { return 200 "page $upstream_status $upstream_addr"; }
      location @fb { proxy_pass http://$B; proxy_intercept_errors on; }
      location /r/ { proxy_pass http://$A; proxy_intercept_errors on; recursive_error_pages on; error_page 404 = @fb2; error_page 500 /page; }
      location @fb2 { proxy_pass http://$B; proxy_intercept_errors on; recursive_error_pages on; error_page 500 /page; }
    }`.replace(' $upstream_addr', ''),
    requests: ['/', '/i/', '/r/'].flatMap((target) => [
      { target, upstream: [answer(404, [['X-A', 'b']], 'own 404')] },
      { target, upstream: [answer(500, [], 'own')] },
      { target, upstream: [answer(503, [], 'own'), answer(200, [['X-B', 'c']], 'fallback')] },
      { target, upstream: [answer(503, [], 'own'), answer(404, [], 'fallback')] },
      { target, upstream: [answer(404, [], 'own'), answer(500, [], 'fallback')] },
      { target, upstream: [answer(418, [], 'own')] },
      { target, upstream: ['close' as const] },
      { target, method: 'POST', body: 'b', upstream: [answer(503, [], 'own')] },
      { target, method: 'HEAD', upstream: [answer(404, [], '')] },
      { target, upstream: [answer(401, [['WWW-Authenticate', 'Basic']], 'own')] },
    ]),
  },
  {
    name: 'try_files',
    site: `server { listen $LISTEN;
      location / { try_files $uri $uri/ @gate; }
      location /c/ { try_files /none =404; } location /c5/ { try_files /none =503; } location /u/ { try_files /none /c/x?y=1; } location /uv/ { try_files $uri /show$uri?$args&q=1; }
      location /p/ { try_files /none @gate; proxy_pass http://$B; } location /loop/ { try_files /none /loop/x; } location /miss/ { try_files /none @nothere; } location /c2/ { try_files /none =201; } location /c44/ { try_files /none =444; }
      location /rw/ { rewrite ^/rw/(.*)$ /rww/$1 break; try_files /none @gate; }
      location @gate { proxy_pass http://$A; }
      location /show { return 200 "$uri|$args"; }
    }`,
    requests: get(
      '/x',
      '/x/y%20z?a',
      '/c/',
      '/c5/',
      '/u/',
      '/uv/a%20b?z',
      '/p/x',
      '/loop/',
      '/miss/',
      '/c2/',
      '/c44/',
      '/rw/a%20b',
    ),
  },
  {
    name: 'internal',
    site: `server { listen $LISTEN; location /in/ { internal; return 200 in; } location = /in/x { internal; return 200 x; } location /to/ { rewrite ^/to/(.*)$ /in/$1 last; } location /err { error_page 404 /in/y; return 404; } location ~ secret { internal; proxy_pass http://$A; } location /s/ { error_page 403 /secret; return 403; } location /tob/ { rewrite ^ /zz; location /tob/in { internal; return 200 x; } } }`,
    requests: get('/in/', '/in/x', '/to/x', '/to/z', '/err', '/secret', '/s/', '/tob/in', '/in'),
  },
  {
    name: 'what an if in a location, and a location in an internal one, take over',
    site: `server { listen $LISTEN; merge_slashes off;
      location /f/ { if ($arg_go) { set $x 1; } try_files /none =503; }
      location /in/ { internal; location ~ deep { proxy_pass http://$A; } location /in/flat { return 200 flat; } }
      location /h/ { if ($arg_go) { set $x 1; } proxy_pass http://$A/base/; proxy_set_header X-X "$x"; proxy_redirect / /r/; }
      location /e/ { error_page 404 @n; if ($arg_go) { set $x 1; } }
      location @n { return 200 named; }
    }`,
    requests: get('/f/', '/f/?go=1', '/in/deep', '/in/flat', '/h/x', '/h/x?go=1', '/e/', '/e/?go=1'),
  },
  {
    name: 'limit_except',
    site: `server { listen $LISTEN;
      location /g/ { limit_except GET { deny all; } proxy_pass http://$A; }
      location /h/ { limit_except HEAD POST { proxy_pass http://$B; proxy_set_header X-L l; } proxy_pass http://$A/base/; proxy_set_header X-O o; }
      location /r/ { limit_except GET { allow 127.0.0.1; deny all; } return 200 returned; }
      location /n/ { limit_except GET { deny all; } location /n/in/ { proxy_pass http://$A; } proxy_pass http://$A; }
      location /t/ { limit_except GET { allow all; } try_files /none @n; }
      location /e/ { error_page 403 @n; limit_except GET { deny all; } proxy_pass http://$A; }
      location @n { limit_except GET { deny all; } proxy_pass http://$C; }
    }`.replace(' proxy_set_header X-L l;', ''),
    requests: ['/g/x', '/h/x', '/r/x', '/n/x', '/n/in/x', '/t/x', '/e/x', '/g'].flatMap((target) =>
      ['GET', 'HEAD', 'POST', 'DELETE', 'FOO'].map((method) => ({
        target,
        method,
        body: method === 'POST' ? '1234567' : '',
      })),
    ),
  },
  {
    name: 'allow and deny',
    site: `server { listen $LISTEN; location /a { deny all; return 200 returned; } location /b { deny all; proxy_pass http://$A; } location /c { allow 127.0.0.0/8; deny all; proxy_pass http://$A; } location /d { deny 127.0.0.1; proxy_pass http://$A; } location /e { allow 10.0.0.0/8; deny all; error_page 403 /f; proxy_pass http://$A; } location /f { return 200 "sorry"; } location /g { allow 127.0.0.1; deny all; location /g/h { deny all; proxy_pass http://$A; } proxy_pass http://$A; } }`,
    requests: get('/a', '/b', '/c', '/d', '/e', '/g', '/g/h'),
  },
  {
    name: 'add_header and redirects by name, port or not at all',
    site: `add_header X-Http h; server { listen $LISTEN; server_name named.example;
      location /in { return 200 a; } location /own { add_header X-Own o; add_header X-Var "$uri"; add_header X-None $arg_none; return 200 b; } location /err { add_header X-A a; add_header X-B b always; return 404; } location /red { add_header X-A a; return 301 /x; }
      location /prox { add_header X-A a; add_header Server mine; add_header Content-Type b/c; add_header Cache-Control x; proxy_pass http://$A; } location /418 { add_header X-A a always; return 418; } location /always { add_header X-S "$upstream_status" always; proxy_pass http://$A; }
      location /rel { absolute_redirect off; return 301 /x; } location /nop { port_in_redirect off; return 301 /x; } location /snr { server_name_in_redirect on; return 301 /x; } location /relp/ { absolute_redirect off; proxy_pass http://$A; }
    }`,
    requests: [
      ...get('/in', '/own', '/err', '/red', '/prox', '/418', '/rel', '/nop', '/snr', '/relp', '/always', '/missing'),
      { target: '/prox', upstream: [answer(500, [['Cache-Control', 'y']], 'x')] },
      {
        target: '/prox',
        upstream: [
          answer(
            200,
            [
              ['Cache-Control', 'y'],
              ['X-A', 'up'],
            ],
            'x',
          ),
        ],
      },
      { target: '/always', upstream: [answer(503, [], 'x')] },
    ],
  },
  {
    name: 'auth_basic and satisfy',
    site: `server { listen $LISTEN; auth_basic_user_file $FILES/users;
      location /a/ { auth_basic "the realm"; proxy_pass http://$A; }
      location /off/ { auth_basic off; return 200 "off"; } location /var/ { auth_basic "for $arg_r"; error_page 401 =200 /a401; proxy_pass http://$A; } location /a401 { return 200 "log in"; }
      location /any/ { satisfy any; allow 127.0.0.1; deny all; auth_basic x; proxy_pass http://$A; } location /any2/ { satisfy any; deny all; auth_basic x; proxy_pass http://$A; } location /any3/ { satisfy any; deny all; proxy_pass http://$A; } location /any4/ { satisfy any; auth_basic x; proxy_pass http://$A; }
      location /all/ { satisfy all; allow 127.0.0.1; deny all; auth_basic x; proxy_pass http://$A; } location /all2/ { deny all; auth_basic x; proxy_pass http://$A; }
      location /nofile/ { auth_basic x; auth_basic_user_file $FILES/none; proxy_pass http://$A; } location /ret/ { auth_basic x; return 200 returned; } location /le/ { limit_except GET { auth_basic x; } proxy_pass http://$A; }
      location /tf/ { auth_basic x; try_files /none @up; } location @up { proxy_pass http://$A; proxy_set_header X-User "$remote_user"; }
    }`,
    files: {
      users: `# comment\nplain:{PLAIN}pw\nsha:{SHA}fEqNCco3Yq9h5ZUglD3CZJT4lBs=:x\napr:$apr1$n1dp8dBF$B/CATr3xyiVfFmODnJ9JG0\nlast:{PLAIN}a:b`,
    },
    requests: [
      '/a/',
      '/off/',
      '/var/?r=s',
      '/any/',
      '/any2/',
      '/any3/',
      '/any4/',
      '/all/',
      '/all2/',
      '/nofile/',
      '/ret/',
      '/tf/x',
    ].flatMap((target) =>
      [null, 'plain:pw', 'plain:no', 'sha:123456', 'sha:1', 'apr:secret', 'last:a', 'nobody:x', 'nocolon'].map(
        (user) => ({
          target,
          headers: [
            ['Host', 'a'] as const,
            ...(user === null ? [] : [['Authorization', `Basic ${btoa(user)}`] as const]),
          ],
        }),
      ),
    ),
  },
  {
    name: 'Authorization that is none',
    site: 'server { listen $LISTEN; location / { auth_basic x; auth_basic_user_file $FILES/users; return 200 "[$remote_user]"; } location /p { auth_basic x; auth_basic_user_file $FILES/users; proxy_pass http://$A; proxy_set_header X-User "[$remote_user]"; } location /q { proxy_pass http://$A; proxy_set_header X-User "[$remote_user]"; } }',
    files: { users: 'u:{PLAIN}p' },
    requests: [
      'Basic',
      'Basic ',
      'basic dTpw',
      'Basic  dTpw',
      'Bearer x',
      'Basic !!',
      'Basic dTpw=',
      'BASIC dTpw',
      'Basicx dTpw',
      'Basic dTpwX',
      'Basic dTp3 ',
    ].flatMap((value) =>
      ['/', '/p', '/q'].map((target) => ({
        target,
        headers: [
          ['Host', 'a'],
          ['Authorization', value],
        ] as const,
      })),
    ),
  },
  {
    name: '$limit_req_status',
    site: `limit_req_zone $arg_k zone=z:1m rate=1r/m; limit_req_zone $arg_j zone=y:1m rate=1r/m;
      server { listen $LISTEN; add_header X-Status "$limit_req_status" always; limit_req_dry_run on;
      location /delay { limit_req zone=z burst=1; try_files /none =404; }
      location /reject { limit_req zone=z; try_files /none =404; }
      location /both { limit_req zone=y nodelay burst=1; limit_req zone=z; try_files /none =404; }
      location /none { return 200 "$limit_req_status"; } }`,
    requests: get(
      '/delay?k=d',
      '/delay?k=d',
      '/delay?k=d',
      '/reject?k=1',
      '/reject?k=1',
      '/reject',
      '/none',
      '/both?k=2&j=2',
      '/both?k=2&j=2',
      '/both?j=2',
      '/both?j=2',
      '/both?j=2',
    ),
  },
  {
    name: 'limit_req and limit_conn that cannot strike',
    site: `limit_req_zone $binary_remote_addr zone=one:1m rate=1000r/s; limit_req_zone $arg_k zone=key:1m rate=1r/m; limit_conn_zone $server_name zone=conn:1m;
    server { listen $LISTEN; limit_conn conn 1;
      location /a { limit_req zone=one burst=50 nodelay; proxy_pass http://$A; } location /b { limit_req zone=key; return 200 "returned"; } location /c { limit_req zone=key; limit_req_dry_run on; try_files /none =404; } location /d { limit_req zone=key burst=5 nodelay; limit_req_status 429; proxy_pass http://$A; }
    }`,
    requests: get(
      '/a',
      '/a',
      '/a',
      '/b?k=1',
      '/c?k=2',
      '/c?k=2',
      '/c',
      '/d?k=3',
      '/d?k=3',
      '/d',
      '/d',
      '/d',
      '/d',
      '/d',
      '/d',
      '/d',
    ),
  },
]
