import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { describeTier } from '../vitest/describe-tier.ts'
import { type Complaint, judge, judgeWhole } from './conformance/nginx-judge.ts'
import { loadSiteFile } from './load-site-file.ts'

const inServer = (...lines: string[]) => ['server {', ...lines, '}'].join('\n')
const inLocation = (...lines: string[]) => inServer('location / {', ...lines, '}')
const inUpstream = (...lines: string[]) => ['upstream u {', 'server 127.0.0.1;', ...lines, '}'].join('\n')
const long = 'x'.repeat(4095)

const SITES: Readonly<Record<string, readonly string[]>> = {
  words: [
    '',
    ' \t\r\n',
    '# only a comment',
    inServer(`server_name "a b" 'c d';`),
    inServer(String.raw`server_name "a\"b" 'c\'d' "e\\f" g\;h;`),
    inServer('server_name a#b; # c'),
    inServer('server_name a}b;'),
    inServer(`return 200 \${uri};`),
    inServer(`return 200 \${uri}x{;`, '}'),
    inServer(`return 200 "\${uri}{";`),
    inServer('return 200 "a', 'b";'),
    inServer('server_name "a"b;'),
    inServer('server_name "a"#b;'),
    inServer('server_name "a"', ';'),
    inServer('if ($uri = "a") { return 204; }'),
    inServer('if ($uri = "a"){ return 204; }'),
    inServer('server_name "a;'),
    inServer("server_name 'a;"),
    inServer('server_name a\\'),
    inServer(`server_name ${long};`),
    inServer(`server_name ${long}x;`),
    inServer(`server_name "${long.slice(2)}";`),
    inServer(`server_name "${long}x";`),
    inServer(`server_name "${long}${long}`, 'x'),
    `#${long.slice(1)}\n${inServer()}`,
    `#${long}\n${inServer()}`,
    `#${long}${long}`,
    inServer(`server_name abcdefghij${'é'.repeat(2048)};`),
    inServer(`server_name abcdefghij${'é'.repeat(2042)};`),
    inServer('listen 8080;').replaceAll('\n', '\r\n'),
    `\uFEFF${inServer()}`,
    inServer('root /a\0b;'),
  ],
  blocks: [
    'server { }',
    'server { } }',
    'server {',
    'server { location / {',
    'server { listen 80',
    'server { listen 80 }',
    'server { listen 80; # }',
    ';',
    '{',
    'server { ; }',
    'server { { } }',
    'server { location /a; { } }',
    'server;',
    'server { listen 80 { } }',
    'server { location / ; }',
    'upstream u;',
    'map $uri $a;',
    'map_hash_max_size 64 { }',
    inLocation('proxy_set_header A b', 'proxy_set_header C d;'),
    inLocation('if ($uri) return 204;'),
    inLocation('limit_except GET;'),
  ],
  'unknown directives': [
    'sever { }',
    inServer('proxy_pas http://127.0.0.1;'),
    inLocation('proxy_pass_headers on;'),
    inLocation('"" x;'),
    inLocation('Proxy_Buffering on;'),
    inUpstream('weight 2;'),
    inServer('code_cache on;'),
  ],
  contexts: [
    'location / { }',
    'listen 80;',
    'worker_processes 2;',
    'user www-data;',
    'worker_connections 9;',
    'proxy_pass http://127.0.0.1;',
    inServer('server { }'),
    inServer('upstream u { server 127.0.0.1; }'),
    inServer('proxy_pass http://127.0.0.1;'),
    inServer('map $uri $a { }'),
    inServer('if ($uri) { proxy_pass http://127.0.0.1; }'),
    inServer('if ($uri) { if ($uri) { } }'),
    inServer('if ($uri) { location / { } }'),
    inServer('alias /a;'),
    inServer('internal;'),
    inLocation('listen 80;'),
    inLocation('server_name a;'),
    inLocation('merge_slashes off;'),
    inLocation('keepalive 4;'),
    inLocation('if ($uri) { proxy_set_header A b; }'),
    inLocation('if ($uri) { try_files a b; }'),
    inLocation('limit_except GET { return 403; }'),
    inLocation('limit_except GET { proxy_pass http://127.0.0.1; }'),
    inUpstream('listen 80;'),
    inUpstream('proxy_pass http://127.0.0.1;'),
    inUpstream('keepalive 4;', 'keepalive_timeout 5s;'),
  ],
  'argument counts': [
    inServer('listen;'),
    inServer('server_name;'),
    inServer('merge_slashes on off;'),
    inServer('location { }'),
    inServer('location ~ a b { }'),
    inServer('return;'),
    inServer('return 200 a b;'),
    inServer('rewrite a;'),
    inServer('set $a;'),
    inServer('break now;'),
    inServer('try_files /a;'),
    inServer('error_page 404;'),
    inServer('client_max_body_size 1m 2m;'),
    inLocation('proxy_pass;'),
    inLocation('proxy_pass http://127.0.0.1 http://127.0.0.2;'),
    inLocation('proxy_set_header Host;'),
    inLocation('proxy_set_header Host $host extra;'),
    inLocation('proxy_buffers 8;'),
    inLocation('internal now;'),
    inLocation('if { }'),
    'upstream { }',
    'upstream a b { }',
    'map $uri { }',
    'include a b;',
    'types a { }',
  ],
  flags: [
    inServer('merge_slashes yes;'),
    inServer('merge_slashes ON;'),
    inServer('merge_slashes "off";'),
    inLocation('proxy_buffering 1;'),
    'gzip true;',
    'ssl_prefer_server_ciphers On;',
  ],
  'sizes, times, numbers and words': [
    'client_max_body_size 10m;',
    'client_max_body_size 1G;',
    'client_max_body_size 10mb;',
    'client_max_body_size -1;',
    'client_max_body_size 0;',
    'client_max_body_size "";',
    'client_max_body_size 99999999999999999999;',
    'client_body_buffer_size 1g;',
    'client_body_buffer_size 16K;',
    'proxy_read_timeout 60;',
    'proxy_read_timeout 1m30s;',
    'proxy_read_timeout 30s1m;',
    'proxy_read_timeout "1m 30s";',
    'proxy_read_timeout "1m 30";',
    'proxy_read_timeout 500ms;',
    'proxy_read_timeout 1s500ms;',
    'proxy_read_timeout 1.5s;',
    'proxy_read_timeout 1h1h;',
    'proxy_read_timeout 2w1d;',
    'proxy_read_timeout 1M;',
    'proxy_read_timeout 1y;',
    'proxy_read_timeout s;',
    'proxy_read_timeout forever;',
    'open_file_cache_valid 1y;',
    'open_file_cache_valid 500ms;',
    'proxy_next_upstream_tries two;',
    'gzip_comp_level 10;',
    'gzip_comp_level 9;',
    'proxy_buffers 8 x;',
    'proxy_buffers 0 8k;',
    'proxy_http_version 2;',
    'proxy_http_version 1.1;',
    'server_tokens maybe;',
    'server_tokens build;',
    'proxy_next_upstream error timeout http_502;',
    'proxy_next_upstream error http_418;',
    'ssl_protocols TLSv1.2 TLSv1.9;',
    'satisfy some;',
  ],
  duplicates: [
    inServer('merge_slashes on;', 'merge_slashes on;'),
    inServer('client_max_body_size 1m;', 'client_max_body_size 2m;'),
    inServer('root /a;', 'root /b;'),
    inLocation('root /a;', 'alias /b;'),
    inLocation('alias /a;', 'root /b;'),
    inLocation('proxy_pass http://127.0.0.1;', 'proxy_pass http://127.0.0.2;'),
    inLocation('proxy_http_version 1.1;', 'proxy_http_version 1.0;'),
    inLocation('proxy_set_header A b;', 'proxy_set_header A c;'),
    inLocation('internal;', 'internal;'),
    inLocation('limit_except GET { deny all; }', 'limit_except GET { deny all; }'),
    inServer('server_name a;', 'server_name b;'),
    inServer('client_max_body_size 1m;', 'location / { client_max_body_size 2m; }'),
    inServer('return 204;', 'return 204;'),
    'gzip on;\ngzip off;',
    'log_format a b;\nlog_format a c;',
    'resolver 127.0.0.1;\nresolver 127.0.0.1;',
  ],
  'lines of map, geo, types and the like': [
    'map $uri $a { hostnames; volatile; default 1; a 2; ~^/b 3; }',
    'map $uri $a { a; }',
    'map $uri $a { a b c; }',
    'map $uri $a { a 1; A 2; }',
    String.raw`map $uri $a { a 1; \a 2; }`,
    'map $uri $a { default 1; default 2; }',
    'map $uri $a { a { } }',
    'map $uri $a { listen 80; }',
    'map $uri $a { hostnames; *.a 1; a.* 2; .b 3; }',
    'map $uri $a { hostnames; *a 1; }',
    'map $uri $a { hostnames; a..b 1; }',
    'map $uri $a { *a 1; hostnames; }',
    'geo $a { default 0; 10.0.0.0/8 1; 192.168.1.1 2; fd00::/8 3; }',
    'geo $a { 10.0.0.0/33 1; }',
    'geo $a { localhost 1; }',
    'geo $a { a; }',
    'geo $a { ranges; 10.0.0.0-10.0.0.9 1; }',
    'geo $a { ranges; 10.0.0.0/8 1; }',
    'geo $a { default 0; ranges; }',
    'geo $a { proxy 10.0.0.1; ranges; 10.0.0.1-10.0.0.2 1; }',
    'geo $a { ranges; ranges; default 1; }',
    'geo $a { ranges; 10.0.0.9-10.0.0.1 1; }',
    'geo $a { ranges; 10.0.0.9-255.255.255.255 1; }',
    'geo $a { ranges; delete 10.0.0.9; }',
    'geo $a { ranges; 10.0.0.1-10.0.0.2 1; proxy a; }',
    'geo $a { volatile; }',
    'geo $a { proxy_recursive; proxy_recursive; }',
    'geo $a { 255.255.255.255 1; 255.255.255.255/32 1; }',
    'geo $a { 010.0.0.1 1; 1..2.3 1; }',
    'geo $a { 10.0.0.0/ 1; }',
    'geo $a { 2001:db8::/129 1; }',
    'split_clients $uri $a { 50% a; 0.5% b; * c; }',
    'split_clients $uri $a { 50% a; 51% b; }',
    'split_clients $uri $a { half a; }',
    'types { text/html html htm; a; }',
    'types { text/html { } }',
  ],
  'arguments of accepted directives': [
    'access_log off extra;',
    'access_log /dev/null combined buffer=32k flush=5s;',
    'access_log /dev/null combined flush=5s;',
    'access_log /dev/null combined colour=red;',
    'error_log /dev/null warn;',
    'error_log /dev/null loud;',
    'error_log /dev/null warn crit;',
    'log_format a escape=json $uri;',
    'log_format a escape=xml $uri;',
    'keepalive_timeout 65 60;',
    'keepalive_timeout 65 x;',
    'open_file_cache max=100 inactive=20s;',
    'open_file_cache inactive=20s;',
    'open_file_cache max=0;',
    'ssl_session_cache shared:SSL:10m;',
    'ssl_session_cache shared:SSL;',
    'ssl_session_cache shared:SSL:1k;',
    'aio on;',
    'aio threads;',
    'gzip_window 3k;',
    'limit_rate 1x;',
    inServer('resolver 127.0.0.1 [::1]:53 valid=30s ipv6=off;'),
    inServer('resolver localhost;'),
    inServer('resolver valid=30s;'),
    inServer('resolver 127.0.0.1 valid=x;'),
    inServer('resolver 127.0.0.1 ipv6=maybe;'),
    inServer('resolver 127.0.0.1:0;'),
    inServer('resolver 10.0.0.0/8;'),
    inUpstream('keepalive 0;'),
    inUpstream('zone z 1k;'),
    inUpstream('zone z 64k;'),
    inLocation('allow 10.0.0.0/8;', 'deny all;'),
    inLocation('deny 10.0.0;'),
    inLocation('add_header A b never;'),
    inLocation('expires soon;'),
    inLocation('expires -1;'),
    inLocation('limit_except FETCH { }'),
  ],
  'sizes that must fit each other': [
    inServer('proxy_buffer_size 16k;'),
    inServer('proxy_buffer_size 16k;', 'proxy_buffers 8 16k;'),
    inServer('proxy_buffers 1 8k;'),
    inServer('proxy_busy_buffers_size 1k;'),
    ...['fastcgi', 'uwsgi', 'scgi'].flatMap((protocol) => [
      inServer(`${protocol}_buffers 16 16k;`, `${protocol}_buffer_size 32k;`),
      inServer(`${protocol}_buffer_size 64k;`),
      inServer(`${protocol}_buffers 1 8k;`),
      inServer(`${protocol}_busy_buffers_size 1k;`),
      inServer(`${protocol}_temp_file_write_size 1k;`),
      inServer(`${protocol}_max_temp_file_size 1k;`),
      inServer(`${protocol}_max_temp_file_size 0;`),
      inServer(`${protocol}_cache_valid 200 302 10m;`),
      inServer(`${protocol}_cache_valid 10;`),
      inServer(`${protocol}_store_access user:rw group:r;`),
      inServer(`${protocol}_store_access user:x;`),
    ]),
    inServer('proxy_buffers 8 8k;', 'fastcgi_buffer_size 32k;'),
    inServer('proxy_cache_valid any 1m;'),
    inServer('proxy_cache_valid 20 1m;'),
    inServer('proxy_cache_valid 600 1m;'),
    inServer('proxy_cache_valid x 1m;'),
    inServer('proxy_cache_valid 200 x;'),
    inServer('proxy_cache_valid x;'),
    inServer('dav_access user:rw all:r;'),
    inServer('dav_access user;'),
    inServer('proxy_ssl_verify on;', 'proxy_ssl_ciphers none-such;', 'location / { proxy_pass http://127.0.0.1; }'),
    inServer('proxy_max_temp_file_size 0;'),
    inServer('proxy_max_temp_file_size 1k;'),
    inServer('large_client_header_buffers 4 256;'),
    inServer('proxy_buffers 4 16k;', 'location / { proxy_buffer_size 32k; }'),
  ],
  'sites as they are written': [
    `map $http_upgrade $connection_upgrade { default upgrade; '' close; }
upstream gateway { server 127.0.0.1:9000; keepalive 16; }
server {
  listen 8080 default_server;
  server_name flowmaster.example ~^(?<sub>\\w+)\\.example$;
  client_max_body_size 20m;
  location / { proxy_pass http://127.0.0.1:3000; proxy_set_header Host $host; }
  location /api/ {
    proxy_pass http://gateway;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_read_timeout 1m30s;
  }
  location /ws/ {
    proxy_pass http://127.0.0.1:9010;
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
  }
  location ~* "^/v[0-9]{1,2}/" { rewrite ^/v\\d+/(.*)$ /api/v1/$1 break; proxy_pass http://gateway; }
  location = /health { access_log off; return 200 "ok\\n"; }
  error_page 502 503 504 =503 @down;
  location @down { default_type application/json; return 503 '{"detail":"down"}'; }
}
`,
  ],
}

