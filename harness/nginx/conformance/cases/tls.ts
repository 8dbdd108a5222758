import type { Header } from '../../../chain/message.ts'
import type { CaseRequest, ConformanceCase } from '../case.ts'

/** A request by TLS, that names one host in the handshake and maybe another in its head. */
const by = (serverName: string | null, target: string, host = serverName ?? 'a.example'): CaseRequest => ({
  target,
  hello: { serverName },
  headers: host === '' ? [] : [['Host', host]],
})

/** A request by HTTP/2. */
const by2 = (target: string, headers: readonly Header[] = []): CaseRequest => ({
  target,
  httpVersion: '2.0',
  hello: { serverName: 'a.example' },
  headers: [['Host', 'a.example'], ...headers],
})

const CERTIFICATE = 'ssl_certificate $FILES/server.pem; ssl_certificate_key $FILES/server.key;'

/** `listen … ssl`: what a request by TLS meets. */
export const TLS: readonly ConformanceCase[] = [
  {
    name: 'the name of the handshake and that of the head',
    site: `${CERTIFICATE}
    server { listen $LISTEN ssl; server_name a.example; return 200 "a $server_name $host $ssl_server_name $scheme $https $server_port"; }
    server { listen $LISTEN ssl; server_name b.example; return 200 "b $server_name $host $ssl_server_name"; }
    server { listen $LISTEN ssl; server_name ~^(?<who>\\w+)\\.c$; return 200 "c $who $ssl_server_name"; }`,
    requests: [
      ...['a.example', 'b.example', 'none.example', 'x.c', 'A.EXAMPLE'].map((name) => by(name, '/')),
      ...['a.example', 'none.example', 'x.c', 'B.example:81', ''].map((host) => by('b.example', '/', host)),
      ...['a.example', 'b.example', 'none.example'].map((host) => by(null, '/', host)),
      { target: '/' },
    ],
  },
  {
    name: 'variables of TLS, by TLS',
    site: `${CERTIFICATE} server { listen $LISTEN ssl; ssl_protocols TLSv1.2 TLSv1.3;
      return 200 "$ssl_protocol|$ssl_cipher|$ssl_server_name|$ssl_session_reused|$ssl_client_verify|$ssl_client_s_dn|$ssl_client_cert|$ssl_early_data|$ssl_alpn_protocol"; }`,
    requests: [by('a.example', '/'), by(null, '/')],
  },
  {
    name: 'variables of TLS 1.2',
    site: `${CERTIFICATE} server { listen $LISTEN ssl; ssl_protocols TLSv1.2; return 200 "$ssl_protocol|$ssl_client_verify"; }`,
    requests: [by('a.example', '/')],
  },
  {
    name: 'variables of TLS, by plain HTTP',
    site: `server { listen $LISTEN;
      return 200 "$ssl_protocol|$ssl_cipher|$ssl_server_name|$ssl_session_reused|$ssl_client_verify|$ssl_client_s_dn|$ssl_session_id|$ssl_curves"; }`,
    requests: [{ target: '/' }],
  },
  {
    name: 'ssl_verify_client and clients without a certificate',
    site: `${CERTIFICATE} ssl_client_certificate $FILES/ca.pem; log_not_found off;
    server { listen $LISTEN ssl default_server; server_name open.example; return 200 "open $ssl_client_verify"; }
    server { listen $LISTEN ssl; server_name on.example; ssl_verify_client on; return 200 "on $ssl_client_verify"; }
    server { listen $LISTEN ssl; server_name paged.example; ssl_verify_client on; error_page 496 =403 /why; error_page 421 /other; location = /why { return 403 "no certificate $status"; } location = /other { return 200 other; } location / { return 200 in; } }
    server { listen $LISTEN ssl; server_name maybe.example; ssl_verify_client optional; ssl_verify_depth 3; location / { if ($ssl_client_verify != SUCCESS) { return 403 "$ssl_client_verify"; } return 200 in; } }
    server { listen $LISTEN ssl; server_name any.example; ssl_verify_client optional_no_ca; location / { proxy_pass http://$A; proxy_set_header X-Verified $ssl_client_verify; proxy_set_header X-Subject $ssl_client_s_dn; } }`,
    requests: [
      ...['open.example', 'on.example', 'paged.example', 'maybe.example', 'any.example', 'nobody.example'].map((name) =>
        by(name, '/x'),
      ),
      ...['on.example', 'paged.example', 'maybe.example', 'open.example', ''].map((host) =>
        by('open.example', '/x', host),
      ),
      ...['open.example', 'on.example', 'paged.example', 'maybe.example', 'nobody.example'].map((host) =>
        by('maybe.example', '/x', host),
      ),
      ...['on.example', 'maybe.example', 'open.example'].map((host) => by(null, '/x', host)),
      { method: 'POST', ...by('on.example', '/x'), body: 'x' },
      { ...by('on.example', 'bad'), headers: [['Host', 'on.example']] },
      { target: '/x' },
    ],
  },
  {
    name: 'ssl_verify_client where the default server wants certificates',
    site: `${CERTIFICATE} ssl_client_certificate $FILES/ca.pem;
    server { listen $LISTEN ssl; ssl_verify_client on; return 200 "default"; }
    server { listen $LISTEN ssl; server_name a.example; return 200 "a"; }`,
    requests: [
      by('a.example', '/'),
      by('a.example', '/', 'b.example'),
      by(null, '/', 'a.example'),
      by(null, '/', 'b.example'),
    ],
  },
  {
    name: 'requests by HTTP/2',
    files: { 'www/a.txt': 'hello', 'www/sub/': '' },
    site: `${CERTIFICATE} server { listen $LISTEN ssl http2; server_name a.example; server_tokens off; root $FILES/www; error_page 404 /404; gzip on; gzip_min_length 1; gzip_types text/plain;
      location / { add_header X-Seen "$request|$server_protocol|$http2|$http_host|$host|$http_cookie|$scheme|$https"; }
      location /text { return 200 "$request_uri|$uri|$args|$http_x_a|$content_length"; }
      location /up/ { proxy_pass http://$A; }
      location /set/ { proxy_pass http://$A/x/; proxy_http_version 1.1; proxy_set_header Host $host; proxy_set_header X-Proto $server_protocol; }
      location /hidden { internal; }
      location /none { return 204; }
      location /moved { return 301 /to; }
      location /denied { deny all; }
      location = /404 { return 404 "not here"; }
      location /small { client_max_body_size 2; proxy_pass http://$A; }
      location /big { return 200 "${'x'.repeat(300)}"; }
      location /closed { return 444; }
    }`,
    requests: [
      ...[
        '/a.txt',
        '/none.txt',
        '/sub',
        '/text?x=%20',
        '/text/%2e%2e/text/a%2Fb',
        '/%zz',
        '/up/a%2Fb?x',
        '/set/a',
        '/hidden',
        '/none',
        '/moved',
        '/denied',
        '/closed',
        '/404',
      ].map((target) => by2(target)),
      by2('/text', [
        ['X-A', 'one'],
        ['X-B', 'two'],
      ]),
      by2('/up/', [
        ['X-A', 'one'],
        ['X-A', 'two'],
        ['Accept', '*/*'],
      ]),
      by2('/', [['Cookie', 'a=1; b=2']]),
      by2('/a.txt', [['Range', 'bytes=1-2']]),
      by2('/big', [['Accept-Encoding', 'gzip']]),
      { ...by2('/a.txt'), method: 'HEAD' },
      { ...by2('/up/'), method: 'HEAD' },
      { ...by2('/up/'), method: 'POST', body: 'hello' },
      { ...by2('/small/'), method: 'POST', body: 'hello' },
      { ...by2('/up/'), method: 'TRACE' },
      {
        ...by2('/up/'),
        upstream: [{ bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Up: A\r\n\r\n2\r\nhi\r\n0\r\n\r\n' }],
      },
      { ...by2('/up/'), upstream: [{ bytes: 'HTTP/1.0 200 OK\r\n\r\nhi' }] },
      { ...by2('/up/'), upstream: ['close'] },
    ],
  },
]
