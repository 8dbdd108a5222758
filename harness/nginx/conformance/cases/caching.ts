import { answer, type CaseAnswer, type CaseRequest, type ConformanceCase } from '../case.ts'

const PATH = 'proxy_cache_path $FILES/cache keys_zone=c:1m;'
const SHOWN = 'add_header X-Cache $upstream_cache_status always;'

/** A site with one cache, whose locations pass everything to `$A`. */
function site(lines: string, locations = 'location / { proxy_pass http://$A; }'): string {
  return `${PATH} server { listen $LISTEN; ${SHOWN} proxy_cache c; ${lines} ${locations} }`
}

const body = (text: string, ...headers: (readonly [string, string])[]): CaseAnswer => answer(200, headers, text)

/** One target, asked once for each answer that the upstream would give. */
function asked(target: string, ...answers: readonly CaseAnswer[]): CaseRequest[] {
  return answers.map((one) => ({ target, upstream: [one] }))
}

const HOST = ['Host', 'example.com'] as const
const OVER = ['X-Accel-Expires', '@1'] as const
const FRESH = ['X-Accel-Expires', '60'] as const
const MODIFIED = ['Last-Modified', 'Mon, 29 Jan 2024 12:00:00 GMT'] as const
const TAG = ['ETag', '"v1"'] as const

