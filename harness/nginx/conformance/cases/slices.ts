import { answer, type CaseAnswer, type CaseRequest, type ConformanceCase } from '../case.ts'

const PATH = 'proxy_cache_path $FILES/cache keys_zone=c:1m;'
const WHOLE = 'abcdefghijklmnopqrstuvwxyz'
const TAG = ['ETag', '"v1"'] as const
const MODIFIED = ['Last-Modified', 'Mon, 29 Jan 2024 12:00:00 GMT'] as const

/** A site that asks for ten bytes after ten. */
function site(lines = '', more = ''): string {
  return `${PATH} server { listen $LISTEN;
    location / { slice 10; proxy_set_header Range $slice_range; ${lines} proxy_pass http://$A; } ${more} }`
}

const CACHED = 'proxy_cache c; proxy_cache_key $uri$slice_range; proxy_cache_valid 200 206 1m;'

/** The slice from `start` on, as an upstream answers that knows ranges. */
function slice(start: number, ...headers: (readonly [string, string])[]): CaseAnswer {
  const body = WHOLE.slice(start, start + 10)
  return answer(206, [...headers, ['Content-Range', `bytes ${start}-${start + body.length - 1}/26`]], body)
}

/** One that says another Content-Range, or none. */
function told(range: string | null, body = 'abcdefghij'): CaseAnswer {
  return answer(206, range === null ? [] : [['Content-Range', range]], body)
}

/** The same from an application. */
function cgiSlice(start: number): CaseAnswer {
  const body = WHOLE.slice(start, start + 10)
  return { bytes: `Status: 206\r\nContent-Range: bytes ${start}-${start + body.length - 1}/26\r\n\r\n${body}` }
}

const ALL = [0, 10, 20].map((start) => slice(start, TAG, MODIFIED))

function asked(
  target: string,
  upstream: readonly CaseAnswer[],
  ...headers: (readonly [string, string])[]
): CaseRequest {
  return { target, upstream, headers: [['Host', 'a'], ...headers] }
}

/** Ranges of a client, with the slices that they need. */
const RANGES: readonly (readonly [string, readonly number[]])[] = [
  ['bytes=0-4', [0]],
  ['bytes=5-9', [0]],
  ['bytes=5-10', [0, 10]],
  ['bytes=12-14', [10]],
  ['bytes=12-', [10, 20]],
  ['bytes= 21-99', [20]],
  ['bytes=0-', [0, 10, 20]],
  ['bytes=-3', [0, 20]],
  ['bytes=-10', [0, 10, 20]],
  ['bytes=-99', [0, 10, 20]],
  ['bytes=0-1,4-5', [0, 10, 20]],
  ['bytes=12-13,4-5', [0, 10, 20]],
  ['bytes=x', [0, 10, 20]],
  ['lines=1-2', [0, 10, 20]],
  ['BYTES=11-12', [10]],
]

const BROKEN: readonly CaseAnswer[] = [
  told(null),
  told('bytes 0-9/*'),
  told('bytes 0-8/26', 'abcdefghi'),
  told('bytes 1-10/26'),
  told('bytes  0 - 9 / 26 '),
  told('bytes 0-9/26x'),
  told('bytes */26'),
  told('0-9/26'),
]