const INCLUDES: readonly [site: string, files: Readonly<Record<string, string>>][] = [
  ['include a.conf;', { 'a.conf': inServer() }],
  ['include ./a.conf;', { 'a.conf': inServer() }],
  ['include a.conf;', {}],
  ['include conf.d/*.conf;', {}],
  ['include conf.d/*.conf;', { 'conf.d/a.conf': inServer('listen 8080;'), 'conf.d/b.conf': inServer('bad;') }],
  ['include conf.d/[!a]*.conf;', { 'conf.d/a.conf': 'bad;' }],
  ['include conf.d/?.conf;', { 'conf.d/.conf': 'bad;', 'conf.d/ab.conf': 'bad;' }],
  [inServer('include a.conf;'), { 'a.conf': 'location / { }' }],
  [inServer('include a.conf;'), { 'a.conf': '# first\nlocation / {' }],
  [inServer('include a.conf;', 'location / { }'), { 'a.conf': '}' }],
  [inLocation('include a.conf;'), { 'a.conf': 'listen 80;' }],
  [inLocation('include a.conf;', 'gzip on;'), { 'a.conf': 'gzip on;' }],
  ['map $uri $a { include a.conf; }', { 'a.conf': 'a 1;\nb 2;' }],
  ['map $uri $a { include a.conf; }', { 'a.conf': 'a 1;\nb;' }],
  ['include a.conf;', { 'a.conf': 'include b.conf;', 'b.conf': 'include c.conf;' }],
  ['include "a b.conf";', { 'a b.conf': inServer() }],
  ['include a.conf { }', { 'a.conf': '' }],
]

