import { type ConformanceCase, get } from '../case.ts'

/** Which location is chosen. `return 200` names it, so that no upstream is needed. */
export const LOCATIONS: readonly ConformanceCase[] = [
  {
    name: 'exact, prefixes, ^~ and regular expressions',
    site: `server { listen $LISTEN; merge_slashes on;
      location / { return 200 root; }
      location = / { return 200 exact-root; }
      location /api/ { return 200 api; }
      location = /api/ { return 200 exact-api; }
      location /api/v1 { return 200 v1; }
      location ^~ /images/ { return 200 images; }
      location ~ \\.(gif|jpg)$ { return 200 "picture $1"; }
      location ~* \\.PNG$ { return 200 png; }
      location ~ ^/api/v2/(?<rest>.*)$ { return 200 "v2 $rest"; }
    }`,
    requests: get(
      '/',
      '/x',
      '/api',
      '/api/',
      '/api/x',
      '/api/v1',
      '/api/v1x',
      '/api/v1/y',
      '/images/a.gif',
      '/images',
      '/a.gif',
      '/api/a.jpg',
      '/b.png',
      '/b.PNG',
      '/api/v2/',
      '/api/v2/a/b',
      '/API/',
      '/?a=/api/',
      '/api/?x',
      '//api//x',
      '/./api/../api/v1',
      '/%61pi/x',
      '/api%2fx',
      '/a.gif/',
      '/a%2egif',
      '/api/v2/%3F',
      '/api/%23',
      '/api/%25',
    ),
  },
  {
    name: 'nested locations',
    site: `server { listen $LISTEN;
      location /a/ {
        location /a/b/ { return 200 ab; location ~ x$ { return 200 abx; } }
        location = /a/exact { return 200 a-exact; }
        location ~ y$ { return 200 ay; }
        return 200 a;
      }
      location ~ y$ { return 200 y; }
      location ~ z$ { location ~ ^/a/ { return 200 az; } return 200 z; }
      location ^~ /n/ { location /n/m { return 200 nm; } location ~ r$ { return 200 nr; } return 200 n; }
      location ~ r$ { return 200 r; }
      return 200 server;
    }`,
    requests: get(
      '/a/',
      '/a/b/',
      '/a/b/x',
      '/a/exact',
      '/a/y',
      '/a/b/y',
      '/y',
      '/a/z',
      '/q/z',
      '/z',
      '/n/',
      '/n/r',
      '/n/m',
      '/n/m/r',
      '/r',
    ),
  },
  {
    name: 'no return on the server: nested without server return',
    site: `server { listen $LISTEN;
      location /a/ {
        location /a/b/ { location ~ x$ { return 200 abx; } return 200 ab; }
        location = /a/exact { return 200 a-exact; }
        location ~ y$ { return 200 ay; }
      }
      location ~ y$ { return 200 y; }
      location ~ z$ { location ~ ^/a/ { return 200 az; } }
      location ^~ /n/ { location /n/m { return 200 nm; } location ~ r$ { return 200 nr; } }
      location ~ r$ { return 200 r; }
    }`,
    requests: get(
      '/a/',
      '/a/b/',
      '/a/b/x',
      '/a/exact',
      '/a/y',
      '/a/b/y',
      '/y',
      '/a/z',
      '/q/z',
      '/z',
      '/n/',
      '/n/r',
      '/n/m',
      '/n/m/r',
      '/r',
      '/none',
      '/none/',
    ),
  },
  {
    name: 'the slash at the end is added where the location proxies',
    site: `server { listen $LISTEN;
      location /p/ { proxy_pass http://$A; }
      location /r/ { return 200 r; }
      location = /e/ { proxy_pass http://$A; }
      location ^~ /n/ { proxy_pass http://$A; }
      location /both/ { proxy_pass http://$A; }
      location /both { return 200 both; }
      location = /ex { return 200 ex; }
      location /ex/ { proxy_pass http://$A; }
      location "/sp ace/" { proxy_pass http://$A; }
      location ~ ^/rx { return 200 rx; }
      location /rx/ { proxy_pass http://$A; }
      location = /exd/ { add_header X-E e; return 200 exd; }
      location /exd/ { add_header X-P p; proxy_pass http://$A; }
      location /deep/ { location /deep/er/ { proxy_pass http://$A; } }
      location ~ ^/deep/er { return 200 regex; }
    }`,
    requests: [
      ...get(
        '/p',
        '/p?x=1&y',
        '/p/',
        '/r',
        '/e',
        '/n',
        '/both',
        '/ex',
        '/sp%20ace',
        '/rx',
        '/deep/er',
        '/exd',
        '/exd/',
        '/p%2f',
        '/p//',
      ),
      { target: '/p', headers: [['Host', 'Other.Example:8080']] },
      { target: '/p', headers: [], httpVersion: '1.0' },
      { method: 'POST', target: '/p', body: 'abc' },
      { method: 'HEAD', target: '/p' },
    ],
  },
  {
    name: 'a location without a slash, and a missing root location',
    site: `server { listen $LISTEN; location /api { return 200 api; } location @named { return 200 named; } }`,
    requests: get('/api', '/apix', '/api/x', '/ap', '/', '/@named', '/x.html', '/dir/'),
  },
  {
    name: 'files are not there: GET, HEAD, POST and other methods',
    site: `server { listen $LISTEN; location / { } location /f { } }`,
    requests: [
      ...get('/', '/f', '/f/', '/f.html'),
      { method: 'HEAD', target: '/f' },
      { method: 'POST', target: '/f' },
      { method: 'PUT', target: '/f' },
      { method: 'DELETE', target: '/f/' },
      { method: 'OPTIONS', target: '/' },
      { method: 'PATCH', target: '/f', body: 'x' },
      { method: 'MKCOL', target: '/f' },
      { method: 'FOO', target: '/f' },
    ],
  },
  {
    name: 'a prefix that ends in the middle of a segment, many of them',
    site: `server { listen $LISTEN; ${['/a', '/ab', '/abc', '/abd', '/b/c/d', '/b/c', '/b', '/b/c/e/'].map((path) => `location ${path} { return 200 "${path}"; }`).join('\n')} }`,
    requests: get(
      '/a',
      '/ab',
      '/abc',
      '/abcd',
      '/abx',
      '/b',
      '/b/',
      '/b/c',
      '/b/c/',
      '/b/c/d/',
      '/b/c/e',
      '/b/c/e/',
      '/bb',
      '/c',
    ),
  },
]
