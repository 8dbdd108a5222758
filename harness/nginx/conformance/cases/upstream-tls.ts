import type { ServiceTls } from '../../../chain/service.ts'
import { type ConformanceCase, get } from '../case.ts'

const PLAIN_NAME: ServiceTls = { names: ['a.example'], certificate: 'trusted', needsServerName: false }
const WILD: ServiceTls = { names: ['*.wild.example', 'wild.example'], certificate: 'trusted', needsServerName: true }
const TLS = {
  a: PLAIN_NAME,
  wild: WILD,
  old: { ...PLAIN_NAME, certificate: 'expired' },
  lone: { ...PLAIN_NAME, certificate: 'self-signed' },
} as const

/** A location for each of these lines. */
const locations = (lines: Readonly<Record<string, string>>): string =>
  Object.entries(lines)
    .map(([name, text]) => `location /${name}/ { ${text} }`)
    .join('\n')

/** `proxy_pass https://`: the handshake, and what is told of it. */
export const UPSTREAM_TLS: readonly ConformanceCase[] = [
  {
    name: 'the request is the same over TLS, and the port of the scheme is 443',
    tls: TLS,
    site: `upstream group { server $TLS(a); } upstream a443 { server 127.0.0.1:443; server $A; }
    server { listen $LISTEN; ${locations({
      literal: 'proxy_pass https://$TLS(a)/x/;',
      as: 'proxy_pass HTTPS://$TLS(a);',
      group: 'proxy_pass https://group; proxy_set_header X-At "$proxy_host $proxy_port";',
      variable: 'set $to $TLS(a); proxy_pass https://$to$request_uri; proxy_set_header X-At "$proxy_host $proxy_port";',
      scheme: 'set $how https; proxy_pass $how://group; proxy_set_header X-At "$proxy_host $proxy_port";',
      redirects: 'proxy_pass https://group/; proxy_redirect default;',
    })} }`,
    requests: [
      ...get('/literal/1', '/as/1', '/group/1', '/variable/1?x', '/scheme/1'),
      { target: '/group/1', method: 'POST', body: 'hello' },
      {
        target: '/redirects/1',
        upstream: [{ bytes: 'HTTP/1.1 302 F\r\nLocation: https://group/a\r\nContent-Length: 0\r\n\r\n' }],
      },
      { target: '/group/1', upstream: ['close'] },
    ],
  },
  {
    name: 'TLS to who speaks none, and none to who does',
    tls: TLS,
    site: `upstream both { server $A max_fails=0; server $TLS(a) max_fails=0; }
    server { listen $LISTEN; error_page 502 = @bad; location @bad { return 503 "$upstream_addr $upstream_status"; } ${locations(
      {
        plain: 'proxy_pass https://$A;',
        none: 'proxy_pass http://$TLS(a);',
        both: 'proxy_pass https://both;',
        post: 'proxy_pass https://both; proxy_method POST;',
        off: 'proxy_pass https://both; proxy_next_upstream off;',
      },
    )} }`,
    requests: [
      ...get('/plain/', '/none/', '/both/', '/both/', '/post/', '/off/', '/off/'),
      { method: 'POST', target: '/none/', body: 'x' },
    ],
  },
  {
    name: 'the certificate is for the name of proxy_pass, or of proxy_ssl_name, without its port',
    tls: TLS,
    site: `upstream a.example { server $TLS(a); } upstream other { server $TLS(a); }
    server { listen $LISTEN; proxy_ssl_verify on; proxy_ssl_trusted_certificate $FILES/ca.pem; ${locations({
      group: 'proxy_pass https://a.example;',
      other: 'proxy_pass https://other;',
      address: 'proxy_pass https://$TLS(a);',
      named: 'proxy_pass https://other; proxy_ssl_name A.example;',
      port: 'proxy_pass https://other; proxy_ssl_name a.example:443;',
      host: 'proxy_pass https://other; proxy_ssl_name $http_host;',
      empty: 'proxy_pass https://other; proxy_ssl_name $arg_none;',
      off: 'proxy_pass https://other; proxy_ssl_verify off;',
      computed: 'set $to other; proxy_pass https://$to;',
      found: 'set $to a.example; proxy_pass https://$to;',
    })} }`,
    requests: [
      ...get('/group/', '/other/', '/address/', '/named/', '/port/', '/empty/', '/off/', '/computed/', '/found/'),
      { target: '/host/', headers: [['Host', 'a.example:8080']] },
      { target: '/host/', headers: [['Host', 'b.example']] },
    ],
  },
  {
    name: 'certificates that cannot be verified',
    tls: TLS,
    site: `server { listen $LISTEN; proxy_ssl_verify on; proxy_ssl_name a.example; proxy_ssl_trusted_certificate $FILES/ca.pem; ${locations(
      {
        good: 'proxy_pass https://$TLS(a);',
        old: 'proxy_pass https://$TLS(old);',
        lone: 'proxy_pass https://$TLS(lone);',
        deep: 'proxy_pass https://$TLS(a); proxy_ssl_verify_depth 0;',
        seen: 'proxy_pass https://$TLS(lone); proxy_ssl_verify off;',
      },
    )} }`,
    requests: get('/good/', '/old/', '/lone/', '/deep/', '/seen/'),
  },
  {
    name: 'what is named in the handshake',
    tls: TLS,
    site: `upstream eu.wild.example { server $TLS(wild); } upstream u { server $TLS(wild); }
    server { listen $LISTEN; proxy_ssl_session_reuse off; ${locations({
      silent: 'proxy_pass https://eu.wild.example;',
      group: 'proxy_pass https://eu.wild.example; proxy_ssl_server_name on;',
      other: 'proxy_pass https://u; proxy_ssl_server_name on;',
      name: 'proxy_pass https://u; proxy_ssl_server_name on; proxy_ssl_name WILD.example;',
      deep: 'proxy_pass https://u; proxy_ssl_server_name on; proxy_ssl_name a.b.wild.example;',
      address: 'proxy_pass https://$TLS(wild); proxy_ssl_server_name on;',
      verified:
        'proxy_pass https://eu.wild.example; proxy_ssl_server_name on; proxy_ssl_verify on; proxy_ssl_trusted_certificate $FILES/ca.pem;',
    })} }`,
    requests: get('/silent/', '/group/', '/other/', '/name/', '/deep/', '/address/', '/verified/'),
  },
  {
    name: 'settings that change nothing of it',
    tls: TLS,
    site: `server { listen $LISTEN; proxy_ssl_certificate $FILES/server.pem; proxy_ssl_certificate_key $FILES/server.key; proxy_ssl_protocols TLSv1.2 TLSv1.3; proxy_ssl_ciphers HIGH:!aNULL:!MD5; proxy_ssl_session_reuse off; ${locations(
      {
        a: 'proxy_pass https://$TLS(a);',
        b: 'proxy_pass https://$TLS(a); proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers DEFAULT;',
      },
    )} }`,
    requests: get('/a/', '/b/'),
  },
]
