import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { Source } from '../../diagnostics/source.ts'
import type { LogLine } from '../../nginx/site.ts'
import { rulesOf } from '../../nginx/versions.ts'
import { loadSite } from '../load-site.ts'
import { SiteServer } from './site-server.ts'

const opened: { close(): void }[] = []
const logged: LogLine[] = []
const failures: unknown[] = []

afterEach(() => {
  for (const one of opened.splice(0)) one.close()
  logged.length = 0
  failures.length = 0
})

test('bytes that follow a request are the next one, whatever its body is', async () => {
  const port = await serve('location / { return 200 "$request_method $uri\\n"; }')
  const first = 'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc'
  const second = 'PUT /b HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n2\r\nab\r\n0\r\nTrailer: x\r\n\r\n'
  const third = '\r\n\nGET /c HTTP/1.0\r\n\r\n'
  expect(bodies(await exchange(port, first + second + third))).toEqual(['POST /a', 'PUT /b', 'GET /c'])
})

test('a body that comes late is waited for, and a client that asks is told to go on', async () => {
  const upstream = await upstreamWith((socket, request) => socket.end(answerOf(request)))
  const port = await serve(`location / { proxy_pass http://127.0.0.1:${upstream}; }`)
  const socket = connect(port, '127.0.0.1')
  const answer = read(socket)
  socket.write('POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\nConnection: close\r\n\r\n')
  await vi.waitFor(() => expect(answer.text).toBe('HTTP/1.1 100 Continue\r\n\r\n'))
  socket.write('bo')
  socket.write('dy')
  await answer.closed
  expect(answer.text).toMatch(/\r\n\r\nPOST \/a HTTP\/1\.1\r\n[\s\S]*Content-Length: 4\r\n\r\nbody$/)
})

test('where the body never comes, nginx closes after client_body_timeout', async () => {
  const port = await serve('client_body_timeout 20ms; location / { proxy_pass http://127.0.0.1:9; }')
  expect(await exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo')).toBe('')
})

test('nobody listens at the upstream: 502; it says nothing: 504', async () => {
  const silent = await upstreamWith(() => undefined)
  const port = await serve(`location /dead { proxy_pass http://127.0.0.1:1; }
    location /silent { proxy_pass http://127.0.0.1:${silent}; proxy_read_timeout 30ms; }`)
  expect(await exchange(port, 'GET /dead HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/)
  expect(await exchange(port, 'GET /silent HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 504 Gateway Time-out\r\n/)
})

test('an answer that breaks off is passed on as far as it came, and the connection closed', async () => {
  const upstream = await upstreamWith((socket) => socket.end('HTTP/1.1 200 OK\nContent-Length: 9\n\npart'))
  const port = await serve(`location / { proxy_pass http://127.0.0.1:${upstream}; }`)
  const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  expect(answer).toMatch(/Content-Length: 9\r\n[\s\S]*\r\n\r\npart$/)
})

test('what a format says is logged, with the times and bytes of the connection', async () => {
  const port = await serve('location / { return 200 ok; access_log /x.log own if=$arg_l; }', [
    'log_format own "$connection $connection_requests $status $body_bytes_sent $request";',
  ])
  await exchange(
    port,
    'GET /?l=1 HTTP/1.1\r\nHost: x\r\n\r\nGET /?l=0 HTTP/1.1\r\nHost: x\r\n\r\nGET /?l=2 HTTP/1.0\r\n\r\n',
  )
  expect(logged).toEqual([
    { path: '/x.log', text: '1 1 200 2 GET /?l=1 HTTP/1.1', gzip: false },
    { path: '/x.log', text: '1 3 200 2 GET /?l=2 HTTP/1.0', gzip: false },
  ])
})

test('a request that the model does not know is told, and the connection closed', async () => {
  const port = await serve('location / { return 200 $pid; }')
  expect(await exchange(port, 'GET / HTTP/1.0\r\n\r\n')).toBe('')
  expect(failures).toMatchObject([{ refused: { name: '$pid' } }])
})

test.each([
  ['PROXY TCP4 192.0.2.1 192.0.2.2 123 5678\r\n', '192.0.2.1 123 192.0.2.2 5678'],
  ['PROXY TCP6 2001:DB8::1 2001:db8:0::2 123 5678\r\n', '2001:db8::1 123 2001:db8::2 5678'],
  ['PROXY UNKNOWN 1 2 3\r\n', '   '],
  ['\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0f\xc0\0\x02\x01\xc0\0\x02\x02\0\x7b\x16\x2etlv', '192.0.2.1 123 192.0.2.2 5678'],
  ['\r\n\r\n\0\r\nQUIT\n\x20\0\0\0', '   '],
])('a header of the PROXY protocol: %j', async (header, said) => {
  const text = ['addr', 'port', 'server_addr', 'server_port'].map((name) => `$proxy_protocol_${name}`).join(' ')
  const port = await serve(`location / { return 200 "${text}\\n"; }`, [], 'proxy_protocol')
  expect(bodies(await exchange(port, `${header}GET / HTTP/1.0\r\n\r\n`))).toEqual([said])
  expect(await exchange(port, 'GET / HTTP/1.0\r\n\r\n')).toBe('')
})

test('quit waits for what runs, and closes what waits', async () => {
  const asked: Socket[] = []
  const upstream = await upstreamWith((socket) => {
    asked.push(socket)
  })
  const { server, port } = await start(`location / { proxy_pass http://127.0.0.1:${upstream}; }`)
  const idle = read(connect(port, '127.0.0.1'))
  const running = exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  const over = server.quit()
  await idle.closed
  asked[0]?.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  expect(await running).toMatch(/\r\n\r\nok$/)
  await over
})

async function serve(text: string, http: readonly string[] = [], listen = ''): Promise<number> {
  return (await start(text, http, listen)).port
}

async function start(
  text: string,
  http: readonly string[] = [],
  listen = '',
): Promise<{ server: SiteServer; port: number }> {
  const port = await freePort()
  const source = new Source('nginx.conf', `${http.join('\n')} server { listen 127.0.0.1:${port} ${listen}; ${text} }`)
  const site = loadSite(source, new Map(), rulesOf('1.31.4'), { resolve: () => [], nowMs: () => performance.now() })
  const server = await SiteServer.open(site, {
    failed: (error) => failures.push(error),
    logged: (lines) => logged.push(...lines),
  })
  opened.push(server)
  return { server, port }
}

/** An upstream that is shown each request once its head is there. */
async function upstreamWith(answer: (socket: Socket, request: string) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    let request = ''
    socket.on('data', (chunk) => {
      request += chunk
      const [head = '', body = ''] = request.split('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0)
      if (request.includes('\r\n\r\n') && body.length === length) answer(socket, request)
    })
  })
  opened.push(server)
  return portOf(server)
}

function answerOf(request: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${request.length}\r\n\r\n${request}`
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portOf(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function read(socket: Socket): { text: string; readonly closed: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const answer = { text: '', closed: promise }
  socket.on('data', (chunk) => {
    answer.text += chunk
  })
  socket.on('error', () => undefined)
  socket.once('close', () => resolve())
  return answer
}

async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  const answer = read(socket)
  socket.write(Buffer.from(bytes, 'latin1'))
  await answer.closed
  return answer.text
}

function bodies(answers: string): string[] {
  return [...answers.matchAll(/\r\n\r\n([^\n]*)\n/g)].map(([, body = '']) => body)
}
