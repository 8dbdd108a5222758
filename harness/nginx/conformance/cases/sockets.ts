import { answer, type ConformanceCase, get } from '../case.ts'

const AT = 'proxy_set_header X-At "$proxy_host|$proxy_port|$upstream_addr";'

/** Upstreams at unix domain sockets. */
export const SOCKETS: readonly ConformanceCase[] = [
  {
    name: 'proxy_pass to a socket, with and without a URI',
    sockets: ['a.sock', 'run/b'],
    files: { 'run/': '' },
    site: `server { listen $LISTEN; ${AT}
      location /plain/ { proxy_pass http://unix:$FILES/a.sock; }
      location /slash/ { proxy_pass http://unix:$FILES/a.sock:/; }
      location /uri/ { proxy_pass http://unix:$FILES/run/b:/new/; }
      location /args/ { proxy_pass http://unix:$FILES/run/b:/new?a=1; }
      location /host/ { proxy_pass http://unix:$FILES/a.sock; proxy_set_header Host $host; }
      location ~ ^/re { proxy_pass http://unix:$FILES/a.sock:; }
      location /none/ { proxy_pass http://unix:$FILES/none.sock; error_page 502 =200 /why; }
      location = /why { return 200 "$upstream_addr $upstream_status"; }
    }`,
    requests: [
      ...get('/plain/a%2Fb?x=1', '/slash/a?x', '/uri/a', '/args/a?b', '/host/', '/re', '/none/', '/none/'),
      { target: '/plain/', method: 'POST', body: 'hello' },
      { target: '/plain/', upstream: [answer(302, [['Location', 'http://localhost/a']])] },
      { target: '/uri/', upstream: ['close'] },
    ],
  },
  {
    name: 'an upstream block with sockets',
    sockets: ['a.sock', 'b.sock'],
    site: `upstream u { server unix:$FILES/a.sock; server $B; } upstream v { server unix:$FILES/none.sock; server unix:$FILES/b.sock backup; }
    upstream k { ip_hash; server unix:$FILES/a.sock weight=2; server unix:$FILES/b.sock; }
    server { listen $LISTEN; location /u/ { proxy_pass http://u; ${AT} } location /v/ { proxy_pass http://v/x/; add_header X-Tried "$upstream_addr"; } location /k/ { proxy_pass http://k; } }`,
    requests: get('/u/', '/u/', '/u/', '/v/', '/v/', '/k/'),
  },
  {
    name: 'a socket that variables name',
    sockets: ['a.sock'],
    site: `server { listen $LISTEN; ${AT}
      location /all/ { set $to unix:$FILES/a.sock; proxy_pass http://$to; }
      location /uri/ { set $name a; proxy_pass http://unix:$FILES/$name.sock:$request_uri; }
      location /empty/ { proxy_pass http://unix:$arg_none; }
      location /static/ { proxy_pass http://unix:$FILES/a.sock; }
    }`,
    requests: get('/static/1', '/all/1?x', '/uri/a%2Fb?x=1', '/empty/'),
  },
]
