import { type ConformanceCase, get } from '../case.ts'

/** Targets as clients send them, honest and hostile: what `$uri`, `$args` and `$request_uri` become, what is a 400, what goes upstream. */
const TARGETS = [
  '/', '/a', '/a/', '/a//b', '//', '///a', '/a/./b', '/a/../b', '/a/b/..', '/a/b/.', '/a/b/../..', '/..', '/../a', '/a/../../b', '/./', '/.', '/..a', '/.a', '/a..', '/a/..b/', '/...', '/a/.../b',
  '/%41', '/%2541', '/%2f', '/a%2Fb', '/a%2f%2fb', '/%2e', '/%2e%2e', '/a/%2e%2e/b', '/a/%2E./b', '/%2e%2e/a', '/a%3Fb', '/a%3fb?c', '/a%23b', '/a%23b#c', '/%25', '/%2525', '/%20', '/a+b', '/a%2Bb', '/a%2bb?c+d',
  '/%', '/%4', '/%zz', '/%4g', '/a?%zz', '/a?%', '/%00', '/a?%00', '/a%0ab', '/a%0d%0ab', '/a%7f', '/a%ff', '/a%c3%a4', '/a\xe4', '/a?\xe4',
  '/a?', '/a??', '/a?b?c', '/?', '/?/../', '/a?b#c', '/a#b?c', '/a#', '#', '/#', '/a?#', '/a%20b?c#d', '/a/#/../b', '/a/..#x', '/a/..?x', '/a/.?x', '/a/%2e?x',
  '/a;b=c', '/a:b', '/a@b', '/a!b$c&d\'e(f)g*h,i;j=k', '/a[b]', '/a{b}', '/a|b', '/a\\b', '/a^b', '/a`b', '/a"b', '/a<b>', '/a~b',
  '*', 'a', '?a', '', 'http:', 'http:/', 'http:/x', 'http://', 'http:///x', 'http://h', 'http://h/', 'http://h?x', 'http://h?', 'http://h/p?q', 'http://H.Example:81/p', 'http://h:/p', 'http://h:x/p', 'http://[::1]/p', 'http://[::1]:80/p',
  'http://[::1/p', 'http://u@h/p', 'http://h_x/p', 'https://h/p', 'ftp://h/p', 'HTTP://h/p', 'ht+tp://h/p', '1http://h/p', 'http://h#f', 'http://h/#f', 'http://h./p', 'http://h../p', 'http://.h/p', 'http://h%41/p', 'host:443', '/a/http://b//c',
  '/a b', '/a ', ' /a', '/a HTTP/1.1', '/a\tb', '/a\x01', '/a\x7f', '/a?b c', '/a?\x01', '/a?b\x7f',
  '/+/.', '/+/..', '/+//x', '/a+/%2e', '/a/b+/../c', '/%2b/./x', '/a%2', '/a/%', '/a/%2e%', '/a/%2e%2', '/a%5cb', '/a%5c..%5cb', '/a/..%2f..%2f', '/a/..%2fb', '/a/.%2e/b', '/a/%2e%2e%2fb', '/a%2f..', '/a%2f..%2f..',
]

const SHOW = 'return 200 "$uri|$args|$is_args|$request_uri|$host|$http_host|$request";'

export const TARGET_CASES: readonly ConformanceCase[] = [
  { name: 'what the variables say', site: `server { listen $LISTEN; location / { ${SHOW} } ${SHOW} }`, requests: get(...TARGETS) },
  { name: 'merge_slashes off', site: `server { listen $LISTEN; merge_slashes off; location / { ${SHOW} } }`, requests: get(...TARGETS.slice(0, 60)) },
  { name: 'proxy_pass without a URI part', site: 'server { listen $LISTEN; location / { proxy_pass http://$A; } }', requests: get(...TARGETS) },
  { name: 'proxy_pass with a URI part', site: 'server { listen $LISTEN; location / { proxy_pass http://$A/base/; } }', requests: get(...TARGETS) },
  { name: 'proxy_pass after a rewrite', site: 'server { listen $LISTEN; location / { rewrite ^/(.*)$ /w/$1 break; proxy_pass http://$A; } }', requests: get(...TARGETS) },
  { name: 'a capture in arguments', site: 'server { listen $LISTEN; location / { rewrite ^/(.*)$ /w?x=$1 break; proxy_pass http://$A; } }', requests: get(...TARGETS) },
  { name: 'a redirect with a capture', site: 'server { listen $LISTEN; location / { rewrite ^/(.*)$ http://other/w/$1 redirect; } }', requests: get(...TARGETS) },
  { name: 'a permanent redirect on this host', site: 'server { listen $LISTEN; location / { rewrite ^/(.*)$ /w/$1 permanent; } }', requests: get(...TARGETS) },
  { name: 'proxy_pass with $uri', site: 'server { listen $LISTEN; location / { proxy_pass http://$A$uri; } }', requests: get(...TARGETS) },
  { name: 'proxy_pass with $request_uri', site: 'server { listen $LISTEN; location / { proxy_pass http://$A/q$request_uri; } }', requests: get(...TARGETS) },
  { name: 'proxy_pass with a variable and no URI', site: 'server { listen $LISTEN; location / { set $up $A; proxy_pass http://$up; } }', requests: get(...TARGETS) },
  { name: 'set from a capture', site: 'server { listen $LISTEN; location ~ ^/(.*)$ { set $x "<$1>"; return 200 "$x|$1"; } }', requests: get(...TARGETS) },
]
