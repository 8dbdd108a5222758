import type { Header } from '../../../chain/message.ts'
import { answer, type CaseAnswer, type CaseRequest, type ConformanceCase } from '../case.ts'

const from = (
  target: string,
  upstream: CaseAnswer | null,
  headers: readonly Header[] = [],
  method = 'GET',
): CaseRequest => ({
  method,
  target,
  headers: [['Host', 'example.com'], ...headers],
  // Where the cache answers, nobody is asked.
  upstream: [upstream ?? answer(500, [], 'not from the cache')],
})

const ok = (body: string, ...headers: readonly Header[]): CaseAnswer => answer(200, headers, body)

/** Time zero: kept, and past its time at once. */
const PAST: Header = ['X-Accel-Expires', '@1']

const ZONE = 'proxy_cache_path $FILES/cache keys_zone=pages:1m; '

const SERVER = `server { listen $LISTEN; proxy_cache pages; add_header X-Cache $upstream_cache_status always;
  add_header X-Upstream "$upstream_status $upstream_addr" always;`

/** What caches keep, for which requests, and what clients get of it. */
export const KEPT_ANSWERS: readonly ConformanceCase[] = [
  {
    name: 'proxy_cache: what is kept, for how long, by which lines',
    site: `${ZONE}${SERVER}
      location / { proxy_pass http://$A; proxy_cache_valid 200 404 1h; proxy_cache_valid 301 1m; }
      location /any/ { proxy_pass http://$A; proxy_cache_valid any 1h; }
      location /plain/ { proxy_pass http://$A; proxy_cache_valid 1h; }
      location /none/ { proxy_pass http://$A; }
      location /ignored/ { proxy_pass http://$A; proxy_cache_valid 1h; proxy_ignore_headers Set-Cookie Cache-Control Expires X-Accel-Expires Vary; }
      location /off/ { proxy_cache off; proxy_pass http://$A; proxy_cache_valid 1h; }
    }`,
    requests: ['/', '/any/', '/plain/', '/none/', '/ignored/', '/off/'].flatMap((place) =>
      [
        ok('plain'),
        answer(404, [], 'gone'),
        answer(301, [['Location', 'http://other.example/x']], ''),
        answer(500, [], 'bad'),
        ok('cookie', ['Set-Cookie', 'a=b']),
        ok('private', ['Cache-Control', 'private']),
        ok('aged', ['Cache-Control', 'public, max-age=60']),
        ok('zero', ['Cache-Control', 'max-age=0']),
        ok('shared', ['Cache-Control', 'max-age=0, s-maxage=10']),
        ok('odd', ['Cache-Control', 'max-age=1x']),
        ok('expires', ['Expires', 'Thu, 01 Jan 2099 00:00:00 GMT']),
        ok('expired', ['Expires', 'Thu, 01 Jan 1998 00:00:00 GMT']),
        ok('never', ['Expires', '0']),
        ok('accel', ['X-Accel-Expires', '60']),
        ok('not', ['X-Accel-Expires', '0']),
        ok('nonsense', ['X-Accel-Expires', 'soon']),
        ok('first', ['X-Accel-Expires', '60'], ['Cache-Control', 'no-cache']),
        ok('last', ['Cache-Control', 'no-store'], ['X-Accel-Expires', '60']),
        ok('both', ['Expires', 'Thu, 01 Jan 1998 00:00:00 GMT'], ['Cache-Control', 'max-age=60']),
        ok('star', ['Vary', '*']),
        ok('long', ['Vary', `Accept-Encoding, ${'x'.repeat(120)}`]),
      ].flatMap((upstream, index) => [from(`${place}${index}`, upstream), from(`${place}${index}`, null)]),
    ),
  },
  {
    name: 'proxy_cache: keys, methods, bypass and no_cache, uses',
    site: `${ZONE}${SERVER} proxy_cache_valid any 1h;
      location / { proxy_pass http://$A; }
      location /uri { proxy_pass http://$A/other; }
      location /rewritten { rewrite ^ /all break; proxy_pass http://$A; }
      location /key { proxy_cache_key $host$uri; proxy_pass http://$A; }
      location /one { proxy_cache_key the-same; proxy_pass http://$A; }
      location /two { proxy_cache_key the-same; proxy_pass http://$A; }
      location /post { proxy_cache_methods POST; proxy_pass http://$A; }
      location /head { proxy_cache_convert_head off; proxy_cache_key $request_method$request_uri; proxy_pass http://$A; }
      location /bypass { proxy_cache_bypass $cookie_sid $arg_fresh; proxy_pass http://$A; }
      location /no { proxy_no_cache $http_authorization $cookie_sid; proxy_pass http://$A; }
      location /twice { proxy_cache_min_uses 3; proxy_pass http://$A; }
      location /long { proxy_cache_key $arg_key; proxy_pass http://$A; }
      location /named { proxy_cache $arg_zone; proxy_pass http://$A; }
      location /buffer { proxy_buffering off; proxy_pass http://$A; }
    }`,
    requests: [
      from('/a?x=1', ok('a1')),
      from('/a?x=1', null),
      from('/a?x=2', ok('a2')),
      { ...from('/a?x=1', ok('other host')), headers: [['Host', 'other.example']] },
      from('/uri/a', ok('uri')),
      from('/uri/a', null),
      from('/rewritten', ok('all')),
      from('/rewritten?x', ok('all x')),
      from('/rewritten', null),
      from('/key?a', ok('key')),
      from('/key?b', null),
      from('/one', ok('one')),
      from('/two', null),
      from('/post', ok('got')),
      from('/post', null, [], 'POST'),
      from('/a?x=1', ok('posted'), [], 'POST'),
      from('/a?x=1', null, [], 'HEAD'),
      from('/h', ok('by head'), [], 'HEAD'),
      from('/h', null),
      from('/head', ok(''), [], 'HEAD'),
      from('/head', null, [], 'HEAD'),
      from('/head', ok('by get')),
      from('/bypass', ok('first')),
      from('/bypass', ok('second'), [['Cookie', 'sid=1']]),
      from('/bypass', null),
      from('/bypass?fresh=0', ok('third')),
      from('/bypass?fresh=0', null),
      from('/no', ok('not kept'), [['Cookie', 'sid=0']]),
      from('/no', ok('not kept'), [['Cookie', 'sid=1']]),
      from('/no', ok('kept'), []),
      from('/no', null, [['Cookie', 'sid=1']]),
      ...[1, 2, 3, 4].map((use) => from('/twice', use === 4 ? null : ok(`use ${use}`))),
      from(`/long?key=${'k'.repeat(3_400)}`, ok('short enough')),
      from(`/long?key=${'k'.repeat(3_400)}`, null),
      from(`/long?key=${'k'.repeat(3_700)}`, ok('too long')),
      from(`/long?key=${'k'.repeat(3_700)}`, ok('too long again')),
      from('/named?zone=pages', ok('named')),
      from('/named?zone=pages', null),
      from('/named?zone=off', ok('off')),
      from('/named?zone=nowhere', ok('nowhere')),
      from('/named', ok('none')),
      from('/buffer', ok('unbuffered')),
      from('/buffer', ok('again')),
    ],
  },
  {
    name: 'proxy_cache: what a client gets of it: conditions, ranges, headers, another Vary',
    site: `${ZONE}${SERVER} proxy_cache_valid 200 1h;
      location / { proxy_pass http://$A; }
      location /norange { proxy_cache_max_range_offset 0; proxy_pass http://$A; }
      location /range { proxy_cache_max_range_offset 10; proxy_pass http://$A; }
      location /hidden { proxy_hide_header X-Secret; proxy_pass_header Date; add_header X-More more; proxy_pass http://$A; }
      location /gz { gzip on; gzip_min_length 1; gzip_types text/plain; proxy_pass http://$A; }
    }`,
    requests: [
      from(
        '/c',
        ok(
          'body of it',
          ['ETag', '"1"'],
          ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'],
          ['Accept-Ranges', 'bytes'],
        ),
      ),
      from('/c', null, [['If-None-Match', '"1"']]),
      from('/c', null, [['If-None-Match', '"2"']]),
      from('/c', null, [['If-Modified-Since', 'Mon, 01 Jan 2024 00:00:00 GMT']]),
      from('/c', null, [['If-Match', '"2"']]),
      from('/c', null, [['Range', 'bytes=2-5']]),
      from('/c', null, [['Range', 'bytes=99-']]),
      from('/c', null, [['Range', 'bytes=0-1,3-4']]),
      from('/c', null, [
        ['Range', 'bytes=2-5'],
        ['If-Range', '"2"'],
      ]),
      from('/c', null, [['Accept-Encoding', 'gzip']]),
      // What the client asks for, the cache does not ask for.
      from('/d', ok('whole', ['ETag', '"d"'], ['Accept-Ranges', 'bytes']), [
        ['If-None-Match', '"d"'],
        ['Range', 'bytes=0-1'],
        ['If-Modified-Since', 'Mon, 01 Jan 2024 00:00:00 GMT'],
      ]),
      from('/e', ok('0123456789', ['Accept-Ranges', 'bytes']), [['Range', 'bytes=3-4']]),
      from('/e', null),
      from('/norange', ok('0123456789', ['Accept-Ranges', 'bytes']), [['Range', 'bytes=3-4']]),
      from('/norange', ok('whole now')),
      from('/norange', null, [['Range', 'bytes=3-4']]),
      from('/range?1', ok('0123456789', ['Accept-Ranges', 'bytes']), [['Range', 'bytes=3-4']]),
      from('/range?2', ok('0123456789', ['Accept-Ranges', 'bytes']), [['Range', 'bytes=10-']]),
      from('/range?3', ok('0123456789', ['Accept-Ranges', 'bytes']), [['Range', 'bytes=-4']]),
      ...['/range?1', '/range?2', '/range?3'].map((target) => from(target, ok('asked again'))),
      from(
        '/hidden',
        ok('h', ['X-Secret', 's'], ['X-Open', 'o'], ['Date', 'Mon, 01 Jan 2024 00:00:00 GMT'], ['Server', 'up']),
      ),
      from('/hidden', null),
      from('/gz', ok('packed '.repeat(20), ['Content-Type', 'text/plain'], ['ETag', '"g"']), [
        ['Accept-Encoding', 'gzip'],
      ]),
      from('/gz', null, [['Accept-Encoding', 'gzip']]),
      from('/gz', null),
      from('/v', ok('en', ['Vary', 'Accept-Language, X-Tenant']), [
        ['Accept-Language', 'en,  de'],
        ['X-Tenant', 'a'],
      ]),
      from('/v', null, [
        ['Accept-Language', 'en de'],
        ['X-Tenant', 'a'],
      ]),
      from('/v', ok('de', ['Vary', 'Accept-Language, X-Tenant']), [
        ['Accept-Language', 'de'],
        ['X-Tenant', 'a'],
      ]),
      from('/v', null, [
        ['Accept-Language', 'de'],
        ['X-Tenant', 'a'],
      ]),
      from('/v', null, [
        ['Accept-Language', 'en,de'],
        ['X-Tenant', 'a'],
      ]),
      from('/v', ok('plain', ['X-No', 'vary']), [['X-Tenant', 'b']]),
      from('/v', null, [['X-Tenant', 'c']]),
      from('/chunked', { bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n' }),
      from('/chunked', null),
      from('/cut', { bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc' }),
      from('/cut', ok('whole')),
      from('/accel', ok('', ['X-Accel-Redirect', '/c'])),
    ],
  },
  {
    name: 'proxy_cache: past its time, stale for errors, asked for again by its validators, kept errors',
    site: `${ZONE}${SERVER} proxy_cache_valid 200 1h; proxy_read_timeout 1s;
      location / { proxy_pass http://$A; }
      location /stale { proxy_cache_use_stale error invalid_header http_500 http_404; proxy_pass http://$A; }
      location /again { proxy_cache_revalidate on; proxy_pass http://$A; }
      location /intercepted { proxy_intercept_errors on; error_page 404 500 /page; proxy_cache_valid 404 1h; proxy_pass http://$A; }
      location /page { return 200 page; }
      location /dead { proxy_cache_valid any 1h; proxy_pass http://$DEAD; }
      location /dead/not { proxy_cache_valid 200 1h; proxy_pass http://$DEAD; }
      location /if { proxy_cache_use_stale off; proxy_pass http://$A; }
    }`,
    requests: [
      from('/x', ok('old', PAST)),
      from('/x', ok('new')),
      from('/x', null),
      from('/stale', ok('old', PAST)),
      from('/stale', answer(500, [], 'bad')),
      from('/stale', answer(404, [], 'gone')),
      from('/stale', 'close'),
      from('/stale', answer(503, [], 'busy')),
      from('/stale', ok('new')),
      from('/stale', null),
      from('/if', ok('old', PAST, ['Cache-Control', 'stale-if-error=60'])),
      from('/if', 'close'),
      from('/again', ok('old', PAST, ['ETag', '"1"'], ['Last-Modified', 'Mon, 01 Jan 2024 00:00:00 GMT'])),
      from('/again', answer(304, [['ETag', '"1"']], '')),
      from('/again', null),
      from('/again?2', ok('old', PAST, ['ETag', 'W/"2"'])),
      from('/again?2', ok('other', ['ETag', '"3"'])),
      from('/again?2', null, [['If-None-Match', '"3"']]),
      from('/x2', ok('old', PAST, ['ETag', '"1"'])),
      from('/x2', answer(304, [['ETag', '"1"']], '')),
      from('/intercepted', answer(404, [], 'gone')),
      from('/intercepted', null),
      from('/intercepted?500', answer(500, [], 'bad')),
      from('/intercepted?500', answer(200, [], 'good')),
      from('/dead', null),
      from('/dead', null),
      from('/dead/not', null),
      from('/dead/not', null),
    ],
  },
]
