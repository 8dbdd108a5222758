import type { Header } from '../../../chain/message.ts'
import type { CaseRequest, ConformanceCase } from '../case.ts'

const head = (...headers: Header[]): CaseRequest => ({ target: '/', headers: [['Host', 'a'], ...headers] })
const long = (length: number) => 'x'.repeat(length)

/** Header lines that are dropped, refused or passed on; heads that are too long. */
export const HEADS: readonly ConformanceCase[] = [
  {
    name: 'header names and values',
    site: 'server { listen $LISTEN; location / { proxy_pass http://$A; } }',
    requests: [
      head(['X_Under', '1']),
      head(['_x', '1']),
      head(['X-9', '1']),
      head(['X.Dot', '1']),
      head(['X Space', '1']),
      head(['X\tTab', '1']),
      head(['X/Slash', '1']),
      head(['X\xe4', '1']),
      head(['X\x01', '1']),
      head(['X\x7f', '1']),
      head(['-', '1']),
      head(['X!', '1']),
      head(['X"', '1']),
      head(['X~', 'a']),
      head(['X-A', '']),
      head(['X-A', '   ']),
      head(['X-A', ' a  b ']),
      head(['X-A', '\ta\t']),
      head(['X-A', 'a\xe4\xff']),
      head(['X-A', 'a\x01b']),
      head(['X-A', 'a\0b']),
      head(['X-A', 'a\x7fb']),
      head(['x-a', 'b'], ['X-A', 'c']),
      head(['Host', 'b']),
      head(['HOST', 'a']),
      head(['Content-Length', 'x']),
      head(['Content-Length', '-1']),
      head(['Content-Length', '0'], ['content-length', '0']),
      head(['Content-Length', '+1']),
      head(['Content-Length', '']),
      head(['Content-Length', '0x1']),
      head(['Content-Length', '99999999999999999999']),
      head(['Content-Length', '0 ']),
      head(['Transfer-Encoding', 'gzip']),
      head(['Transfer-Encoding', 'identity']),
      head(['Transfer-Encoding', 'chunked, gzip']),
      head(['Transfer-Encoding', 'gzip, chunked']),
      head(['Transfer-Encoding', 'chunked'], ['Content-Length', '0']),
      head(['Transfer-Encoding', 'chunked'], ['Transfer-Encoding', 'chunked']),
      head(['Transfer-Encoding', '']),
      head(['Authorization', 'a'], ['Authorization', 'b']),
      head(['If-Match', 'a'], ['If-Match', 'b']),
      head(['If-Range', 'a'], ['If-Range', 'b']),
      head(['If-Modified-Since', 'a'], ['If-Modified-Since', 'b']),
      head(['Expect', 'a'], ['Expect', 'b']),
      head(['Range', 'a'], ['Range', 'b']),
      head(['Cookie', 'a'], ['Cookie', 'b']),
      head(['Referer', 'a'], ['Referer', 'b']),
      head(['User-Agent', 'a'], ['User-Agent', 'b']),
      head(['Content-Type', 'a'], ['Content-Type', 'b']),
      head(['Content-Range', 'a'], ['Content-Range', 'b']),
      head(['Upgrade', 'a'], ['Upgrade', 'b']),
      head(['Via', 'a'], ['Via', 'b']),
      head(['If-None-Match', 'a'], ['If-None-Match', 'b']),
      head(['If-Unmodified-Since', 'a'], ['If-Unmodified-Since', 'b']),
      head(['Date', 'a'], ['Date', 'b']),
      { target: '/', httpVersion: '1.0', headers: [['Transfer-Encoding', 'chunked']] },
      { target: '/', headers: [] },
      { method: 'CONNECT', target: '/' },
      { method: 'TRACE', target: '/' },
      { method: 'get', target: '/' },
      { method: 'G3T', target: '/' },
      { method: 'GET_X', target: '/' },
      { method: 'X-Y', target: '/' },
      { method: '_', target: '/' },
      { method: 'GeT', target: '/' },
    ],
  },
  {
    name: 'underscores_in_headers on, and ignore_invalid_headers off',
    site: `server { listen $LISTEN; server_name u; underscores_in_headers on; location / { proxy_pass http://$A; proxy_set_header X-Seen "$http_x_under"; } }
    server { listen $LISTEN; server_name i; ignore_invalid_headers off; location / { proxy_pass http://$A; } }`,
    requests: ['u', 'i', 'z'].flatMap((host) => [
      {
        target: '/',
        headers: [
          ['Host', host],
          ['X_Under', '1'],
          ['X.Dot', '2'],
          ['X-Ok', '3'],
          ['X!', '4'],
        ] as Header[],
      },
      {
        target: '/',
        headers: [
          ['X_Under', '1'],
          ['Host', host],
          ['X_After', '2'],
          ['X.Dot', '3'],
        ] as Header[],
      },
    ]),
  },
  {
    name: 'long request lines and headers',
    site: 'server { listen $LISTEN; location / { return 200 "$http_x_last"; } }',
    requests: [
      ...[500, 1000, 1010, 1011, 1100, 8000, 8176, 8177, 8178, 8179, 8180, 8200, 20000].map((length) => ({
        target: `/${long(length)}`,
      })),
      ...[900, 1000, 8000, 8180, 8184, 8185, 8186, 8187, 8188, 8192, 9000].map((length) =>
        head(['X-Long', long(length)], ['X-Last', 'l']),
      ),
      ...[2, 3, 4, 5, 6].map((count) =>
        head(...Array.from({ length: count }, (_, n): Header => [`X-${n}`, long(7000)]), ['X-Last', 'l']),
      ),
      ...[20, 30, 31, 32, 33, 34, 40].map((count) =>
        head(...Array.from({ length: count }, (_, n): Header => [`X-${n}`, long(1000)]), ['X-Last', 'l']),
      ),
    ],
  },
  {
    name: 'large_client_header_buffers',
    site: 'client_header_buffer_size 256; server { listen $LISTEN; large_client_header_buffers 2 512; location / { return 200 "$http_x_last"; } error_page 400 414 494 /e; location /e { return 200 page; } }',
    requests: [
      ...[100, 240, 300, 495, 496, 497, 498, 499, 500, 600].map((length) => ({ target: `/${long(length)}` })),
      ...[1, 2, 3, 4, 5, 8].map((count) =>
        head(...Array.from({ length: count }, (_, n): Header => [`X-${n}`, long(200)]), ['X-Last', 'l']),
      ),
    ],
  },
  {
    name: 'body limits',
    site: `server { listen $LISTEN; client_max_body_size 10;
      location /p/ { proxy_pass http://$A; } location /r/ { return 200 r; }
      location /big/ { client_max_body_size 0; proxy_pass http://$A; } location /k/ { client_max_body_size 1k; proxy_pass http://$A; }
      location /page/ { error_page 413 /sorry; proxy_pass http://$A; } location /sorry { return 200 sorry; }
    }`,
    requests: ['/p/', '/r/', '/big/', '/k/', '/page/'].flatMap((target) =>
      [5, 10, 11, 1024, 1025].flatMap((length) => [
        { method: 'POST', target, body: long(length) },
        {
          method: 'POST',
          target,
          body: long(length),
          headers: [
            ['Host', 'a'],
            ['Transfer-Encoding', 'chunked'],
          ] as Header[],
        },
      ]),
    ),
  },
]
