import type { CaseAnswer, CaseRequest, ConformanceCase } from '../case.ts'

const END: CaseAnswer = { bytes: 'END\r\n' }

function value(key: string, body: string, flags = '0'): CaseAnswer {
  return { bytes: `VALUE ${key} ${flags} ${body.length}\r\n${body}\r\nEND\r\n` }
}

function asked(target: string, ...upstream: readonly CaseAnswer[]): CaseRequest {
  return { target, upstream }
}

/** `memcached_pass`: which key is asked for, and what becomes of the answer. */
export const MEMCACHED: readonly ConformanceCase[] = [
  {
    name: 'memcached: keys and values',
    site: `server { listen $LISTEN; default_type text/x;
      location / { set $memcached_key "$uri?$args"; memcached_pass $A; }
      location /key/ { set $memcached_key "x:$arg_k"; memcached_pass $A; types { text/html html; } add_header X-A "$upstream_status|$memcached_key"; }
      location /none/ { memcached_pass $A; }
      location /empty/ { set $memcached_key ""; memcached_pass $A; }
      location /slash/ { set $memcached_key $uri; memcached_pass $A; }
    }`,
    requests: [
      asked('/a', value('/a?', 'hello')),
      asked('/a?b=c', value('/a?b=c', '')),
      asked('/a%20b%25', value('/a%20b%25?', 'spaced')),
      asked('/%C3%A4%7F', value('/\u00c3\u00a4\u007f?', 'not ASCII')),
      asked('/key/x.html?k=1', value('x:1', '<p>')),
      asked('/key/x.html?k=1', END),
      asked('/a', END),
      asked('/a', value('/b?', 'other')),
      asked('/a', { bytes: 'SERVER_ERROR out of memory\r\n' }),
      asked('/a', { bytes: 'VALUE /a? 0 x\r\n' }),
      asked('/a', { bytes: 'VALUE /a? 0\r\n' }),
      asked('/a', { bytes: 'END\n' }),
      asked('/a', 'close'),
      asked('/none/a'),
      asked('/empty/a'),
      asked('/slash'),
      { target: '/a', method: 'HEAD', upstream: [value('/a?', 'hello')] },
      { target: '/a', method: 'HEAD', upstream: [END] },
      { target: '/a', method: 'POST' },
      { target: '/a', method: 'DELETE' },
      ...['bytes=1-2', 'bytes=9-', 'bytes=-2', 'bytes=0-0,2-2'].map((range) => ({
        target: '/a',
        headers: [
          ['Host', 'a'],
          ['Range', range],
        ] as const,
        upstream: [value('/a?', 'hello')],
      })),
    ],
  },
  {
    name: 'memcached: a miss goes on to the application',
    site: `upstream group { server $DEAD; server $B; } upstream pair { server $A; server $B; }
    server { listen $LISTEN;
      location / { set $memcached_key $uri; memcached_pass $A; error_page 404 502 504 = @app; }
      location @app { proxy_pass http://$C; }
      location /page/ { set $memcached_key $uri; memcached_pass $A; error_page 404 /sorry; }
      location = /sorry { return 200 sorry; }
      location /group/ { set $memcached_key $uri; memcached_pass group; }
      location /pair/ { set $memcached_key $uri; memcached_pass pair; memcached_next_upstream not_found invalid_response; }
      location /dead/ { set $memcached_key $uri; memcached_pass $DEAD; error_page 502 = @app; }
      location /small/ { set $memcached_key $uri; memcached_pass $A; memcached_buffer_size 64; }
      location /if/ { set $memcached_key $uri; if ($arg_m) { memcached_pass $A; } proxy_pass http://$C; }
    }`,
    requests: [
      asked('/a', value('/a', 'hello')),
      asked('/a', END),
      asked('/a', { bytes: 'ERROR\r\n' }),
      asked('/page/a', END),
      asked('/group/a', value('/group/a', 'hello')),
      asked('/pair/a', END, value('/pair/a', 'hello')),
      asked('/pair/a', END, END),
      asked('/pair/b', { bytes: 'ERROR\r\n' }, value('/pair/b', 'hello')),
      asked('/dead/a'),
      asked('/small/a', value('/small/a', 'x'.repeat(200))),
      asked('/if/a?m=1', value('/if/a', 'hello')),
      asked('/if/a'),
    ],
  },
]
