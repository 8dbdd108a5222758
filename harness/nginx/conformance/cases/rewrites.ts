import { type ConformanceCase, get } from '../case.ts'

const SHOW = 'return 200 "$uri|$args";'

/** rewrite, return, set, break, if. */
export const REWRITES: readonly ConformanceCase[] = [
  {
    name: 'last, break, no flag, and what follows',
    site: `server { listen $LISTEN;
      location /last/ { rewrite ^/last/(.*)$ /show/$1 last; return 200 never; }
      location /break/ { rewrite ^/break/(.*)$ /show/$1 break; return 200 never; }
      location /none/ { rewrite ^/none/(.*)$ /show/$1; return 200 "went on: $uri"; }
      location /chain/ { rewrite ^/chain/(.*)$ /a/$1; rewrite ^/a/(.*)$ /show/b/$1; }
      location /nomatch/ { rewrite ^/other /x last; ${SHOW} }
      location /q/ { rewrite ^/q/(.*)$ /show/$1?z=1 last; }
      location /qd/ { rewrite ^/qd/(.*)$ /show/$1? last; }
      location /qq/ { rewrite ^/qq/(.*)$ /show/$1?z=1? last; }
      location /qv/ { rewrite ^/qv/(.*)$ /show?u=$1&v=$arg_x last; }
      location /rel/ { rewrite ^/rel/(.*)$ show/$1 last; }
      location /empty/ { rewrite ^/empty/(.*)$ $arg_none last; }
      location /emptyq/ { rewrite ^/emptyq/(.*)$ ?x=1 last; }
      location /br/ { rewrite ^/br/(.*)$ /show/$1; break; }
      location /brp/ { rewrite ^/brp/(.*)$ /zz/$1; break; proxy_pass http://$A/base/; }
      location /b2p/ { rewrite ^/b2p/(.*)$ /zz/$1 break; proxy_pass http://$A/base/; }
      location /show { ${SHOW} }
    }`,
    requests: get(
      '/last/x?a=1',
      '/break/x',
      '/none/x',
      '/chain/x',
      '/nomatch/x?y',
      '/q/x',
      '/q/x?a=1',
      '/qd/x?a=1',
      '/qq/x?a=1',
      '/qv/x%20y?x=1',
      '/qv/x?x=%20',
      '/rel/x',
      '/empty/x',
      '/emptyq/x',
      '/br/x',
      '/brp/x?y',
      '/b2p/x?y',
      '/b2p/%20x',
    ),
  },
  {
    name: 'redirects',
    site: `server { listen $LISTEN; server_name redir.example;
      location /r/ { rewrite ^/r/(.*)$ /t/$1 redirect; }
      location /p/ { rewrite ^/p/(.*)$ /t/$1 permanent; }
      location /h/ { rewrite ^/h/(.*)$ http://o.example/$1; }
      location /hs/ { rewrite ^/hs/(.*)$ https://o.example/$1?; }
      location /s/ { rewrite ^/s/(.*)$ $scheme://o.example/$1; }
      location /hq/ { rewrite ^/hq/(.*)$ http://o.example/$1?z=1; }
      location /hl/ { rewrite ^/hl/(.*)$ http://o.example/$1 last; }
      location /hb/ { rewrite ^/hb/(.*)$ http://o.example/$1 permanent; }
      location /r1/ { return 301 /x; } location /r2/ { return 302 http://o/$uri; } location /r3/ { return 303 /x?$args; } location /r7/ { return 307 x; } location /r8/ { return 308 /x; }
      location /ru/ { return http://o.example$request_uri; } location /rs/ { return $scheme://$host$uri; } location /re/ { return 301; } location /r301t/ { return 301 ""; }
    }`,
    requests: [
      ...get(
        '/r/x?a=1',
        '/r/%20x%25',
        '/p/x',
        '/h/x?a=1',
        '/h/a%20b+c',
        '/hs/x?a=1',
        '/s/x',
        '/hq/x?a=1',
        '/hq/x',
        '/hl/x',
        '/hb/x?',
        '/r1/',
        '/r2/a%20b',
        '/r3/?q',
        '/r7/',
        '/r8/',
        '/ru/a%20b?c',
        '/rs/x',
        '/re/',
        '/r301t/',
      ),
      { target: '/r1/', headers: [['Host', 'Client.Example:99']] },
      { target: '/r/x', httpVersion: '1.0', headers: [] },
      { target: '/r1/', httpVersion: '1.0', headers: [] },
      { method: 'HEAD', target: '/r1/' },
      { method: 'POST', target: '/r1/', body: 'x' },
    ],
  },
  {
    name: 'return codes and texts',
    site: `server { listen $LISTEN; ${[
      200, 201, 202, 204, 205, 206, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416,
      418, 421, 422, 429, 444, 451, 494, 495, 496, 497, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 599, 999,
      99, 0,
    ]
      .map((code) => `location = /${code} { return ${code}; } location = /${code}t { return ${code} "text $uri"; }`)
      .join(
        '\n',
      )} location /type { default_type application/json; return 200 "{}"; } location /t.html { return 200 h; } location /empty { return 200 ""; } location /empty4 { return 404 ""; } }`,
    requests: [
      ...[
        200, 201, 202, 204, 205, 206, 304, 400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415,
        416, 418, 421, 422, 429, 444, 451, 494, 495, 496, 497, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508,
        599, 999, 99, 0,
      ].flatMap((code) => get(`/${code}`, `/${code}t`)),
      ...get('/type', '/t.html', '/t.html/x.GIF', '/empty', '/empty4', '/type/a.jpg', '/type/.jpg', '/type/a.'),
      ...['/200t', '/404', '/404t', '/204', '/301'].map((target) => ({ method: 'HEAD', target })),
      {
        target: '/404',
        headers: [
          ['Host', 'a'],
          ['User-Agent', 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)'],
        ],
      },
      {
        target: '/404',
        headers: [
          ['Host', 'a'],
          ['User-Agent', 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36'],
        ],
      },
      {
        target: '/404',
        headers: [
          ['Host', 'a'],
          ['User-Agent', 'Mozilla/5.0 Gecko/20100101 Firefox/120'],
        ],
      },
      { method: 'POST', target: '/200t', body: 'x' },
      { target: '/404', httpVersion: '1.0', headers: [] },
    ],
  },
  {
    name: 'the cycle limit',
    site: `server { listen $LISTEN;
      location /loop { rewrite ^ /loop last; }
      location /ping { rewrite ^/ping(.*)$ /pong$1x last; } location /pong { rewrite ^/pong(.*)$ /ping$1x last; }
      ${Array.from({ length: 12 }, (_, n) => `location = /s${n} { rewrite ^ /s${n + 1} last; }`).join('\n')}
      location = /s12 { return 200 end; }
      location /ep { error_page 404 /ep; return 404; }
      location /ep2 { recursive_error_pages on; error_page 404 /ep2; return 404; }
    }`,
    requests: get('/loop', '/ping', '/s0', '/s1', '/s2', '/s3', '/s4', '/ep', '/ep2'),
  },
  {
    name: 'rewrites on the server, and locations after them',
    site: `server { listen $LISTEN;
      rewrite ^/old/(.*)$ /new/$1;
      rewrite ^/gone/ /new/gone last;
      rewrite ^/br/(.*)$ /prox/$1 break;
      if ($arg_stop) { return 403; }
      set $seen "server";
      location /new/ { return 200 "$uri|$args|$seen"; }
      location /prox/ { proxy_pass http://$A/base/; }
      location /old/ { return 200 old; }
      location / { ${SHOW} }
    }`,
    requests: get('/old/x?y', '/gone/x', '/br/x?y', '/br/%20', '/prox/x', '/x?stop=1', '/x?stop=0', '/x?stop=', '/x'),
  },
  {
    name: 'if with every comparison',
    site: `server { listen $LISTEN;
      location / {
        set $o "";
        if ($arg_a) { set $o "\${o}truthy,"; }
        if ($arg_a = x) { set $o "\${o}eq,"; }
        if ($arg_a != x) { set $o "\${o}ne,"; }
        if ($arg_a ~ ^x(.)$) { set $o "\${o}re:$1,"; }
        if ($arg_a ~* ^x(.)$) { set $o "\${o}rei:$1,"; }
        if ($arg_a !~ ^x) { set $o "\${o}nre,"; }
        if ($arg_a !~* ^x) { set $o "\${o}nrei,"; }
        if ( $request_method = POST ) { set $o "\${o}post,"; }
        if ($request_method = $arg_m) { set $o "\${o}same,"; }
        if ($http_cookie ~* "id=([^;]+)(?:;|$)") { set $id $1; }
        return 200 "$o|$id|$1";
      }
      location /re { if ($arg_go = 1) { rewrite ^ /final?via=if last; } if ($arg_go = 2) { rewrite ^/re(.*)$ /final$1 break; } if ($arg_go = 3) { break; } if ($arg_go = 4) { return 302 /final; } return 200 "re $uri"; }
      location /prox { if ($arg_x) { set $y $arg_x; } proxy_pass http://$A; proxy_set_header X-Y "$y"; }
      location /final { ${SHOW} }
    }`,
    requests: [
      ...get(
        '/',
        '/?a=x',
        '/?a=xy',
        '/?a=XY',
        '/?a=0',
        '/?a=00',
        '/?a=y',
        '/?m=GET',
        '/?a=x%20',
        '/re',
        '/re?go=1',
        '/re/z?go=2',
        '/re?go=3',
        '/re?go=4',
        '/prox',
        '/prox?x=1',
      ),
      { method: 'POST', target: '/?a=x' },
      {
        target: '/',
        headers: [
          ['Host', 'a'],
          ['Cookie', 'z=1; ID=42; y=2'],
        ],
      },
    ],
  },
  {
    name: 'captures: of locations, rewrites, ifs, named, escaped and not',
    site: `server { listen $LISTEN; server_name ~^(?<sub>[a-z]+)\\.cap\\.example$;
      location ~ ^/loc/(\\w+)/(.*)$ { return 200 "$1|$2|$sub"; }
      location ~ ^/two/(.*)$ { set $before $1; if ($arg_a ~ (.*)) { set $in $1; } set $after $1; return 200 "$before|$in|$after|$1"; }
      location ~ ^/fail/(.*)$ { if ($arg_a ~ nomatch) { } set $x "<$1>"; return 200 $x; }
      location ~ ^/rw/(.*)$ { rewrite ^/rw/(.)(.*)$ /rw2/$2?c=$1; set $y "$1"; return 200 "$uri|$args|$y"; }
      location ~ ^/noc/ { if ($uri ~ noc) { set $z "[$1]"; } return 200 "$z"; }
      location ~ "^/(?P<year>\\d{4})/(?'month'\\d{2})$" { return 200 "$year-$month"; }
      location ~ ^/opt/(a)?(b)?$ { return 200 "[$1][$2]"; }
    }`,
    requests: [
      ...[
        '/loc/a/b%20c',
        '/two/x%20y?a=p%20q',
        '/two/x',
        '/fail/q%20w?a=1',
        '/rw/abc%20d',
        '/rw/abcd',
        '/noc/x',
        '/2024/05',
        '/opt/',
        '/opt/a',
        '/opt/b',
        '/opt/ab',
        '/two/+?a=+',
      ].map((target) => ({ target, headers: [['Host', 'www.cap.example']] as const })),
      ...get('/loc/a/b'),
    ],
  },
  {
    name: 'set, $args, and variables that are read again',
    site: `server { listen $LISTEN;
      location /args { set $args "a=1&b=2"; return 200 "$args|$arg_b|$is_args|$query_string|$request_uri"; }
      location /argsp { set $args "n=1"; proxy_pass http://$A; }
      location /argsu { set $args "n=1"; proxy_pass http://$A/x; }
      location /clear { set $args ""; proxy_pass http://$A/x; }
      location /late { set $saved $uri; rewrite ^ /elsewhere break; return 200 "$saved|$uri|$document_uri"; }
      location /never { return 200 "[$neverset]"; }
      location /other { set $neverset x; return 200 $neverset; }
      location /http { set $http_x_made "made"; return 200 "$http_x_made"; }
      location /dollar { set $d "\${arg_a}b$arg_a"; return 200 "$d-\${d}x"; }
    }`,
    requests: get('/args?z', '/argsp?z', '/argsu?z', '/clear?z', '/late?q', '/never', '/other', '/http', '/dollar?a=1'),
  },
]
