import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { command } from '../../fixtures/command.ts'

/** What the first lines of an explanation say. */
async function told(...args: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await command('explain', ...args)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '))
}

/** What is told of a request that is not sent. */
async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await command('explain', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  return stderr.replace(/^chain: /, '').trimEnd()
}

const CURL = "curl 'http://flowmaster.example/api/v1/process-design/42' -X PUT -H 'X-My: 1' -d a=b"

test('a curl line, whole or as the shell has split it', async () => {
  const whole = await told(CURL)
  expect(whole[0]).toBe('client | sends | PUT /api/v1/process-design/42')
  expect(whole.join('\n')).toContain('server_name "flowmaster.example" is the host')
  const words = [
    'curl',
    'http://flowmaster.example/api/v1/process-design/42',
    '-X',
    'PUT',
    '-H',
    'X-My: 1',
    '-d',
    'a=b',
  ]
  expect(await told(...words)).toEqual(whole)
})

test('options of chain stand before the curl line, or anywhere beside a quoted one', async () => {
  const { stdout } = await command('explain', CURL, '--via', 'gateway', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ exchanges: [{ hop: 'gateway' }, { hop: 'backend' }] })
  expect(await told('--via', 'gateway', 'curl', 'http://h/v1/process-design/1')).toContain(
    'gateway | received | GET /v1/process-design/1',
  )
  expect(await refusal('curl', 'http://h/', '--via', 'gateway')).toContain('chain does not know its option "--via"')
})

test('a URL of a Service enters there', async () => {
  const lines = await told('curl http://process-design.flowmaster.svc:9003/api/v1/processes/7')
  expect(lines[1]).toBe('backend | received | GET /api/v1/processes/7 at process-design')
})

test('what curl is told beside the request is named', async () => {
  const { code, stderr } = await command('explain', 'curl -skL http://flowmaster.example/')
  expect(stderr).toBe('chain: not used: -s, -k, -L, which say how curl works, not what it sends\n')
  expect(code).toBe(0)
})

test('a target alone is asked with GET, with a body by POST', async () => {
  expect((await told('/api/v1/process-design'))[0]).toBe('client | sends | GET /api/v1/process-design')
  expect((await told('/api/v1/process-design', '-d', '{}'))[0]).toBe('client | sends | POST /api/v1/process-design')
  expect((await told('GET', '/', '--http', '1.0'))[0]).toBe('client | sends | GET / (HTTP/1.0)')
})

test('other versions are not asked about long files of nginx', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'chain-explain-'))
  try {
    const server = (n: number) => `server { listen 80; server_name s${n}.example; location / { return 204; } }\n`
    writeFileSync(path.join(dir, 'nginx.conf'), Array.from({ length: 1_000 }, (_, n) => server(n)).join(''))
    writeFileSync(path.join(dir, 'services.yaml'), 'services: [{name: web, port: 80}]\n')
    expect((await told('GET http://s999.example/', '--chain', dir)).at(-2)).toMatch(
      /^Other versions of nginx are not asked/,
    )
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test.each([
  [
    ['/x', '--via', 'gatway'],
    'Failed to enter at "gatway": the chain has no such hop or Service. Did you mean "gateway"?',
  ],
  [
    ['/x', '-d', '@/etc/hostname'],
    'Failed to read request: "@/etc/hostname" cannot be read: it leads out of the working directory. Put a copy inside.',
  ],
  [
    ['/x', '-d', '@nowhere'],
    'Failed to read request: "@nowhere" cannot be read: there is no such file. Name a file that is there.',
  ],
  [['/x', '-H', 'X'], 'Failed to read request: header "X" has no colon. Write -H \'Host: flowmaster.example\'.'],
  [['/x', '--from', 'me'], 'Failed to read request: "me" is no IP address. Write one such as 203.0.113.9.'],
  [
    ['-H', 'a: b', CURL],
    'Failed to read request: --header stands beside a curl line, which says what is sent. Write it in the line.',
  ],
  [
    ['/x', '--env', 'simulated,sandbox'],
    'Failed to use --env simulated,sandbox: the command runs in one environment. Name one.',
  ],
  [['/x', '--namespace', 'a'], 'Failed to use --namespace: it only applies to "cluster". Add --env cluster.'],
])('%j is refused', async (args, why) => {
  expect(await refusal(...args)).toBe(why)
})
