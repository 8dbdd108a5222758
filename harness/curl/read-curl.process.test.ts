import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientMessage } from '../environments/client-message.ts'
import { clientRequest } from '../runner/client-request.ts'
import { describeUnless } from '../vitest/describe-tier.ts'
import { readCurl } from './read-curl.ts'
import { shellWords } from './shell-words.ts'

const NO_CURL = ['curl', 'bash'].every((program) => spawnSync(program, ['--version']).status === 0)
  ? null
  : { fact: 'there is no curl or no bash', remedy: 'Install them.' }

/** Lines as people paste them; `URL` is where the server of the test listens. */
const LINES: readonly string[] = [
  'curl URL',
  'curl URL/a/../b/./c//d/%2e%2e/x?y=../z#fragment',
  'curl --path-as-is URL/a/../b/./c/.',
  'curl URL?a=b',
  'curl URL/a?',
  `curl 'URL/é?q=ü'`,
  String.raw`curl -g 'URL/[1-9]/{a}?x[]=1&it'\''s="$HOME"'`,
  "curl -X DELETE URL/a -H 'Accept:' -H 'X-Empty;' -H 'x-two: 1' -H 'x-two:2' -H 'User-Agent: me'",
  'curl -sSLkXPUT -d a=b -d c=d --data-urlencode "e=f g/h" URL/a',
  `curl URL/a --json '{"a": 1}'`,
  `curl URL/a --data-raw '@no-file' -H 'content-type: text/plain' --compressed`,
  `curl URL/a --data-binary $'a\\nb\\tc\\u00e9\\xff\\'d'`,
  'curl -G -d a=b --data-urlencode "c d" URL/a?x=y',
  'curl -I URL/a',
  'curl -0 URL/a -A agent -e http://other/ -b a=b -b "c=d; e=f"',
  'curl -u name:pass -r 0-9 URL/a',
  'curl --oauth2-bearer token URL/a',
  'curl --request-target "*" -X OPTIONS URL/',
  'curl URL/a \\\n  -H "Host: flowmaster.example" \\\n  -H "X-Quoted: \\"a\\" \\$b \\c"',
  'curl -d "" URL/a',
  'curl --url URL/a --no-keepalive # a comment',
]

const received: string[] = []
const server = createServer((socket: Socket) => {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    const [head = '', body] = text.split('\r\n\r\n', 2)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (body === undefined || body.length < length) return
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

describeUnless(NO_CURL, 'the real curl', () => {
  test.each(LINES)('sends what is read of %j', async (written) => {
    const line = written.replace('URL', baseUrl)
    received.length = 0
    await promisify(execFile)('bash', ['-c', `${line.replace('curl', "curl --silent --noproxy '*'")}`])
    expect(sentBy(line)).toEqual(inOrder(received[0] ?? ''))
  })
})

/** What our client sends for a line, without the id that it adds. */
function sentBy(line: string) {
  const { request } = readCurl(shellWords(line), () => expect.fail('no line names a file'))
  const sendable = clientRequest(request)
  if (sendable.kind === 'refused') return expect.fail(sendable.because)
  const { method, target, httpVersion, headers, body } = clientMessage(sendable.request, '', 'no host')
  const lines = headers.filter(([name]) => name !== 'X-Request-ID').map(([name, value]) => `${name}: ${value}`)
  return inOrder([`${method} ${target} HTTP/${httpVersion}`, ...lines, '', body].join('\r\n'))
}

/** A message with its header lines by name, and without curl's version and white space around values. */
function inOrder(message: string) {
  const [head = '', body] = message.split('\r\n\r\n', 2)
  const [line, ...headers] = head.split('\r\n')
  const plain = headers.map((header) => header.replace(/^(user-agent: curl\/).*/i, '$1').replace(/: */, ': '))
  return { line, headers: plain.toSorted(), body }
}