const WHOLE: readonly [conf: string, files?: Readonly<Record<string, string>>][] = [
  ['events { }'],
  ['http { }'],
  ['events { }\nhttp { }\nhttp { }'],
  ['events { }\nevents { }'],
  ['events { }\nhttp { events { } }'],
  ['events { }\nserver { }'],
  ['events { }\ngzip on;\nhttp { }'],
  ['events { gzip on; }'],
  ['events { }\nhttp { worker_processes 1; }'],
  ['worker_processes x;\nevents { }'],
  ['worker_processes auto;\nevents { worker_connections 1024; use epoll; multi_accept on; accept_mutex off; }'],
  ['worker_processes 2;\nworker_processes 2;\nevents { }'],
  ['worker_processes auto 2;\nevents { }'],
  ['worker_rlimit_nofile 8192;\nworker_priority -5;\nworker_cpu_affinity auto;\npcre_jit on;\nevents { }'],
  ['worker_cpu_affinity 2;\nevents { }'],
  ['events { worker_connections 1k; }'],
  ['events { use select; }'],
  ['events { foo bar; }'],
  ['error_log stderr foo;\nevents { }'],
  ['error_log stderr warn;\nevents { }\nhttp { server { listen 8080; location / { return 204; } } }'],
  ['daemon off;\ndaemon off;\nevents { }'],
  ['events { }\nhttp {\n  server {\n    listn 80;\n  }\n}'],
  ['events { }\nhttp {\n  gzip on;\n  gzip off;\n}'],
  ['events { }\nhttp { proxy_buffers 2 4k; proxy_buffer_size 64k; }'],
  ['events { }\nhttp { include conf.d/*.conf; }', { 'conf.d/a.conf': inServer('listen 8080;') }],
  ['events { }\nhttp { include conf.d/*.conf; }', { 'conf.d/a.conf': 'events { }' }],
  ['include main.conf;\nevents { }', { 'main.conf': 'worker_processes 2;' }],
  ['include main.conf;\nevents { }', { 'main.conf': 'listen 80;' }],
]

