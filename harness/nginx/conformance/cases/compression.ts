import { gzipSync } from 'node:zlib'
import { bytesFrom, type Header } from '../../../chain/message.ts'
import { answer, type CaseRequest, type ConformanceCase } from '../case.ts'

const LONG = 'long enough to be worth the work '.repeat(3)
const PACKED = bytesFrom(gzipSync(LONG))

const from = (target: string, headers: readonly Header[], more: Partial<CaseRequest> = {}): CaseRequest => ({
  target,
  headers: [['Host', 'example.com'], ...headers],
  ...more,
})

const GZIP: Header = ['Accept-Encoding', 'gzip']
const VIA: Header = ['Via', '1.1 cdn']

/** Answers that are compressed, for clients that take them and for others. */
export const COMPRESSION: readonly ConformanceCase[] = [
  {
    name: 'gzip_proxied by what the answer says',
    site: `gzip on; gzip_types *; server { listen $LISTEN;
      location /expired { gzip_proxied expired; proxy_pass http://$A; } location /no-cache { gzip_proxied no-cache; proxy_pass http://$A; } location /no-store { gzip_proxied no-store; proxy_pass http://$A; } location /private { gzip_proxied private; proxy_pass http://$A; }
      location /no-lm { gzip_proxied no_last_modified; proxy_pass http://$A; } location /no-etag { gzip_proxied no_etag; proxy_pass http://$A; } location /auth { gzip_proxied auth; proxy_pass http://$A; } location /any { gzip_proxied any; proxy_pass http://$A; } location /off { gzip_proxied off; proxy_pass http://$A; }
      location /usual { gzip_proxied expired no-cache no-store private auth; proxy_pass http://$A; } location /f/ { gzip_proxied no_last_modified no_etag; alias $FILES/; } location /expires { gzip_proxied expired; expires epoch; proxy_pass http://$A; } location /added { gzip_proxied expired; add_header Expires "Thu, 01 Jan 1970 00:00:01 GMT"; add_header Cache-Control private; proxy_pass http://$A; }
      location /cc { gzip_proxied private; add_header Cache-Control private; add_header Cache-Control x; proxy_pass http://$A; }
    }`,
    files: { 'a.txt': LONG },
    requests: [
      from('/f/a.txt', [GZIP, VIA]),
      ...[
        '/expired',
        '/no-cache',
        '/no-store',
        '/private',
        '/no-lm',
        '/no-etag',
        '/auth',
        '/any',
        '/off',
        '/usual',
        '/expires',
        '/added',
        '/cc',
      ].flatMap((target) =>
        (
          [
            [],
            [['Cache-Control', 'no-cache']],
            [['Cache-Control', 'max-age=1, Private']],
            [['Cache-Control', 'no-store,no-cache']],
            [['Cache-Control', 'private="x"']],
            [['Cache-Control', 'public']],
            [['Expires', 'Thu, 01 Jan 1970 00:00:01 GMT']],
            [['Expires', '0']],
            [
              ['Expires', 'Thu, 31 Dec 2037 23:55:55 GMT'],
              ['Cache-Control', 'no-cache'],
            ],
            [['Last-Modified', 'Thu, 01 Jan 1970 00:00:01 GMT']],
            [['ETag', '"x"']],
          ] satisfies readonly (readonly Header[])[]
        ).map((headers) => from(target, [GZIP, VIA], { upstream: [answer(200, headers, LONG)] })),
      ),
      from('/auth', [GZIP, VIA, ['Authorization', 'Basic x']]),
      from('/usual', [GZIP, VIA, ['Authorization', 'Basic x']], { upstream: [answer(200, [], LONG)] }),
    ],
  },
  {
    name: 'gzip_disable msie6',
    site: `gzip on; gzip_types *; gzip_disable msie6; server { listen $LISTEN; location /a { return 200 "${LONG}"; } location /b { gzip_disable bad; return 200 "${LONG}"; } location /c { gzip_disable msie6 "worse"; return 200 "${LONG}"; } }`,
    requests: ['/a', '/b', '/c'].flatMap((target) =>
      [
        'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)',
        'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)',
        'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 5.1)',
        'Mozilla/4.0 (compatible; MSIE 5.01; Windows 98)',
        'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1) Opera 7',
        'MSIE 4.',
        'BAD',
        'worse',
      ].map((agent) => from(target, [GZIP, ['User-Agent', agent]])),
    ),
  },
  {
    name: 'gzip_static',
    site: `server { listen $LISTEN; gzip_static on; root $FILES;
      location / { } location /vary/ { gzip_vary on; alias $FILES/; } location /always/ { gzip_static always; alias $FILES/; } location /off/ { gzip_static off; alias $FILES/; } location /gzip/ { gzip on; gzip_types *; gzip_vary on; alias $FILES/; }
      location /gunzip/ { gzip_static always; gunzip on; gzip_vary on; alias $FILES/; } location /no-etag/ { etag off; alias $FILES/; } location /try/ { try_files /none /a.css =404; } location /proxied/ { gzip_proxied no_etag expired; alias $FILES/; }
    }`,
    files: { 'a.css': LONG, 'a.css.gz': PACKED, 'b.txt': LONG, 'c.html.gz': PACKED, 'd.gz/x': 'x', d: LONG },
    requests: ['/a.css', '/b.txt', '/c.html', '/d', '/']
      .flatMap((file) => ['', '/vary', '/always', '/off', '/gzip', '/gunzip'].map((folder) => `${folder}${file}`))
      .concat('/no-etag/a.css', '/try/x', '/proxied/a.css')
      .flatMap((target) => [
        from(target, [GZIP]),
        from(target, []),
        from(target, [GZIP], { method: 'HEAD' }),
        from(target, [GZIP], { method: 'POST', body: 'x' }),
        from(target, [GZIP, VIA]),
        from(target, [GZIP, ['Range', 'bytes=0-3']]),
        from(target, [GZIP, ['If-Modified-Since', 'Thu, 29 Feb 2024 12:30:45 GMT']]),
      ]),
  },
  {
    name: 'gunzip',
    site: `server { listen $LISTEN; gunzip on;
      location / { proxy_pass http://$A; } location /off { gunzip off; proxy_pass http://$A; } location /vary { gzip_vary on; proxy_pass http://$A; } location /again { gzip on; gzip_types *; gzip_proxied any; proxy_pass http://$A; } location /added { add_header Content-Encoding gzip; proxy_pass http://$A; }
    }`,
    requests: ['/', '/off', '/vary', '/again', '/added'].flatMap((target) =>
      [
        answer(
          200,
          [
            ['Content-Encoding', 'gzip'],
            ['ETag', '"x"'],
            ['Accept-Ranges', 'bytes'],
          ],
          PACKED,
        ),
        answer(
          404,
          [
            ['Content-Encoding', 'GZIP'],
            ['ETag', 'W/"x"'],
          ],
          PACKED,
        ),
        answer(200, [['Content-Encoding', 'br']], 'x'),
        answer(200, [], LONG),
      ].flatMap((script) => [
        from(target, [], { upstream: [script] }),
        from(target, [GZIP], { upstream: [script] }),
        from(
          target,
          [
            ['Accept-Encoding', 'gzip;q=0'],
            ['Range', 'bytes=0-3'],
          ],
          { upstream: [script] },
        ),
        from(target, [], { upstream: [script], httpVersion: '1.0' }),
      ]),
    ),
  },
]
