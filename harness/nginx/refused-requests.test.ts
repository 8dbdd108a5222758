import { expect, test } from 'vitest'
import { Source } from '../diagnostics/source.ts'
import { compileSite } from './compile-site.ts'
import { loadSiteFile } from './load-site-file.ts'
import { type NginxStep, RefusedRequestError, type Site } from './site.ts'

const LONG = 'x'.repeat(2000)

/** What the model does not know, in one place of a site; which requests it touches, and which it leaves alone. */
const SITES: readonly {
  readonly site: string
  readonly because: string
  readonly refused: readonly string[]
  readonly answered: readonly string[]
}[] = [
  {
    site: 'location /status/ { set $memcached_key k; memcached_gzip_flag 2; memcached_pass 127.0.0.1:1; location /status/in/ { return 200; } } location / { return 200; }',
    because: 'memcached_gzip_flag looks at the flags of a value: not modelled',
    refused: ['/status/', '/status/x'],
    answered: ['/', '/status/in/'],
  },
  {
    site: 'ssi on; default_type text/html; location /a { return 200 "<!--#echo var=uri -->"; } location /b { return 200 "<!-- none -->"; } location /c { ssi off; return 200 "<!--#"; } location /d { default_type text/x; return 200 "<!--#"; }',
    because: 'the answer has a command, "<!--#": not modelled',
    refused: ['/a'],
    answered: ['/b', '/c', '/d'],
  },
  {
    site: 'location /api/ { proxy_pass http://10.0.0.1; }',
    because: 'nginx answers with a page of its own, /usr/share/nginx/html/index.html, which depends on the package',
    refused: ['/', '//', '/index.html'],
    answered: ['/api/', '/x', '/x/', '/index.htm'],
  },
  {
    site: 'location / { try_files $uri $uri/ /index.html; proxy_pass http://10.0.0.1; }',
    because: 'nginx answers with a page of its own, /usr/share/nginx/html/index.html, which depends on the package',
    refused: ['/x', '/index.html'],
    answered: ['/'],
  },
  {
    site: 'location / { limit_req zone=elsewhere; proxy_pass http://10.0.0.1; } location /free { return 200; }',
    because: 'the zone of limit_req zone=elsewhere is not defined in the site file',
    refused: ['/', '/x'],
    answered: ['/free'],
  },
  {
    site: 'location /lua { content_by_lua_file a.lua; } location / { return 200; }',
    because: 'content_by_lua_file is of lua, which is no part of nginx: not modelled',
    refused: ['/lua'],
    answered: ['/'],
  },
  {
    site: `location /lua { content_by_lua_block { local t = { "}" } -- }
      ngx.say([[ } ]]) } } location / { return 200; }`,
    because: 'content_by_lua_block is of lua, which is no part of nginx: not modelled',
    refused: ['/lua'],
    answered: ['/'],
  },
  {
    site: 'location /more { more_set_headers "X: y"; return 200; } location / { return 200; }',
    because: 'more_set_headers is of headers-more, which is no part of nginx: not modelled',
    refused: ['/more'],
    answered: ['/'],
  },
  {
    site: 'location /status { set $memcached_key k; memcached_pass 127.0.0.1:1; deny all; } location /gone { set $memcached_key k; memcached_pass 127.0.0.1:1; return 410; }',
    because: 'never reached',
    refused: [],
    answered: ['/status', '/gone'],
  },
  {
    site: 'location /text/ { userid on; proxy_pass http://10.0.0.1; } location / { proxy_pass http://10.0.0.1; }',
    because: 'userid sets cookies: not modelled',
    refused: ['/text/'],
    answered: ['/'],
  },
  {
    site: `location /rpc/ { set $memcached_key $uri; memcached_pass 127.0.0.1:9000; } location /long/ { set $memcached_key ${'k'.repeat(251)}; memcached_pass 127.0.0.1:9000; } location / { return 200; }`,
    because: 'a key of more than 250 bytes is not modelled',
    refused: ['/long/x'],
    answered: ['/', '/rpc', '/rpc/x'],
  },
  {
    site: 'location /sha/ { proxy_ssl_ciphers AES128-SHA; proxy_pass https://10.0.0.1; } location /tls/ { proxy_ssl_ciphers HIGH:!aNULL; proxy_pass https://10.0.0.1; }',
    because: 'proxy_ssl_ciphers AES128-SHA may keep TLS from coming about, which hangs on the libraries: not modelled',
    refused: ['/sha/x'],
    answered: ['/tls/x'],
  },
  {
    site: 'location /v1/ { proxy_ssl_protocols TLSv1; proxy_pass https://10.0.0.1; } location / { proxy_ssl_protocols TLSv1 TLSv1.2; proxy_pass https://10.0.0.1; }',
    because: 'proxy_ssl_protocols TLSv1 may keep TLS from coming about, which hangs on the libraries: not modelled',
    refused: ['/v1/x'],
    answered: ['/x'],
  },
  {
    site: 'location /tls/ { proxy_ssl_conf_command Options KTLS; set $to https://10.0.0.1; proxy_pass $to; } location / { proxy_ssl_conf_command Options KTLS; proxy_pass http://10.0.0.1; }',
    because: 'proxy_ssl_conf_command sets what OpenSSL does: not modelled',
    refused: ['/tls/'],
    answered: ['/'],
  },
  {
    site: 'location /random/ { proxy_pass http://random; } location /unix/ { return 200; } location / { return 200; }',
    because: 'random chooses among servers in another way: not modelled',
    refused: ['/random/'],
    answered: ['/unix/', '/'],
  },
  {
    site: 'location ^~ /plain/ { return 200; } location ~ (?C) { return 200; } location / { return 200; }',
    because:
      'the model does not know what the regular expression "(?C)" means: it calls the program that uses it ("(?C")',
    refused: ['/', '/aab'],
    answered: ['/plain/'],
  },
  {
    site: 'location /timed/ { add_header X $request_time; return 200; } location / { return 200; }',
    because: 'the variable $request_time is not modelled',
    refused: ['/timed/'],
    answered: ['/'],
  },
  {
    site: 'location /video/ { mp4; root /srv; } location / { return 200; }',
    because: 'root /srv asks for files, and none are known',
    refused: ['/video/a.mp4'],
    answered: ['/'],
  },
  {
    site: 'location /run/ { if (-x /bin/sh) { return 200; } } location / { return 200; }',
    because: 'if (-x /bin/sh) asks for a file, and none are known',
    refused: ['/run/'],
    answered: ['/'],
  },
  {
    site: `location /slow/ { limit_rate 1k; return 200 ${LONG}; } location /fast/ { limit_rate 1m; return 200 ${LONG}; } location / { limit_rate 1k; return 200; } location /set/ { set $limit_rate 1k; return 200 ${LONG}; }`,
    because: 'limit_rate sends this answer in several seconds: not modelled',
    refused: ['/slow/', '/set/'],
    answered: ['/fast/', '/'],
  },
  {
    site: 'location /none/ { client_body_buffer_size 0; proxy_pass http://10.0.0.1; } location / { client_body_buffer_size 1; proxy_pass http://10.0.0.1; }',
    because: 'client_body_buffer_size never takes a body in: not modelled',
    refused: ['/none/'],
    answered: ['/'],
  },
]