await describeTier('nginx', 'what nginx -t says of a site file', () => {
  for (const [kind, sites] of Object.entries(SITES)) {
    test.for(sites.map((site) => [site]))(`${kind}: %j`, ([site = '']) => compare(site, {}))
  }
  test.for(INCLUDES)('includes: %j %j', ([site, files]) => compare(site, files))
  test.for(WHOLE)('a whole nginx.conf: %j %j', ([conf, files = {}]) => compare(conf, files, judgeWhole))
})

/** Where nginx stops, one of our errors stands, in its words; where it is content, so are we. */
function compare(
  site: string,
  files: Readonly<Record<string, string>>,
  judgeOf: (site: string, files: Readonly<Record<string, string>>) => Complaint | null = judge,
): void {
  const includes = new Map(Object.entries(files).map(([path, text]) => [path, new Source(path, text)]))
  const { diagnostics } = loadSiteFile(new Source('site', site), includes)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  const complaint = judgeOf(site, files)
  if (complaint === null) expect(errors).toEqual([])
  else
    expect(errors.map(({ message, span }) => shown(message, complaint.line, span.line))).toContainEqual(
      shown(complaint.message, complaint.line, complaint.line),
    )
}

/** nginx names the line where a statement ends, we the one where it starts: they are told apart where it tells one. */
function shown(message: string, nginxLine: number | null, line: number | null): string {
  return nginxLine === null || message.startsWith('invalid number of arguments')
    ? message
    : `${message} in line ${line}`
}
