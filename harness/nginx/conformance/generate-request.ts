import type { Header } from '../../chain/message.ts'
import { answer, type CaseAnswer, type CaseRequest } from './case.ts'
import type { Random } from './random.ts'

const SEGMENTS = [
  'a',
  'b',
  'api',
  'v1',
  'x.html',
  'A',
  '',
  '.',
  '..',
  '%61',
  '%2e',
  '%2e%2e',
  '%2F',
  'a%20b',
  'a+b',
  '%C3%A4',
  '\xe4',
  'a"b',
  '%25',
  '%3F',
  '%23',
  '%',
  '%zz',
  '%00',
  '%0a',
  'static',
  'a%2Bb',
  '{a}',
  '404',
  'c d',
]
const QUERIES = ['', '', '?', '?q=a', '?q=/a', '?x=1&q=a%20b', '?q', '?a?b', '?%zz', '?q=a#f', '#f', '?q=+']
const HOSTS = [
  'first.example',
  'second.example',
  'x.wild.example',
  'dot.example',
  'mail.z',
  're12.example',
  'none',
  'FIRST.example.:80',
  '',
  'bad host',
]

/** Generates a request as a browser, a script or an attacker might send it. */
export function generateRequest(random: Random): CaseRequest {
  const path = `/${random.list(random.below(4), () => random.of(SEGMENTS)).join('/')}${random.once(4) ? '/' : ''}`
  const absolute = random.once(20) ? `http://${random.of(HOSTS.slice(0, 6))}` : ''
  const method = random.once(4) ? random.of(['POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) : 'GET'
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
  return {
    method,
    target: `${absolute}${path}${random.of(QUERIES)}`.replaceAll('c d', random.once(6) ? 'c d' : 'cd'),
    httpVersion: random.once(10) ? '1.0' : '1.1',
    headers: headers(random),
    body: hasBody ? 'x'.repeat(random.of([0, 3, 8, 30])) : '',
    upstream: random.list(random.below(3), () => upstreamAnswer(random)),
  }
}

function headers(random: Random): Header[] {
  const lines: Header[] = random.once(40) ? [] : [['Host', random.of(random.once(3) ? HOSTS : HOSTS.slice(0, 3))]]
  const more: Header[] = [
    ['X-A', 'a'],
    ['X-A', '/a'],
    ['X_Under', 'u'],
    ['X.Dot', 'd'],
    ['Connection', 'keep-alive'],
    ['Upgrade', 'websocket'],
    ['Cookie', 'c=1; d=2'],
    ['X-Forwarded-For', '1.2.3.4'],
    ['x-a', ' spaced '],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'gzip'],
    ['Accept-Encoding', 'br, gzip;q=0.5'],
    ['Authorization', 'Basic dTpw'],
    ['Authorization', 'Basic dTp4'],
    ['Authorization', 'Basic djoxMjM0NTY='],
    ['If-Modified-Since', 'Thu, 29 Feb 2024 12:30:45 GMT'],
    ['If-None-Match', '"65e078f5-a"'],
    ['If-Match', '*'],
    ['If-Unmodified-Since', 'Thu, 29 Feb 2024 12:30:45 GMT'],
    ['Range', 'bytes=1-3'],
    ['Range', 'bytes=-2'],
    ['Via', '1.1 x'],
  ]
  return [...lines, ...random.list(random.below(3), () => random.of(more))]
}

function upstreamAnswer(random: Random): CaseAnswer {
  if (random.once(8)) return 'close'
  const status = random.of([200, 200, 201, 204, 301, 302, 304, 401, 403, 404, 418, 500, 502, 503, 504])
  const extra: Header[] = [
    ['Location', random.of(['/moved', 'http://group/x', 'http://other/y', 'rel'])],
    ['X-Up', 'u'],
    ['Server', 'up'],
    ['Content-Type', 'text/html'],
    ['Set-Cookie', 'a=b'],
  ]
  const lines = extra.filter(() => random.once(2))
  if (status === 204 || status === 304)
    return { bytes: `HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n` }
  return answer(status, lines, 'body')
}
