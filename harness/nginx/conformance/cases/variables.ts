import { createHash } from 'node:crypto'
import type { Header } from '../../../chain/message.ts'
import { answer, type ConformanceCase, get } from '../case.ts'

/** map, geo and nginx's own variables. */
export const VARIABLES: readonly ConformanceCase[] = [
  {
    name: '$sent_http_NAME and $upstream_cookie_NAME',
    site: `server { listen $LISTEN; keepalive_timeout 75 9;
      add_header X-Sent "$sent_http_content_type|$sent_http_content_length|$sent_http_location|$sent_http_last_modified|$sent_http_connection|$sent_http_keep_alive|$sent_http_cache_control|$sent_http_x_own|$sent_http_set_cookie|$sent_http_etag" always;
      add_header X-Cookies "$upstream_cookie_a|$upstream_cookie_b|$upstream_cookie_Long|$upstream_cookie_none" always;
      location / { proxy_pass http://$A; }
      location /own { charset utf-8; default_type text/html; return 200 own; }
      location /moved { return 302 /there; }
      location /error { return 404; }
      location /files/ { alias $FILES/; }
      location /set { set $sent_http_x_set one; return 200 "$sent_http_x_set"; }
    }`,
    files: { 'a.txt': 'text' },
    requests: [
      ...get('/own', '/moved', '/error', '/files/a.txt', '/set'),
      { target: '/own', httpVersion: '1.0', headers: [['Host', 'a']] },
      {
        target: '/',
        upstream: [
          answer(200, [
            ['Content-Type', 'text/css'],
            ['X-Own', 'one'],
            ['X-Own', 'two'],
            ['Cache-Control', 'no-cache'],
            ['Cache-Control', 'private'],
            ['Last-Modified', 'Thu, 29 Feb 2024 12:30:45 GMT'],
            ['Set-Cookie', 'aa=no'],
            ['Set-Cookie', 'A = one ; Path=/'],
            ['Set-Cookie', 'a=two'],
            ['Set-Cookie', 'b'],
            ['Set-Cookie', 'b=;x'],
            ['Set-Cookie', 'LONG=x=y; b=z'],
          ]),
        ],
      },
      { target: '/', upstream: [answer(301, [['Location', '/x']])] },
    ],
  },
  {
    name: 'names that only look as if nginx had taken them, and names of its own that may change',
    site: `map $uri $upstream_http_x { default mapped; }
    server { listen $LISTEN; set $upstream_app $A; set $ssl_target t; set $uid_x u;
      location / { proxy_set_header X-Own "$ssl_target$uid_x"; proxy_pass http://$upstream_app; }
      location /host { set $proxy_host other.example; proxy_pass http://$A; }
      location /port { set $proxy_port 9; proxy_set_header X-Port $proxy_port; proxy_pass http://$A; }
      location /rate { set $limit_rate 100k; return 200 rate; }
      location /prefix { if ($arg_set) { set $http_y set; set $cookie_z set; } return 200 "$http_y $cookie_z $upstream_http_x"; }
      location ~ ^/group/(?<upstream_group>.) { return 200 $upstream_group; }
      location /auth { auth_request_set $user $upstream_http_x_user; proxy_set_header X-User "[$user]"; proxy_pass http://$A; }
    }`,
    requests: [
      ...get('/', '/host', '/port', '/rate', '/group/a', '/auth'),
      ...['/prefix', '/prefix?set=1'].map((target) => ({
        target,
        headers: [
          ['Host', 'a'],
          ['Y', 'y'],
          ['Cookie', 'z=z'],
        ] as Header[],
      })),
    ],
  },
  {
    name: 'variables of what is not there: TLS, HTTP/2, a cache',
    site: `server { listen $LISTEN; return 200 "[$ssl_early_data][$ssl_protocol][$ssl_client_verify][$realip_remote_addr][$pipe][$http2][$request_completion][$upstream_cache_status]"; }`,
    requests: get('/'),
  },
  {
    name: 'map: exact, wildcards, regular expressions, defaults',
    site: `map $arg_k $plain { default d; "" empty; a A; B b-lower; ~^re(.)$ "re-$1"; ~*^RI(?<named>.)$ "ri-$named"; \\~x tilde; \\default word; $ dollar; }
    map $http_host $hostmap { hostnames; default none; .dot.example dot; *.w.example w; *.x.w.example xw; m.* m; exact.example exact; }
    map $plain $twice { A "from $plain"; default "other $uri"; }
    map "$arg_k:$arg_l" $pair { "a:b" ab; default ""; }
    map $uri $byuri { ~^/v/(\\d+)$ v$1; default nouri; }
    map $uri $vol { volatile; default $uri; }
    map $uri $cached { default $uri; }
    server { listen $LISTEN; location / { return 200 "$plain|$hostmap|$twice|$pair|$byuri"; } location /c { set $t "$vol$cached"; rewrite ^ /moved; return 200 "$t|$vol|$cached|$uri"; } }`.replace(
      ' $ dollar;',
      '',
    ),
    requests: [
      ...get(
        '/',
        '/?k=',
        '/?k=a',
        '/?k=A',
        '/?k=b',
        '/?k=re1',
        '/?k=RE1',
        '/?k=ri2',
        '/?k=~x',
        '/?k=default',
        '/?k=a&l=b',
        '/v/12',
        '/v/x',
        '/c',
        '/?k=zzz',
      ),
      ...[
        'dot.example',
        'a.dot.example',
        'a.w.example',
        'a.x.w.example',
        'w.example',
        'm.a',
        'm.',
        'exact.example',
        'EXACT.example',
        'exact.example.',
        'other',
        'a.dot.example.',
      ].map((host) => ({ target: '/', headers: [['Host', host]] as Header[] })),
    ],
  },
  {
    name: 'map decides the upstream and the headers',
    site: `map $cookie_stage $pool { default $A; ~^b $B; c $C; } map $http_x_mode $mode { default ""; ~. on; }
    server { listen $LISTEN; location / { proxy_pass http://$pool; proxy_set_header X-Mode $mode; proxy_set_header X-Pool $pool; } }`,
    requests: [
      ['X-A', 'b'],
      ['Cookie', 'stage=blue'],
      ['Cookie', 'a=1; stage=c'],
      ['X-Mode', 'z'],
    ].map(([name = '', value = '']) => ({
      target: '/q%20r?s',
      headers: [
        ['Host', 'a'],
        [name, value],
      ],
    })),
  },
  {
    name: 'geo',
    site: `geo $where { default far; 127.0.0.0/8 near; 127.0.0.1 here; 10.0.0.0/8 inside; 2001:db8::/32 six; } geo $arg_ip $ip { default none; 10.0.0.0/8 ten; 10.1.0.0/16 tenone; 0.0.0.0/0 any; 255.255.255.255 bad; }
    server { listen $LISTEN; location / { return 200 "$where|$ip"; } }`,
    requests: get('/', '/?ip=10.2.3.4', '/?ip=10.1.2.3', '/?ip=8.8.8.8', '/?ip=nonsense', '/?ip=2001:db8::1'),
  },
  {
    name: 'geo: networks of both families, deleted ones, and addresses that are none',
    site: `geo $arg_ip $net { default none; 10.0.0.0/8 ten; 10.1.0.0/16 gone; delete 10.1.0.0/16; 10.2.3.4/16 low;
        10.0.0.0/8 again; 2001:db8::/32 six; 2001:db8:1::/48 longer; ::ffff:1.2.3.0/120 mapped; 1.2.3.0/24 plain;
        255.255.255.255 highest; 010.9.0.0/16 zeros; }
    geo $arg_ip $bare { 10.0.0.0/8 ten; } geo $nothing $from_nothing { default d; 255.255.255.255 highest; } map $uri $nothing { default ""; }
    server { listen $LISTEN; location / { return 200 "$net|$bare|$from_nothing"; } }`,
    requests: get(
      ...[
        '10.1.1.1',
        '10.2.9.9',
        '10.3.0.1',
        '2001:db8::1',
        '2001:db8:1::1',
        '2001:db9::1',
        '::ffff:1.2.3.4',
        '1.2.3.4',
      ],
      ...['255.255.255.255', '10.1', 'nonsense', '', '10.9.1.1', '010.2.0.1', '::', '::1.2.3.4', '10.1.1.1:80'],
    ).map(({ target }) => ({ target: `/?ip=${target}` })),
  },
  {
    name: 'geo: ranges',
    site: `geo $arg_ip $range { ranges; default none; 10.0.0.0-10.0.255.255 page; 10.0.1.0-10.0.1.9 inner; 10.0.1.0-10.0.1.4 first;
        10.0.1.8-10.0.1.9 last; 10.0.2.0-10.3.0.7 long; 10.0.3.0-10.0.3.0 gone; delete 10.0.3.0-10.0.3.0; delete 10.0.9.0-10.0.9.1;
        192.168.0.0-192.168.0.9 old; 192.168.0.0-192.168.0.9 new; 255.255.255.0-255.255.255.254 high; }
    geo $arg_ip $bare { ranges; 10.0.0.0-10.0.0.9 some; }
    server { listen $LISTEN; location / { return 200 "$range|$bare"; } }`,
    requests: get(
      ...['10.0.0.0', '10.0.0.9', '10.0.0.10', '10.0.1.0', '10.0.1.4', '10.0.1.5', '10.0.1.7', '10.0.1.9', '10.0.1.10'],
      ...[
        '10.0.2.0',
        '10.2.9.9',
        '10.3.0.7',
        '10.3.0.8',
        '10.0.3.0',
        '192.168.0.5',
        '255.255.255.1',
        '255.255.255.255',
      ],
      ...['::ffff:10.0.0.1', '2001:db8::1', 'nonsense'],
    ).map(({ target }) => ({ target: `/?ip=${target}` })),
  },
  {
    name: 'geo: what a trusted proxy says of the client',
    site: `geo $last { proxy 127.0.0.0/8; default none; 10.0.0.0/8 ten; 192.0.2.0/24 far; 127.0.0.0/8 near; }
    geo $all { proxy 127.0.0.1; proxy 10.0.0.0/8; proxy_recursive; default none; 10.0.0.0/8 ten; 192.0.2.0/24 far; 127.0.0.0/8 near; }
    geo $arg_ip $other { proxy 10.0.0.0/8; default none; 192.0.2.0/24 far; 10.0.0.0/8 ten; 203.0.113.0/24 third; }
    server { listen $LISTEN; location / { return 200 "$last|$all|$other"; } }`,
    requests: [
      [],
      ['192.0.2.1'],
      ['192.0.2.1, 10.0.0.1'],
      ['192.0.2.1, 10.0.0.1, 10.0.0.2'],
      ['192.0.2.1', '10.0.0.1'],
      ['10.0.0.1', '203.0.113.1'],
      ['nonsense'],
      ['192.0.2.1:80'],
      ['192.0.2.1, '],
    ].flatMap((lines) =>
      ['/', '/?ip=10.1.1.1', '/?ip=203.0.113.9'].map((target) => ({
        target,
        headers: [['Host', 'a'] as const, ...lines.map((line) => ['X-Forwarded-For', line] as const)],
      })),
    ),
  },
  {
    name: 'map: hostnames count from their line on, and backslashes take meanings away',
    site: `map $arg_h $m { *.early e; hostnames; *.late l; .dot d; tail.* t; \\default x; \\volatile v; \\*.back b; "" empty; ~(?<n>\\d)$ "[$n]"; default none; }
    map $arg_h $loud { volatile; default $arg_h; }
    server { listen $LISTEN; location / { set $args "$args&"; return 200 "$m|$n|$loud"; } }`,
    requests: get(
      ...[
        'a.early',
        '*.early',
        'a.late',
        'b.a.late',
        'late',
        'dot',
        'a.dot',
        'a.dot.',
        'tail.x',
        'tail.',
        'default',
        'DEFAULT',
      ],
      ...['volatile', 'hostnames', 'a.back', '', '.', 'x7', '7.', '~x'],
    ).map(({ target }) => ({ target: `/?h=${target}` })),
  },
  {
    name: 'valid_referers',
    site: `server { listen $LISTEN; server_name own.example *.own.example ~^re[0-9]+\\.example$;
      valid_referers ~around;
      location /all { valid_referers none blocked server_names *.wild.example tail.* .dot.example www.example/galleries/ ~\\.google\\. ~^x; return 200 "[$invalid_referer]"; }
      location /some { valid_referers a.example; return 200 "[$invalid_referer]"; }
      location /patterns { valid_referers ~^a\\.(b|c)/; return 200 "[$invalid_referer]"; }
      location /inherits { return 200 "[$invalid_referer]"; }
      location /if { valid_referers none a.example; if ($invalid_referer) { return 403; } return 200 ok; } }
    server { listen $LISTEN; server_name none.example; location / { return 200 "[$invalid_referer]"; } }`,
    requests: ['/all', '/some', '/patterns', '/inherits', '/if'].flatMap((target) =>
      [
        ...[
          null,
          '',
          'x',
          'http://',
          'http://i.r',
          'http://own.example',
          'https://OWN.example:81/x',
          'ftp://own.example/',
        ],
        ...[
          'http://a.own.example/',
          'http://re12.example/',
          'http://re.example/',
          'http://a.wild.example',
          'http://wild.example',
        ],
        ...[
          'http://tail.com',
          'http://dot.example/',
          'http://a.b.dot.example/',
          'http://www.example/',
          'http://a.example',
        ],
        ...[
          'http://www.example:80/galleries/x',
          'http://www.example/Galleries/',
          'http://www.google.com/',
          'http://xyz.example',
        ],
        ...[
          'http://a.b/',
          'http://A.c/d',
          'http://a.d/',
          'http://go.around',
          `http://${'n'.repeat(257)}`,
          'http:///own.example',
        ],
      ].map((referer) => ({
        target,
        headers: [['Host', 'own.example'] as const, ...(referer === null ? [] : [['Referer', referer] as const])],
      })),
    ),
  },
  {
    name: 'variables of the PROXY protocol on a listener without it',
    site: `map $proxy_protocol_addr $from { "" direct; default proxied; }
    server { listen $LISTEN; location / { return 200 "[$proxy_protocol_addr][$proxy_protocol_port][$proxy_protocol_server_addr][$proxy_protocol_server_port]$from"; } }`,
    requests: get('/'),
  },
  {
    name: 'secure_link',
    site: `server { listen $LISTEN; location / { secure_link $arg_md5,$arg_expires; secure_link_md5 "$arg_expires$uri secret";
        location /plain { secure_link $arg_md5; secure_link_md5 "$uri secret"; return 200 "[$secure_link][$secure_link_expires]"; }
        location /half { secure_link_md5 x; return 200 "[$secure_link][$secure_link_expires]"; }
        location /old/ { secure_link_secret word; return 200 "[$secure_link][$secure_link_expires]"; }
        location /if { if ($secure_link = "") { return 403; } if ($secure_link = "0") { return 410; } return 200 ok; }
        return 200 "[$secure_link_expires][$secure_link][$secure_link_expires]"; } }`,
    requests: [
      ...['/a', '/if', '/half'].flatMap((path) =>
        ['2147483647', '1', '0', '', 'x', '-1', '9223372036854775808', '2147483647,1'].map(
          (expires) => `${path}?md5=${checksum(`${expires}${path} secret`, 'base64url')}&expires=${expires}`,
        ),
      ),
      ...[
        '',
        'AAAAAAAAAAAAAAAAAAAAAA',
        checksum('/plain secret', 'base64url'),
        `${checksum('/plain secret', 'base64url')}==`,
      ].map((md5) => `/plain?md5=${md5}`),
      `/plain?md5=${checksum('/plain secret', 'base64')}`,
      `/plain?md5=${checksum('/plain secret', 'base64url')}x`,
      `/a?md5=${checksum('5/a secret', 'base64url')}`,
      ...['a/b', 'a/b?c=d', 'a%20b'].map((link) => `/old/${checksum(`${link}word`, 'hex')}/${link}`),
      `/old/${checksum('aword', 'hex').toUpperCase()}/a`,
      ...['/old/', '/old/x/a', `/old/${checksum('word', 'hex')}/`, `/old/${checksum('bword', 'hex')}/a`],
    ].map((target) => ({ target })),
  },
  {
    name: 'modern and ancient browsers',
    site: `server { listen $LISTEN;
      location /listed { modern_browser msie 5.5; modern_browser gecko 1.0.0; modern_browser safari 413; modern_browser Konqueror 3.4;
        ancient_browser Links; modern_browser_value m; ancient_browser_value a; return 200 "[$modern_browser][$ancient_browser][$msie]"; }
      location /unlisted { modern_browser opera 9.0; modern_browser unlisted; ancient_browser Links Lynx netscape4;
        return 200 "[$modern_browser][$ancient_browser]"; }
      location /none { return 200 "[$modern_browser][$ancient_browser]"; }
      location /changed { modern_browser unlisted; location /changed/in { ancient_browser Links; return 200 "[$modern_browser]"; } } }`,
    requests: ['/listed', '/unlisted', '/none', '/changed/in'].flatMap((target) =>
      [
        ...[
          null,
          '',
          'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)',
          'Mozilla/4.0 (compatible; MSIE 5.0; Windows)',
        ],
        ...[
          'Mozilla/4.0 (compatible; MSIE 6.0; X11) Opera 7.50  [en]',
          'Opera/9.01 (X11)',
          'Opera/8.9',
          'Opera',
          'Opera/',
        ],
        ...[
          'Mozilla/5.0 (X11; U; Linux; rv:1.0.0) Gecko',
          'Mozilla/5.0 (X11; rv:0.9.9) Gecko',
          'Mozilla/5.0 (X11; rv:',
        ],
        ...[
          'Mozilla/5.0 (Macintosh) AppleWebKit/418.8 (KHTML, like Gecko) Safari/419.3',
          'Mozilla/5.0 (M) Safari/412.9.9',
        ],
        ...[
          'Mozilla/5.0 (compatible; Konqueror/3.4; Linux)',
          'Mozilla/5.0 (compatible; Konqueror/3.3.9)',
          'MSIE 9.0',
          'MSIE ',
        ],
        ...['Links (2.1)', 'Lynx/2', 'Mozilla/4.72 [en] (X11)', 'Mozilla/4.72', 'Mozilla/6.0 (something)', 'curl/8'],
      ].map((agent) => ({
        target,
        headers: [['Host', 'a'] as const, ...(agent === null ? [] : [['User-Agent', agent] as const])],
      })),
    ),
  },
  {
    name: "nginx's own",
    site: `server { listen $LISTEN; server_name own.example other;
      location / { return 200 "$server_name|$server_port|$server_addr|$server_protocol|$scheme|$https|$remote_addr|$request_method|$request|$content_length|$content_type|$http_host|$http_user_agent|$http_x_y|$http_cookie|$cookie_a|$arg_a|$arg_A|$http_via|$http_referer|$nginx_version|$is_args|$query_string|$document_uri|$proxy_host|$proxy_add_x_forwarded_for|$status|$http_x_forwarded_for"; }
    }`,
    requests: [
      ...get('/', '/?a=1&a=2', '/?A=1', '/?xa=1&a=3', '/?a', '/?a=', '/?b=a=1', '/?&a=x&', '/?a%3D1'),
      {
        target: '/',
        headers: [
          ['Host', 'own.example:1'],
          ['User-Agent', 'u'],
          ['X-Y', 'one'],
          ['x-y', 'two'],
          ['Cookie', 'b=2;a=1'],
          ['Cookie', 'a=9'],
          ['Via', 'v'],
          ['Referer', 'r'],
          ['X-Forwarded-For', 'f'],
          ['Content-Type', 't'],
        ],
      },
      {
        target: '/',
        headers: [
          ['Host', 'x'],
          ['Cookie', 'aa=1; a = sp ; b'],
          ['X-Forwarded-For', ''],
          ['X_Y', 'u'],
        ],
      },
      {
        target: '/',
        headers: [
          ['Host', 'x'],
          ['Cookie', 'a=1,b=2'],
        ],
      },
      {
        target: '/',
        headers: [
          ['Host', 'x'],
          ['Cookie', 'x="a=1"; A=upper'],
        ],
      },
      { method: 'POST', target: '/', body: 'four' },
      {
        method: 'POST',
        target: '/',
        headers: [
          ['Host', 'x'],
          ['Transfer-Encoding', 'chunked'],
        ],
        body: 'four',
      },
      { target: '/', httpVersion: '1.0', headers: [] },
    ],
  },
  {
    name: 'split_clients',
    site: `split_clients "$arg_k" $half { 50% a; * b; } split_clients "$arg_k-x" $thirds { 33.33% one; 33.3% two; 0.5% three; * ""; } split_clients $uri $some { 10% ten; 20% twenty; }
    server { listen $LISTEN; location / { return 200 "$half|$thirds|$some"; } location /p { proxy_pass http://$A; proxy_set_header X-Half $half; } }`,
    requests: get(
      ...Array.from({ length: 40 }, (_, n) => `/${n}?k=${'user-'.slice(0, n % 6)}${n * 37}`),
      '/p?k=1',
      '/p',
    ),
  },
  {
    name: 'the real client behind trusted proxies',
    site: `geo $where { default out; 10.0.0.0/8 in; } server { listen $LISTEN;
      set_real_ip_from 127.0.0.1; set_real_ip_from 192.168.0.0/16; set_real_ip_from 2001:db8::/32;
      location /x { return 200 "$remote_addr|$remote_port|$where"; }
      location /f { real_ip_header X-Forwarded-For; proxy_pass http://$A; proxy_set_header X-R "$remote_addr|$proxy_add_x_forwarded_for"; }
      location /d { allow 10.0.0.0/8; deny all; proxy_pass http://$A; } }
    server { listen $LISTEN; server_name f; set_real_ip_from 127.0.0.1; set_real_ip_from 192.168.0.0/16; real_ip_header X-Forwarded-For; location / { return 200 "$remote_addr|$remote_port|$where"; } }
    server { listen $LISTEN; server_name r; set_real_ip_from 127.0.0.1; set_real_ip_from 192.168.0.0/16; real_ip_header X-Forwarded-For; real_ip_recursive on; location / { return 200 "$remote_addr|$where"; } }
    server { listen $LISTEN; server_name n; set_real_ip_from 10.0.0.1; location / { return 200 "trusted"; } }
    server { listen $LISTEN; server_name c; set_real_ip_from 0.0.0.0/0; real_ip_header CF-Connecting-IP; location / { return 200 "$remote_addr"; } }`,
    requests: [
      ...['/x', '/f', '/d'].flatMap((target) =>
        ['10.1.2.3', '10.1.2.3:44', 'junk', '', '[2001:db8::1]:5', '2001:db8::7', '300.1.1.1', '1.2.3.4, 10.0.0.9'].map(
          (ip) => ({
            target,
            headers: [
              ['Host', 'a'],
              ['X-Real-IP', ip],
              ['X-Forwarded-For', ip],
            ] as const,
          }),
        ),
      ),
      ...['f', 'r', 'n', 'c'].flatMap((host) =>
        [
          ['1.1.1.1'],
          ['1.1.1.1, 192.168.0.1'],
          ['9.9.9.9,1.1.1.1 , 192.168.0.1, 192.168.0.2'],
          ['1.1.1.1', '192.168.0.1'],
          ['1.1.1.1', '2.2.2.2'],
          ['junk, 192.168.0.1'],
          ['192.168.0.1'],
          ['192.168.0.1, '],
          [' ,'],
          ['junk'],
          ['junk', '192.168.0.1'],
        ].map((lines) => ({
          target: '/',
          headers: [
            ['Host', host],
            ['CF-Connecting-IP', '7.7.7.7'],
            ...lines.map((line) => ['X-Forwarded-For', line] as const),
          ] as const,
        })),
      ),
    ],
  },
]

function checksum(text: string, digits: 'base64' | 'base64url' | 'hex'): string {
  return createHash('md5').update(text).digest(digits)
}
