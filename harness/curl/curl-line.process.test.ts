import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesFrom, bytesFromText, type Header, type RequestMessage } from '../chain/message.ts'
import { describeUnless } from '../vitest/describe-tier.ts'
import { curlLine } from './curl-line.ts'

function message(given: Partial<RequestMessage>): RequestMessage {
  return {
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    headers: [
      ['User-Agent', 'x'],
      ['Accept', '*/*'],
    ],
    body: '',
    ...given,
  }
}

test.each<[string, Partial<RequestMessage>]>([
  ['curl --path-as-is -H "User-Agent: x" -H "Accept: */*" "http://h/a?b=c&d"', { target: '/a?b=c&d' }],
  ['curl --path-as-is -H User-Agent: -H Accept: http://h/', { headers: [] }],
  ['curl --path-as-is -X DELETE -H User-Agent: -H Accept: http://h/', { method: 'DELETE', headers: [] }],
  ['curl --path-as-is --head -H User-Agent: -H Accept: http://h/', { method: 'HEAD', headers: [] }],
  ['curl --path-as-is --http1.0 -H User-Agent: -H Accept: http://h/', { httpVersion: '1.0', headers: [] }],
  ['curl --path-as-is --globoff -H User-Agent: -H Accept: "http://h/[1-9]"', { target: '/[1-9]', headers: [] }],
])('%s', (line, given) => {
  expect(curlLine(message(given), 'http://h')).toBe(line.replaceAll('"', "'"))
})

const NO_CURL = ['curl', 'bash'].every((program) => spawnSync(program, ['--version']).status === 0)
  ? null
  : { fact: 'there is no curl or no bash', remedy: 'Install them.' }

/** Answers every request with nothing and gives its bytes, as Latin-1. */
const received: string[] = []
const server = createServer((socket: Socket) => {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    const [head = '', body] = text.split('\r\n\r\n', 2)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (body === undefined || text.length < head.length + 4 + length) return
    received.push(text)
    socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n')
  })
  socket.on('error', () => undefined)
})
let baseUrl = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address === 'object' && address !== null) baseUrl = `http://127.0.0.1:${address.port}`
})
afterAll(() => void server.close())

async function repeat(request: RequestMessage): Promise<{ line: string; headers: string[]; body: string }> {
  received.length = 0
  await promisify(execFile)('bash', ['-c', `${curlLine(request, baseUrl)} --silent --noproxy '*'`])
  const [head = '', body = ''] = (received[0] ?? '').split('\r\n\r\n', 2)
  const [line = '', ...headers] = head.split('\r\n')
  return { line, headers: headers.filter((header) => !/^(host|content-length):/i.test(header)).sort(), body }
}

async function expectRepeated(given: Partial<RequestMessage>): Promise<void> {
  const request = message(given)
  const { method, target, httpVersion, headers, body } = request
  expect(await repeat(request)).toEqual({
    line: `${method} ${target} HTTP/${httpVersion}`,
    headers: headers.map(([name, value]) => `${name}: ${value}`.trimEnd()).sort(),
    body,
  })
}

const HARD: readonly Partial<RequestMessage>[] = [
  { target: '/a/../b/./c//d/%2e%2e/%2F?x=[1]&y={a,b}&z' },
  { target: '/it\'s?$HOME=`id`&!x;"' },
  { target: '/a#b' },
  { target: '/a?' },
  { target: '/\xe9\xff' },
  { target: '/a\\b^c|d<e>' },
  { target: '*', method: 'OPTIONS' },
  { target: 'http://other/x' },
  { method: 'POST', body: bytesFromText('{"a": "it\'s é\\n"}\n\ttab') },
  { method: 'POST', body: '@/etc/passwd' },
  { method: 'PUT', body: '\x00\x01\x27\x5c\x25\xff\x0a0' },
  { method: 'GET', body: 'a body' },
  { httpVersion: '1.0' },
  { headers: [] },
  {
    headers: [
      ['X-Empty', ''],
      ['X-Twice', 'a'],
      ['X-Twice', 'b'],
      ["X-It's", '$(id) "q"'],
      ['Accept', ''],
    ],
  },
]

describeUnless(NO_CURL, 'the real curl', () => {
  test.each(HARD)('repeats it byte for byte (%#)', async (given) => {
    await expectRepeated(given)
  })

  test('repeats any request byte for byte', async () => {
    const byte = fc
      .integer({ min: 0x21, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code))
    const rest = fc.array(byte, { maxLength: 20 }).map((bytes) => bytes.join(''))
    const value = rest.map((text): Header => ['X-Any', text.trim()])
    await fc.assert(
      fc.asyncProperty(rest, fc.uint8Array({ maxLength: 20 }), value, async (path, body, header) => {
        const headers: Header[] = [['User-Agent', 'x'], ['Accept', '*/*'], header]
        await expectRepeated({ method: 'POST', target: `/${path}`, body: bytesFrom(Buffer.from(body)), headers })
      }),
      { numRuns: 25 },
    )
  })
})