/** `slice`: what the slices are answered, and what the client gets of them. */
export const SLICES: readonly ConformanceCase[] = [
  {
    name: 'slice: one range after the other',
    site: site(),
    requests: [
      asked('/a?x=%20', ALL),
      { target: '/a', method: 'HEAD', upstream: ALL },
      asked('/short', [answer(206, [['Content-Range', 'bytes 0-2/3']], 'abc')]),
      asked('/even', [answer(206, [['Content-Range', 'bytes 0-9/10']], 'abcdefghij')]),
      asked('/whole', [answer(200, [TAG], WHOLE)]),
      asked('/missing', [answer(404, [], 'no')]),
      asked('/behind', [answer(416, [['Content-Range', 'bytes */26']])], ['Range', 'bytes=99-']),
      asked('/down', ['close']),
      asked('/headers', [slice(0, ['Accept-Ranges', 'bytes'], ['X-A', '1']), slice(10, ['X-A', '2']), slice(20)]),
    ],
  },
  {
    name: "slice: the client's range",
    site: site(),
    requests: RANGES.flatMap(([range, starts]) => [
      asked(
        '/a',
        starts.map((start) => slice(start, TAG)),
        ['Range', range],
      ),
    ]),
  },
  {
    name: 'slice: If-Range',
    site: site(),
    requests: ['"v1"', '"v2"', MODIFIED[1], 'Mon, 29 Jan 2024 12:00:01 GMT'].flatMap((ifRange) => [
      asked('/a', ALL, ['Range', 'bytes=2-3'], ['If-Range', ifRange]),
      asked(
        '/a',
        [0, 20].map((start) => slice(start, TAG, MODIFIED)),
        ['Range', 'bytes=22-23'],
        ['If-Range', ifRange],
      ),
    ]),
  },
  {
    name: 'slice: answers that are no slices',
    site: site(),
    requests: BROKEN.flatMap((first) => [asked('/a', [first, slice(10), slice(20)])]),
  },
  {
    name: 'slice: later answers that do not fit',
    site: site(),
    requests: [
      asked('/etag', [slice(0, TAG), slice(10, ['ETag', '"v2"'])]),
      asked('/none', [slice(0, TAG), slice(10)]),
      asked('/blank', [slice(0, ['ETag', '']), slice(10, TAG), slice(20, TAG)]),
      asked('/later', [slice(0), slice(10, TAG), slice(20, TAG)]),
      asked('/status', [slice(0), answer(200, [], WHOLE)]),
      asked('/gone', [slice(0), answer(404, [], 'no')]),
      asked('/range', [slice(0), slice(20)]),
      asked('/down', [slice(0), 'close']),
    ],
  },
  {
    name: 'slice: with a cache',
    site: site(`${CACHED} add_header X-Cache $upstream_cache_status;`),
    requests: [
      asked('/a', ALL, ['Range', 'bytes=12-13']),
      asked('/a', [slice(10, TAG, MODIFIED)], ['Range', 'bytes=12-13']),
      asked('/a', [slice(0, TAG, MODIFIED), slice(20, TAG, MODIFIED)]),
      asked('/a', []),
      { target: '/a', method: 'HEAD' },
      asked('/a', [], ['If-None-Match', '"v1"']),
      asked('/a', [], ['If-Match', '"v2"']),
      asked('/a', [], ['Range', 'bytes=-3']),
      asked('/a', [], ['Range', 'bytes=30-']),
      { target: '/head', method: 'HEAD', upstream: ALL },
      asked('/head', ALL.slice(1)),
      asked('/new', [slice(0, ['ETag', '"v2"'])], ['Range', 'bytes=0-1']),
      asked('/new', [slice(10, TAG)]),
      asked('/new', [], ['Range', 'bytes=2-3']),
      asked('/whole', [answer(200, [], WHOLE)]),
      asked('/whole', [answer(200, [], WHOLE)], ['Range', 'bytes=12-13']),
    ],
  },
  {
    name: 'slice: a cache has slices of before and after a change',
    site: site(CACHED),
    requests: [
      asked('/a', [slice(10, ['ETag', '"v1"'])], ['Range', 'bytes=10-19']),
      asked('/a', [slice(0, ['ETag', '"v2"'])], ['Range', 'bytes=0-9']),
      asked('/a', []),
      asked('/a', []),
      asked('/a', [], ['Range', 'bytes=5-12']),
      asked('/a', [], ['Range', 'bytes=5-6']),
    ],
  },
  {
    name: 'slice: in error pages, over other protocols, without a line of its own',
    site: site(
      '',
      `location /page/ { slice 10; proxy_set_header Range $slice_range; proxy_intercept_errors on; error_page 404 /spare/x; proxy_pass http://$A; }
       location /spare/ { slice 10; proxy_set_header Range $slice_range; proxy_pass http://$B; }
       location /cgi/ { slice 10; fastcgi_param HTTP_RANGE $slice_range; fastcgi_pass $C; }
       location /plain/ { proxy_set_header Range "bytes=0-9"; proxy_pass http://$A; }
       location /read/ { slice 10; set $before $slice_range; proxy_set_header X $before; proxy_pass http://$A; }`,
    ),
    requests: [
      asked('/page/a', [answer(404), ...ALL]),
      asked('/plain/a', ALL),
      asked('/read/a', ALL),
      asked('/cgi/a', [0, 10, 20].map(cgiSlice)),
      { target: '/a', method: 'DELETE', upstream: ALL },
    ],
  },
  {
    name: 'slice: sizes, and where they count',
    site: `server { listen $LISTEN; slice 13; proxy_set_header Range $slice_range; add_header X-Range "[$slice_range]";
      location / { proxy_pass http://$A; }
      location /none/ { slice 0; proxy_pass http://$A; }
      location /own/ { return 200 "[$slice_range]"; }
      location /auth/ { auth_request /ask; proxy_pass http://$A; }
      location /ask { internal; proxy_pass http://$B; }
      location /moved/ { rewrite ^/moved/(.*) /$1 break; proxy_pass http://$A/up/; }
      location ~ ^/re/(.*)$ { proxy_pass http://$A/$1?$args; } }`,
    requests: ['/a', '/none/a', '/own/a', '/auth/a', '/moved/a?x', '/re/a%20b?y'].flatMap((target) => [
      { target },
      asked(target, [
        ...(target === '/auth/a' ? [answer(204)] : []),
        answer(206, [['Content-Range', 'bytes 0-12/26']], WHOLE.slice(0, 13)),
        answer(206, [['Content-Range', 'bytes 13-25/26']], WHOLE.slice(13)),
      ]),
    ]),
  },
  {
    name: 'slice: with filters',
    site: site(
      'gzip on; gzip_min_length 1; gzip_types text/plain;',
      `location /sub/ { slice 10; proxy_set_header Range $slice_range; sub_filter x y; sub_filter_types *; proxy_pass http://$A; }
       location /max/ { slice 10; proxy_set_header Range $slice_range; max_ranges 0; proxy_pass http://$A; }
       location /utf/ { slice 10; proxy_set_header Range $slice_range; charset utf-8; proxy_pass http://$A; }`,
    ),
    requests: ['/a', '/max/a', '/utf/a'].flatMap((target) => [
      asked(target, ALL),
      asked(
        target,
        [0, 10, 20].map((start) => slice(start, ['Content-Type', 'text/plain'])),
      ),
      asked(target, [slice(0, ['Content-Type', 'text/plain'])], ['Range', 'bytes=1-2']),
    ]),
  },
]