/** `proxy_cache` and its kin. Answers that are over say so by a time that has passed: nobody waits. */
export const CACHING: readonly ConformanceCase[] = [
  {
    name: 'MISS, then HIT',
    site: site('proxy_cache_valid 1m;'),
    requests: [...asked('/a', body('1'), body('2')), ...asked('/b', body('3')), ...asked('/a?x', body('4'), body('5'))],
  },
  {
    name: 'nothing says for how long',
    site: site(''),
    requests: asked('/a', body('1'), body('2')),
  },
  {
    name: 'statuses that have a time',
    site: site('proxy_cache_valid 404 1m; proxy_cache_valid 301 1m; proxy_cache_valid 200 0;'),
    requests: [
      ...asked('/a', body('1'), body('2')),
      ...asked('/n', answer(404, [], 'no'), body('2')),
      ...asked('/r', answer(301, [['Location', '/x']], ''), body('2')),
      ...asked('/s', answer(503, [], 'no'), body('2')),
    ],
  },
  {
    name: 'any',
    site: site('proxy_cache_valid 200 0; proxy_cache_valid any 1m;'),
    requests: [
      ...asked('/a', body('1'), body('2')),
      ...asked('/n', answer(500, [], 'no'), body('2')),
      ...asked('/down', 'close', body('2')),
    ],
  },
  {
    name: 'codes of its own are kept',
    site: `${PATH} server { listen $LISTEN; ${SHOWN} proxy_cache c; proxy_cache_valid 502 1m; error_page 502 /sorry;
      location / { proxy_pass http://$A; } location /dead { proxy_pass http://$DEAD; } location = /sorry { return 200 sorry; } }`,
    requests: [...asked('/a', 'close', body('2')), ...asked('/dead', body('1'), body('2'))],
  },
  {
    name: 'intercepted answers are kept as codes',
    site: `${PATH} server { listen $LISTEN; ${SHOWN} proxy_cache c; proxy_cache_valid 404 503 1m; proxy_intercept_errors on; error_page 404 =200 /none;
      location / { proxy_pass http://$A; } location = /none { return 200 none; } }`,
    requests: [
      ...asked('/a', answer(404, [], 'no'), body('2')),
      ...asked('/b', answer(404, [['Cache-Control', 'no-store']], 'no'), body('2')),
      ...asked('/c', answer(503, [FRESH], 'no'), body('2')),
    ],
  },
  {
    name: 'a key of its own, shared by hosts and arguments',
    site: site('proxy_cache_valid 1m; proxy_cache_key $uri;'),
    requests: [
      { target: '/a?1', headers: [['Host', 'one.example']], upstream: [body('one')] },
      { target: '/a?2', headers: [['Host', 'two.example']], upstream: [body('two')] },
    ],
  },
  {
    name: 'the key is where it is sent to',
    site: `${PATH} server { listen $LISTEN; ${SHOWN} proxy_cache c; proxy_cache_valid 1m;
      location /a/ { proxy_pass http://$A/x/; } location /b/ { proxy_pass http://$A/x/; } location /c/ { proxy_pass http://$B/x/; }
      location /v/ { set $to $A; proxy_pass http://$to/x/1; } }`,
    requests: [
      ...asked('/a/1', body('1')),
      ...asked('/b/1', body('2')),
      ...asked('/c/1', body('3')),
      ...asked('/v/1', body('4')),
    ],
  },
  {
    name: 'Set-Cookie is not kept',
    site: site(
      'proxy_cache_valid 1m;',
      `location / { proxy_pass http://$A; } location /i/ { proxy_pass http://$A; proxy_ignore_headers Set-Cookie; }
      location /h/ { proxy_pass http://$A; proxy_ignore_headers Set-Cookie; proxy_hide_header Set-Cookie; }`,
    ),
    requests: ['/a', '/i/a', '/h/a'].flatMap((target) =>
      asked(target, body('1', ['Set-Cookie', 'session=1']), body('2', ['Set-Cookie', 'session=2'])),
    ),
  },
  {
    name: 'Cache-Control, Expires, X-Accel-Expires',
    site: site('proxy_cache_valid 1m;'),
    requests: [
      ['Cache-Control', 'no-cache'],
      ['Cache-Control', 'private, max-age=9'],
      ['Cache-Control', 'No-Store'],
      ['Cache-Control', 'max-age=0'],
      ['Cache-Control', 'max-age=60'],
      ['Cache-Control', 's-maxage=0, max-age=60'],
      ['Cache-Control', 'max-age=6x'],
      ['Cache-Control', 'max-age='],
      ['Cache-Control', 'public'],
      ['Cache-Control', 'stale-if-error=x'],
      ['Expires', 'Mon, 29 Jan 2024 12:00:00 GMT'],
      ['Expires', 'Mon, 29 Jan 2035 12:00:00 GMT'],
      ['Expires', '0'],
      ['X-Accel-Expires', '0'],
      ['X-Accel-Expires', '60'],
      ['X-Accel-Expires', '@0'],
      ['X-Accel-Expires', '@1'],
      ['X-Accel-Expires', '@4000000000'],
      ['X-Accel-Expires', 'x'],
      ['X-Accel-Expires', '-1'],
      ['Vary', '*'],
      ['Vary', 'x'.repeat(129)],
    ].flatMap(([name = '', value = ''], index) => asked(`/${index}`, body('1', [name, value]), body('2'))),
  },
  {
    name: 'the same, ignored',
    site: site('proxy_cache_valid 1m; proxy_ignore_headers Cache-Control Expires X-Accel-Expires Vary;'),
    requests: [
      ['Cache-Control', 'no-cache'],
      ['Expires', '0'],
      ['X-Accel-Expires', '0'],
      ['Vary', '*'],
    ].flatMap(([name = '', value = ''], index) => asked(`/${index}`, body('1', [name, value]), body('2'))),
  },
  {
    name: 'which of them counts',
    site: site('proxy_cache_valid 1m;'),
    requests: [
      [FRESH, ['Cache-Control', 'no-cache']],
      [['Cache-Control', 'no-cache'], FRESH],
      [['Cache-Control', 'max-age=0'], FRESH],
      [
        ['Expires', '0'],
        ['Cache-Control', 'max-age=60'],
      ],
      [
        ['Cache-Control', 'max-age=60'],
        ['Expires', '0'],
      ],
      [['Expires', '0'], FRESH],
      [
        ['X-Accel-Expires', '0'],
        ['Cache-Control', 'max-age=60'],
      ],
      [OVER, ['Cache-Control', 'max-age=60']],
      [
        ['Vary', 'X-A'],
        ['Vary', 'X-B'],
      ],
      [
        ['X-Accel-Expires', '60'],
        ['X-Accel-Expires', '0'],
      ],
      [
        ['X-Accel-Expires', '0'],
        ['X-Accel-Expires', '60'],
      ],
      [
        ['Expires', 'Mon, 29 Jan 2035 12:00:00 GMT'],
        ['Expires', '0'],
      ],
    ].flatMap((headers, index) =>
      asked(`/${index}`, answer(200, headers as (readonly [string, string])[], '1'), body('2'), body('3')),
    ),
  },
  {
    name: 'Vary',
    site: site('proxy_cache_valid 1m;'),
    requests: [
      ['Accept-Language', 'de, en', '1'],
      ['Accept-Language', 'fr', '2'],
      ['accept-language', 'de en', '3'],
      ['Accept-Language', 'fr', '4'],
      ['X-Other', 'x', '5'],
      ['X-Other', 'y', '6'],
    ].map(([name = '', value = '', text = '']) => ({
      target: '/a',
      headers: [HOST, [name, value]],
      upstream: [body(text, ['Vary', 'Accept-Language'])],
    })),
  },
  {
    name: 'Vary changes, and goes',
    site: site('proxy_cache_valid 1m;'),
    requests: [
      { target: '/a', headers: [HOST, ['X-A', '1']], upstream: [body('1', ['Vary', 'X-A'])] },
      { target: '/a', headers: [HOST, ['X-A', '2']], upstream: [body('2', ['Vary', 'X-B'])] },
      { target: '/a', headers: [HOST, ['X-A', '1']], upstream: [body('3', ['Vary', 'X-A'])] },
      { target: '/a', headers: [HOST, ['X-A', '3']], upstream: [body('4')] },
      { target: '/a', headers: [HOST, ['X-A', '4']], upstream: [body('5')] },
    ],
  },
  {
    name: 'EXPIRED, and STALE while the upstream fails',
    site: site(
      'proxy_cache_use_stale error timeout invalid_header http_500 http_404;',
      `location / { proxy_pass http://$A; proxy_read_timeout 150ms; }
      location /no { proxy_pass http://$A; proxy_cache_use_stale off; }`,
    ),
    requests: [
      ...asked('/a', body('1', OVER), 'close', 'silence', answer(500, [], 'no'), answer(404, [], 'no')),
      ...asked('/a', answer(503, [], 'no'), body('2', OVER), body('3', FRESH), body('4')),
      ...asked('/no', body('1', OVER), 'close', answer(500, [], 'no'), body('2')),
    ],
  },
  {
    name: 'stale-if-error and stale-while-revalidate',
    site: site(''),
    requests: [
      ...asked(
        '/a',
        body('1', OVER, ['Cache-Control', 'stale-if-error=3000000000']),
        'close',
        answer(500, [], 'no'),
        body('2'),
      ),
      ...asked(
        '/b',
        body('1', ['Cache-Control', 'stale-if-error=3000000000'], OVER),
        'close',
        answer(500, [], 'no'),
        body('2'),
      ),
      ...asked(
        '/c',
        body('1', ['Cache-Control', 'stale-while-revalidate=3000000000'], OVER),
        'close',
        body('2', FRESH),
        body('3'),
      ),
    ],
  },
  {
    name: 'an answer that is renewed in the background',
    site: site(
      'proxy_cache_background_update on; proxy_cache_use_stale updating; proxy_set_header X-Range $http_range;',
      `location / { proxy_pass http://$A; }
      location /r/ { proxy_pass http://$A/x/; proxy_cache_revalidate on; } location ~ ^/c/(.*) { proxy_pass http://$A/y/$1; }`,
    ),
    requests: [
      ...asked('/a', body('1', OVER), body('2', OVER), body('3', FRESH), body('4')),
      ...asked('/r/a?b', body('1', OVER, TAG), answer(304, [FRESH]), body('2')),
      ...asked('/c/a', body('1', OVER), answer(500, [], 'no'), body('2', FRESH), body('3')),
      ...asked(
        '/w',
        body('1', OVER, ['Cache-Control', 'stale-while-revalidate=3000000000']),
        'close',
        body('2', FRESH),
      ),
    ],
  },
  {
    name: 'stale where no server is live',
    site: `${PATH} upstream u { server $DEAD; server $DEAD; } upstream v { server $A max_fails=1; server $DEAD down; }
      server { listen $LISTEN; ${SHOWN} proxy_cache c; proxy_cache_key k; proxy_cache_use_stale error;
      location /a { proxy_pass http://$A; } location /u { proxy_pass http://u; } }`,
    requests: [...asked('/a', body('1', OVER)), ...asked('/u', body('2'), body('3'))],
  },
  {
    name: 'REVALIDATED',
    site: site(
      'proxy_cache_revalidate on;',
      `location / { proxy_pass http://$A; } location /off { proxy_pass http://$A; proxy_cache_revalidate off; }
      location /valid { proxy_pass http://$A; proxy_cache_valid 1m; }`,
    ),
    requests: [
      ...asked('/a', body('1', OVER, MODIFIED, TAG), answer(304), answer(304, [FRESH]), body('2')),
      ...asked('/valid', body('1', OVER, TAG), answer(304), body('2')),
      ...asked('/off', body('1', OVER, MODIFIED, TAG), answer(304), body('2')),
      ...asked('/n', body('1', OVER), answer(304), body('2')),
      ...asked('/e', answer(404, [OVER, MODIFIED, TAG], 'no'), answer(404, [OVER], 'no')),
    ],
  },
  {
    name: 'conditions are for the cache to check',
    site: site(
      'proxy_cache_valid 1m;',
      'location / { proxy_pass http://$A; } location /off { proxy_cache off; proxy_pass http://$A; }',
    ),
    requests: [
      ['If-None-Match', '"v1"'],
      ['If-None-Match', '"v2"'],
      ['If-Modified-Since', MODIFIED[1]],
      ['If-Match', '"v2"'],
      ['If-Unmodified-Since', 'Mon, 29 Jan 2024 11:00:00 GMT'],
    ].flatMap(([name = '', value = ''], index) =>
      [`/${index}`, `/${index}`, '/off'].map((target) => ({
        target,
        headers: [HOST, [name, value] as const],
        upstream: [body('text', MODIFIED, TAG, ['Content-Type', 'text/plain'])],
      })),
    ),
  },
  {
    name: 'ranges',
    site: site(
      'proxy_cache_valid 1m;',
      `location / { proxy_pass http://$A; } location /all { proxy_pass http://$A; proxy_cache_max_range_offset 0; }
      location /far { proxy_pass http://$A; proxy_cache_max_range_offset 5; }`,
    ),
    requests: ['/a', '/all', '/far', '/plain'].flatMap((folder) =>
      ['bytes=2-4', 'bytes=-3', 'bytes=7-', 'bytes=90-', 'x'].flatMap((range, index) =>
        [1, 2].map(() => ({
          target: `${folder}/${index}`,
          headers: [HOST, ['Range', range] as const],
          upstream: [folder === '/plain' ? body('0123456789') : body('0123456789', ['Accept-Ranges', 'bytes'], TAG)],
        })),
      ),
    ),
  },
  {
    name: 'proxy_force_ranges, and a Content-Range of the upstream',
    site: site(
      'proxy_cache_valid 1m; proxy_force_ranges on;',
      'location / { proxy_pass http://$A; } location /off { proxy_cache off; proxy_pass http://$A; }',
    ),
    requests: ['/a', '/a', '/off', '/off/two', '/b', '/b'].map((target) => ({
      target,
      headers: [HOST, ['Range', target === '/off/two' ? 'bytes=1-2,4-5' : target === '/b' ? 'bytes=90-' : 'bytes=1-3']],
      upstream: [body('0123456789', ['Content-Range', 'stub'], ['Accept-Ranges', 'none'])],
    })),
  },
  {
    name: 'a HEAD asks by GET',
    site: site(
      'proxy_cache_valid 1m;',
      'location / { proxy_pass http://$A; } location /h { proxy_pass http://$A; proxy_cache_convert_head off; proxy_cache_key $request_method$uri; }',
    ),
    requests: ['/a', '/h'].flatMap((target) => [
      { target, method: 'HEAD', upstream: [body('12345')] },
      { target, method: 'HEAD', upstream: [body('12345')] },
      { target, upstream: [body('67890')] },
      { target, upstream: [body('67890')] },
    ]),
  },
  {
    name: 'methods',
    site: site(
      'proxy_cache_valid 1m;',
      'location / { proxy_pass http://$A; } location /p { proxy_pass http://$A; proxy_cache_methods POST; }',
    ),
    requests: ['/a', '/p'].flatMap((target) => [
      { target, method: 'POST', body: 'x', upstream: [body('1')] },
      { target, method: 'POST', body: 'y', upstream: [body('2')] },
      { target, method: 'PUT', body: 'y', upstream: [body('3')] },
      { target, upstream: [body('4')] },
    ]),
  },
  {
    name: 'min_uses',
    site: site('proxy_cache_valid 1m; proxy_cache_min_uses 3;'),
    requests: asked('/a', body('1'), body('2'), body('3'), body('4')),
  },
  {
    name: 'BYPASS and no_cache',
    site: site(
      'proxy_cache_valid 1m; proxy_cache_bypass $arg_past $http_pragma; proxy_no_cache $arg_not; proxy_cache_key $uri;',
    ),
    requests: [
      ...asked('/a', body('1')),
      ...asked('/a?past=1', body('2')),
      ...asked('/a?past=0', body('3')),
      ...asked('/b?not=1', body('1')),
      ...asked('/b', body('2')),
      ...asked('/b?past=1&not=1', body('3')),
      ...asked('/b', body('4')),
      { target: '/b', headers: [HOST, ['Pragma', 'no-cache']], upstream: [body('5')] },
      ...asked('/b', body('6')),
    ],
  },
  {
    name: 'what is not buffered or not whole is not kept',
    site: site(
      'proxy_cache_valid 1m;',
      'location / { proxy_pass http://$A; } location /off { proxy_pass http://$A; proxy_buffering off; }',
    ),
    requests: [
      ...asked('/off', body('1', TAG), body('2')),
      ...asked('/off/yes', body('1', ['X-Accel-Buffering', 'yes']), body('2')),
      ...asked('/no', body('1', ['X-Accel-Buffering', 'no']), body('2')),
    ],
  },
  {
    name: 'a body without a length, and a chunked one',
    site: site('proxy_cache_valid 1m; proxy_http_version 1.1;'),
    requests: [
      ...asked(
        '/c',
        { bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nAccept-Ranges: bytes\r\n\r\n2\r\nab\r\n0\r\n\r\n' },
        body('2'),
      ),
      ...asked('/e', { bytes: 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc' }, body('2')),
      ...asked('/0', { bytes: 'HTTP/1.1 204 No Content\r\nX-Accel-Expires: 60\r\n\r\n' }, body('2')),
    ],
  },
  {
    name: 'what a kept answer carries',
    site: site(
      'proxy_cache_valid 1m; proxy_pass_header X-Accel-Expires; proxy_hide_header X-Secret; proxy_redirect http://inside/ /out/; proxy_cookie_path / /c/; proxy_ignore_headers Set-Cookie;',
    ),
    requests: asked(
      '/a',
      answer(
        200,
        [
          ['X-Secret', '1'],
          ['Date', 'Mon, 29 Jan 2024 12:00:00 GMT'],
          ['Server', 'x'],
          ['Connection', 'close'],
          ['Age', '5'],
          ['Location', 'http://inside/a'],
          ['Set-Cookie', 'a=b; Path=/'],
          ['X-B', '1'],
          ['X-B', '2'],
        ],
        'a',
      ),
      body('2'),
    ),
  },
  {
    name: 'X-Accel-Redirect is not kept',
    site: `${PATH} server { listen $LISTEN; ${SHOWN} location / { proxy_pass http://$A; proxy_cache c; proxy_cache_valid 1m; } location /inside { internal; return 200 inside; } }`,
    requests: asked('/a', body('1', ['X-Accel-Redirect', '/inside']), body('2'), body('3')),
  },
  {
    name: 'a cache by a variable',
    site: `${PATH} server { listen $LISTEN; ${SHOWN} proxy_cache_valid 1m; location / { proxy_pass http://$A; proxy_cache $arg_c; proxy_cache_key $uri; } }`,
    requests: [
      ...asked('/a?c=c', body('1'), body('2')),
      ...asked('/a?c=off', body('3')),
      ...asked('/a', body('4')),
      ...asked('/a?c=x', body('5')),
    ],
  },
  {
    name: 'headers of its own to the upstream',
    site: site('proxy_cache_valid 1m; proxy_set_header If-Match $http_x; proxy_set_header X-Range $http_range;'),
    requests: [{ target: '/a', headers: [HOST, ['X', '1'], ['Range', 'bytes=0-1'], ['If-Range', TAG[1]]] }],
  },
  {
    name: 'a key that does not fit',
    site: site('proxy_cache_valid 1m; proxy_buffer_size 1k; proxy_buffers 4 1k;'),
    requests: [
      ...asked(`/${'k'.repeat(360)}`, body('1'), body('2')),
      ...asked(`/${'k'.repeat(450)}`, body('1'), body('2')),
    ],
  },
  {
    name: 'validators as variables',
    site: site(
      'proxy_cache_revalidate on; add_header X-Tag $upstream_cache_etag; add_header X-Time $upstream_cache_last_modified; add_header X-To $upstream_addr; proxy_set_header X-Tag $upstream_cache_etag;',
    ),
    requests: asked('/a', body('1', OVER, MODIFIED, TAG), body('2', FRESH, TAG), body('3')),
  },
  {
    name: 'a cache asked by auth_request',
    site: `${PATH} server { listen $LISTEN; location / { auth_request /auth; proxy_pass http://$A; ${SHOWN} } location = /auth { internal; proxy_pass http://$B/auth; proxy_cache c; proxy_cache_valid 200 403 1m; } }`,
    requests: [
      { target: '/a', upstream: [answer(204, [FRESH]), body('1')] },
      { target: '/a', upstream: [body('2')] },
    ],
  },
]
