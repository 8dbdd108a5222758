import { type CaseRequest, type ConformanceCase, FILES_CHANGED_MS, get } from '../case.ts'

const SITE_FILES = {
  'www/index.html': '<p>home',
  'www/a.txt': 'text of a',
  'www/ten': '0123456789',
  'www/empty.css': '',
  'www/b c.html': 'spaced',
  'www/docs/index.html': 'docs',
  'www/docs/page.html': 'page',
  'www/bare/x.js': 'x()',
  'www/other/home.htm': 'htm',
  'www/.hidden.html': 'h',
  'www/404.html': 'not here',
  'data/one/f.json': '{}',
  'data/one/index.html': 'one',
}
const MODIFIED = new Date(FILES_CHANGED_MS).toUTCString()
const LATER = new Date(FILES_CHANGED_MS + 10_000).toUTCString()
const EARLIER = new Date(FILES_CHANGED_MS - 10_000).toUTCString()
const ETAG = `"${(FILES_CHANGED_MS / 1000).toString(16)}-a"`

const withHeader = (target: string, ...lines: readonly (readonly [string, string])[]): CaseRequest => ({
  target,
  headers: [['Host', 'example.com'], ...lines],
})

/** Files that root and alias serve. */
export const FILES: readonly ConformanceCase[] = [
  {
    name: 'root: files, folders, index, what is not there, methods',
    site: `server { listen $LISTEN; root $FILES/www; location /other/ { index none.html home.htm; } location /auto { } location /abs/ { index nothing /a.txt; } location = /post { } }`,
    files: SITE_FILES,
    requests: [
      ...get('/', '/a.txt', '/ten', '/empty.css', '/b%20c.html', '/docs', '/docs?x=1', '/docs/', '/docs/page.html'),
      ...get('/docs/page.html/', '/docs/page.html/x', '/bare/', '/bare', '/bare/x.js', '/none', '/none/', '/other/'),
      ...get('/.hidden.html', '/other', '/b%20c.html?q', '/index.html', '/abs/'),
      ...['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'FOO'].flatMap((method) =>
        ['/a.txt', '/docs', '/docs/', '/bare/', '/none', '/none/'].map((target) => ({ method, target })),
      ),
    ],
  },
  {
    name: 'alias',
    site: `server { listen $LISTEN;
      location /d/ { alias $FILES/data/; } location /n { alias $FILES/data; } location = /e { alias $FILES/www/a.txt; } location ~ ^/r/(.*)$ { alias $FILES/data/$1; } location /nos/ { alias $FILES/data/one; }
      location /rw/ { alias $FILES/data/; rewrite ^/rw/(.*)$ /d/$1 break; } location /out/ { alias $FILES/data/; location /out/one/ { index f.json; } location ~ json { root $FILES/www; } }
    }`,
    files: SITE_FILES,
    requests: get(
      '/d/',
      '/d/one',
      '/d/one?a',
      '/d/one/',
      '/d/one/f.json',
      '/d/../d/one/f.json',
      '/n/one/f.json',
      '/n/one',
      '/none',
      '/e',
      '/r/one/f.json',
      '/r/one',
      '/r/one/',
      '/r/x',
      '/nos/f.json',
      '/nos/',
      '/rw/one/f.json',
      '/out/one/',
      '/out/one/f.json',
      '/out/x.json',
    ),
  },
  {
    name: 'try_files finds files',
    site: `server { listen $LISTEN; root $FILES/www;
      location / { try_files $uri $uri/ /index.html; } location /docs/ { try_files $uri =404; } location /p/ { try_files $uri /a.txt @up; } location /pp/ { try_files /a.txt =404; proxy_pass http://$B; } location /pu/ { try_files /a.txt =404; proxy_pass http://$B/base/; }
      location /al/ { alias $FILES/data/; try_files $uri $uri/index.html /al/one/f.json; } location ~ ^/ar/(.*)$ { alias $FILES/data/; try_files $1 one/f.json =404; } location /af/ { alias $FILES/data/; try_files $uri /af/one/$arg_f; } location /dir/ { try_files /docs/ =404; }
      location @up { proxy_pass http://$A; }
    }`,
    files: SITE_FILES,
    requests: get(
      '/',
      '/a.txt',
      '/docs',
      '/docs/',
      '/docs/page.html',
      '/docs/none',
      '/bare',
      '/bare/',
      '/deep/link',
      '/p/x',
      '/pp/x',
      '/pu/x',
      '/al/one/f.json',
      '/al/one',
      '/al/zzz',
      '/ar/one/f.json',
      '/ar/none',
      '/af/zzz?f=f.json',
      '/dir/x',
      '/b%20c.html',
    ),
  },
  {
    name: 'conditions and ranges',
    site: 'server { listen $LISTEN; root $FILES/www; location /off/ { alias $FILES/www/; if_modified_since off; etag off; max_ranges 0; } location /before/ { alias $FILES/www/; if_modified_since before; max_ranges 1; } location /ret { return 200 text; } location /err { error_page 404 /a.txt; return 404; } location /err2 { error_page 404 =200 /ten; return 404; } location /hdr/ { alias $FILES/www/; add_header X-A a; add_header X-B b always; error_page 416 412 /a.txt; } location /p { proxy_pass http://$A; } }',
    files: SITE_FILES,
    requests: [
      ...['/ten', '/off/ten', '/before/ten', '/ret', '/err', '/err2', '/hdr/ten', '/p', '/none', '/docs/'].flatMap(
        (target) => [
          withHeader(target, ['If-Modified-Since', MODIFIED]),
          withHeader(target, ['If-Modified-Since', LATER]),
          withHeader(target, ['If-Modified-Since', EARLIER]),
          withHeader(target, ['If-Unmodified-Since', MODIFIED]),
          withHeader(target, ['If-Unmodified-Since', EARLIER]),
          withHeader(target, ['If-None-Match', ETAG]),
          withHeader(target, ['If-None-Match', `"x", W/${ETAG}`]),
          withHeader(target, ['If-None-Match', '*']),
          withHeader(target, ['If-None-Match', '"nope"'], ['If-Modified-Since', MODIFIED]),
          withHeader(target, ['If-Match', ETAG]),
          withHeader(target, ['If-Match', `W/${ETAG}`]),
          withHeader(target, ['If-Match', '*']),
          withHeader(target, ['Range', 'bytes=2-4']),
          withHeader(target, ['Range', 'bytes=-3']),
          withHeader(target, ['Range', 'bytes=7-']),
          withHeader(target, ['Range', 'bytes=0-100']),
          withHeader(target, ['Range', 'bytes=10-']),
          withHeader(target, ['Range', 'bytes=5-2']),
          withHeader(target, ['Range', 'bytes=a']),
          withHeader(target, ['Range', 'bytes=']),
          withHeader(target, ['Range', 'items=1-2']),
          withHeader(target, ['Range', 'bytes= 1 - 2 ']),
          withHeader(target, ['Range', 'bytes=0-0,20-30']),
          withHeader(target, ['Range', 'bytes=0-0,2-3']),
          withHeader(target, ['Range', 'bytes=1-2, -1 ,4-4']),
          withHeader(target, ['Range', 'bytes=0-5,3-9']),
          withHeader(target, ['Range', 'bytes=0-4,3-9']),
          withHeader(target, ['Range', `bytes=${'0-0,'.repeat(9)}1-1`]),
          withHeader(target, ['Range', `bytes=${'0-0,'.repeat(20)}1-1`]),
          withHeader(target, ['Range', 'bytes=1-1,2-2'], ['If-Range', ETAG]),
          withHeader(target, ['Range', 'bytes=-0']),
          withHeader(target, ['Range', 'bytes=1-2'], ['If-Range', ETAG]),
          withHeader(target, ['Range', 'bytes=1-2'], ['If-Range', '"x"']),
          withHeader(target, ['Range', 'bytes=1-2'], ['If-Range', MODIFIED]),
          withHeader(target, ['Range', 'bytes=1-2'], ['If-Range', LATER]),
        ],
      ),
      { ...withHeader('/ten', ['Range', 'bytes=2-4']), method: 'HEAD' },
      { ...withHeader('/ten', ['Range', 'bytes=2-4,6-6']), method: 'HEAD' },
      { ...withHeader('/ten', ['If-None-Match', '*']), method: 'HEAD' },
      withHeader('/empty.css', ['Range', 'bytes=0-']),
      withHeader('/empty.css', ['Range', 'bytes=-1']),
    ],
  },
  {
    name: 'files as error pages, content types, paths with variables',
    site: `server { listen $LISTEN; root $FILES/$arg_dir; error_page 404 /404.html; error_page 405 =200 /a.txt; error_page 403 /docs/;
      types { text/plain txt; application/x-page html htm; } default_type application/x-any;
      location /t/ { alias $FILES/www/; types { } default_type ""; } location /v { return 200 "$document_root|$request_filename"; } location /va/ { alias $FILES/data/; return 200 "$document_root|$request_filename"; }
    }`,
    files: SITE_FILES,
    requests: [
      ...get('/a.txt?dir=www', '/ten?dir=www', '/none?dir=www', '/bare/?dir=www', '/docs/page.html?dir=www', '/a.txt'),
      ...get('/t/a.txt', '/v', '/v?dir=www', '/va/x', '/?dir=www', '/docs?dir=www', '/none'),
      { method: 'PUT', target: '/a.txt?dir=www' },
      { method: 'POST', target: '/a.txt?dir=www', body: 'x' },
    ],
  },
  {
    name: 'if asks for files',
    site: `server { listen $LISTEN; root $FILES/www;
      location / { if (-f $request_filename) { return 200 file; } if (-d $request_filename) { return 200 folder; } if (!-e $request_filename) { return 200 nothing; } return 200 end; }
      location /m/ { if (!-f $document_root/maintenance.html) { set $x up; } if (!-d $FILES/data) { set $x down; } if (-e relative) { set $x rel; } return 200 "$x"; }
    }`,
    files: SITE_FILES,
    requests: get('/a.txt', '/docs', '/docs/', '/none', '/', '/m/'),
  },
  {
    name: 'several ranges of a file: its type, its charset, how many there may be',
    site: 'server { listen $LISTEN; root $FILES; types { text/html html; } default_type ""; location /charset/ { charset utf-8; } location /two/ { max_ranges 2; } location /three/ { max_ranges 3; } location /sub/ { sub_filter_types *; sub_filter a b; } location /text { return 200 0123456789; } }',
    files: {
      none: '0123456789',
      'charset/a.html': '0123456789',
      'two/a.html': '0123456789',
      'three/a.html': '0123456789',
      'sub/a.html': '0123456789',
    },
    requests: ['/none', '/charset/a.html', '/two/a.html', '/three/a.html', '/sub/a.html', '/text'].flatMap((target) => [
      withHeader(target, ['Range', 'bytes=0-1,3-4']),
      withHeader(target, ['Range', 'bytes=0-0,2-2,4-4']),
      withHeader(target, ['Range', 'bytes=0-0,2-2,4-4,6-6']),
    ]),
  },
]