/** Around each of them. */
const BEFORE = 'upstream random { random; server 10.0.0.1; }'

test.each(SITES)('$site', ({ site: inside, because, refused, answered }) => {
  const site = compile(`${BEFORE} server { listen 80; ${inside} }`)
  for (const target of answered) expect(whyRefused(site, target), target).toBeNull()
  for (const target of refused) expect(whyRefused(site, target), target).toBe(because)
})

function compile(text: string): Site {
  const loaded = loadSiteFile(new Source('site', text), new Map())
  if (loaded.site === null) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'))
  const { site, diagnostics, refused } = compileSite(loaded.site, { resolve: () => [] })
  expect([...loaded.refused, ...refused]).toEqual([])
  if (site === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return site
}

/** Sends a request to its end; upstreams set a cookie where the query asks for one. */
function whyRefused(site: Site, target: string): string | null {
  try {
    let step: NginxStep = site.decide({
      request: { method: 'GET', target, httpVersion: '1.1', headers: [['Host', 'a']], body: '' },
      client: { address: '127.0.0.1', port: 40_000 },
      server: { address: '127.0.0.1', port: 80 },
      requestId: '0'.repeat(32),
    })
    while (step.kind === 'send') {
      const headers = target.endsWith('?cookie') ? [['Set-Cookie', 'a=b'] as const] : []
      step = step.resume({ kind: 'answered', response: { status: 200, headers, body: '' } })
    }
    return null
  } catch (error) {
    if (error instanceof RefusedRequestError) return error.refused.because
    throw error
  }
}
