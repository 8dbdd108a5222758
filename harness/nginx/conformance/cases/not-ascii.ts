import type { Header } from '../../../chain/message.ts'
import { answer, type ConformanceCase, get } from '../case.ts'

/** Text as UTF-8 bytes held in Latin-1, as it stands on the wire. */
const bytes = (text: string) => Buffer.from(text, 'utf8').toString('latin1')

const toHosts = (...hosts: readonly string[]) =>
  hosts.map((host) => ({ target: '/', headers: [['Host', bytes(host)]] as Header[] }))

/** Configuration and requests with bytes over 127: nginx takes them as bytes, and knows capitals of ASCII alone. */
export const NOT_ASCII: readonly ConformanceCase[] = [
  {
    name: 'locations',
    site: `server { listen $LISTEN; location = /café { return 200 exact; } location /ü/ { return 200 "prefix $uri"; }
      location ~ ^/ñ { return 200 pattern; } location /ö/ { proxy_pass http://$A/ä/; } location / { return 200 other; } }`,
    requests: get('/caf%C3%A9', bytes('/café'), '/caf%E9', '/%C3%BC/x', '/%C3%B1x', '/%C3%B6', '/%C3%B6/x', '/%C3%89'),
  },
  {
    name: 'map',
    site: `map $uri $byuri { default none; /É big; /é small; /Ab ascii; ~^/ü pattern; }
    map $host $byhost { hostnames; default none; .É.example dot; *.ü.example star; ö.* end; }
    server { listen $LISTEN; return 200 "$byuri $byhost"; }`,
    requests: [
      ...get('/%C3%89', '/%C3%A9', '/%E3%89', '/aB', '/%C3%BCx'),
      ...toHosts('x.É.example', 'x.é.example', 'x.ü.example', 'ö.example', 'Ö.example'),
    ],
  },
  {
    name: 'server_name',
    site: `server { listen $LISTEN; server_name É.example; server_name_in_redirect on; location / { return 200 "big $server_name $host"; } location /r/ { proxy_pass http://$A; } }
    server { listen $LISTEN; server_name é.example; return 200 "small $server_name"; }
    server { listen $LISTEN default_server; return 200 default; }`,
    requests: [
      ...toHosts('É.example', 'é.example', 'É.EXAMPLE', 'x'),
      { target: '/', headers: [['Host', '\xe3\x89.example']] },
      { target: '/r', headers: [['Host', bytes('É.example')]] },
    ],
  },
  {
    name: 'types, upstreams, redirects, error pages',
    files: { 'a.é': 'small', 'b.É': 'big' },
    site: `upstream é { server $A; } server { listen $LISTEN; root $FILES; types { text/small é; text/other Ü; } error_page 404 /é?ü=1;
      location /up/ { proxy_pass http://é; } location /vars/ { set $group é; proxy_pass http://$group; } location /é { return 200 "$uri $args"; }
      location /redirect { proxy_redirect http://é/ /ü/; proxy_pass http://$A; } location /missing { return 404; }
      rewrite ^/to/(.*)$ /é/$1 redirect; }`,
    requests: [
      ...get('/a.%C3%A9', '/b.%C3%89', '/up/', '/vars/', '/missing', '/to/x'),
      { target: '/redirect', upstream: [answer(302, [['Location', bytes('http://é/x')]])] },
    ],
  },
]
