import type { CaseAnswer, ConformanceCase } from '../case.ts'

/** An answer whose status line and header take `bytes` bytes, in one line or in many. */
function answerWithHead(bytes: number, lineBytes = bytes): CaseAnswer {
  let head = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'
  for (let n = 0; bytes - head.length > lineBytes + 100; n++) head += `X-${n}: ${'x'.repeat(lineBytes)}\r\n`
  const last = 'X-Last: '
  return { bytes: `${head}${last}${'x'.repeat(bytes - head.length - last.length - 4)}\r\n\r\nhi` }
}

/** Buffers, at the sizes where one byte more makes a difference. */
export const BUFFERS: readonly ConformanceCase[] = [
  {
    name: 'proxy_buffer_size: the header of an answer fits, or is too big',
    site: `server { listen $LISTEN;
      location / { proxy_pass http://$A; } location /many/ { proxy_pass http://$A; }
      location /unbuffered { proxy_buffering off; proxy_pass http://$A; }
      location /buffers { proxy_buffers 4 8k; proxy_pass http://$A; }
      location /small { proxy_buffer_size 1k; proxy_pass http://$A; location /small/inside { proxy_pass http://$A; } }
      location /large { proxy_buffer_size 16k; proxy_buffers 4 16k; proxy_pass http://$A; }
      location /page { proxy_buffer_size 1k; error_page 502 = /sorry; proxy_pass http://$A; }
      location /sorry { return 200 sorry; }
    }`,
    requests: [
      ...[4095, 4097, 9000].flatMap((bytes) => [
        { target: '/', upstream: [answerWithHead(bytes)] },
        { target: '/many/', upstream: [answerWithHead(bytes, 40)] },
        { target: '/buffers', upstream: [answerWithHead(bytes)] },
      ]),
      ...[4095, 4096, 4097].map((bytes) => ({ target: '/unbuffered', upstream: [answerWithHead(bytes)] })),
      ...['/small', '/small/inside', '/page'].flatMap((target) =>
        [1023, 1025].map((bytes) => ({ target, upstream: [answerWithHead(bytes)] })),
      ),
      ...[16_383, 16_385].map((bytes) => ({ target: '/large', upstream: [answerWithHead(bytes)] })),
      { method: 'HEAD', target: '/', upstream: [answerWithHead(5000)] },
      { method: 'POST', target: '/', body: 'abc', upstream: [answerWithHead(5000)] },
    ],
  },
  {
    name: 'a header that is too big is passed over as an invalid one',
    site: `upstream pair { server $A max_fails=0; server $B max_fails=0; } server { listen $LISTEN;
      location / { proxy_pass http://pair; } location /next { proxy_next_upstream invalid_header; proxy_pass http://pair; } }`,
    requests: [
      { target: '/', upstream: [answerWithHead(5000)] },
      { target: '/next', upstream: [answerWithHead(5000)] },
      { target: '/next', upstream: [answerWithHead(5000), answerWithHead(6000)] },
      { method: 'POST', target: '/next', upstream: [answerWithHead(5000)] },
    ],
  },
  {
    name: 'proxy_request_buffering off: bodies that are there at once',
    site: `upstream pair { server $A max_fails=0; server $B max_fails=0; } server { listen $LISTEN; client_max_body_size 100k;
      proxy_request_buffering off; proxy_http_version 1.1; location / { proxy_pass http://pair; }
      location /1.0 { proxy_http_version 1.0; proxy_pass http://pair; } }`,
    requests: ['/', '/1.0'].flatMap((target) =>
      [10, 800, 1100, 4000].flatMap((bytes) => [
        { target, method: 'PUT', body: 'x'.repeat(bytes), upstream: ['close' as const] },
        {
          target,
          method: 'PUT',
          body: 'x'.repeat(bytes),
          headers: [
            ['Host', 'a'],
            ['Transfer-Encoding', 'chunked'],
          ] as const,
        },
      ]),
    ),
  },
]
