import type { CaseRequest, ConformanceCase } from '../case.ts'

const CLIENTS: readonly CaseRequest[] = ['203.0.113.9', '2001:db8::9', '127.0.0.1'].map((proxied) => ({
  target: '/',
  proxied,
}))

const SHOWN =
  '$remote_addr|$remote_port|$proxy_protocol_addr|$proxy_protocol_port|$proxy_protocol_server_addr|$realip_remote_addr'

/** `listen … proxy_protocol`: who the client is. */
export const PROXY_PROTOCOL: readonly ConformanceCase[] = [
  {
    name: 'the header names the client, which counts where it is told to',
    site: `server { listen $LISTEN proxy_protocol; return 200 "${SHOWN}"; }`,
    requests: CLIENTS,
  },
  {
    name: 'real_ip_header proxy_protocol, for those who are trusted',
    site: `server { listen $LISTEN proxy_protocol; real_ip_header proxy_protocol; real_ip_recursive on;
      location / { set_real_ip_from 127.0.0.1; add_header X-Seen "${SHOWN}"; proxy_pass http://$A; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Real-IP $remote_addr; }
      location /no/ { set_real_ip_from 10.0.0.0/8; return 200 "${SHOWN}"; }
      location /kept/ { set_real_ip_from 127.0.0.1; allow 203.0.113.0/24; deny all; proxy_pass http://$A; }
    }`,
    requests: [
      ...CLIENTS,
      ...CLIENTS.map((request) => ({ ...request, target: '/no/' })),
      ...CLIENTS.map((request) => ({ ...request, target: '/kept/' })),
    ],
  },
  {
    name: 'a header that nobody waits for is no request line',
    site: `server { listen $LISTEN; real_ip_header proxy_protocol; set_real_ip_from 127.0.0.1; error_page 400 /why; location / { return 200 "${SHOWN}"; } }`,
    requests: [...CLIENTS, { target: '/' }],
  },
  {
    name: 'by TLS, and by HTTP/2',
    site: `ssl_certificate $FILES/server.pem; ssl_certificate_key $FILES/server.key; server { listen $LISTEN ssl http2 proxy_protocol; server_name a.example; return 200 "${SHOWN}|$scheme|$server_protocol"; }`,
    requests: [
      { target: '/', proxied: '203.0.113.9', hello: { serverName: 'a.example' } },
      { target: '/', proxied: '203.0.113.9', hello: { serverName: null }, httpVersion: '2.0' },
      { target: '/', proxied: '203.0.113.9' },
    ],
  },
]
