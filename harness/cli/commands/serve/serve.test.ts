import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { command } from '../../fixtures/command.ts'

const CHAIN = path.join(import.meta.dirname, '../../../../scenarios/chains/flowmaster')

const LOCATIONS = `
    location /gone { return 444; }
    location /list/ { root /srv; }
    location / {`

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'chain-serve-'))
  cpSync(CHAIN, dir, { recursive: true })
  const site = path.join(dir, 'nginx.conf')
  writeFileSync(site, readFileSync(site, 'utf8').replace('\n    location / {', LOCATIONS))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** What `chain serve` prints while somebody uses its URL, and until Ctrl-C. */
async function served(use: (url: string) => Promise<unknown>, ...args: readonly string[]) {
  const running = command('serve', dir, '--port', '0', ...args)
  const printed = vi.mocked(process.stdout.write).mock
  const greeting = vi.waitUntil(() => /(http:\S+) is/.exec(printed.calls.join(''))?.[1], { timeout: 10_000 })
  const url = await Promise.race([greeting, running.then(({ stderr }) => expect.fail(stderr))])
  await use(url)
  // What a signal does to a process is the system's part.
  process.emit('SIGINT', 'SIGINT')
  return { ...(await running), url }
}

/** The status and the body; `closed` where there is no answer. */
function ask(url: string, target: string): Promise<string> {
  return new Promise((resolve) => {
    const request = httpRequest(url, { path: target }, async (response) => {
      resolve(`${response.statusCode} ${(await text(response)).trimEnd()}`)
    })
    request.on('error', () => resolve('closed'))
    request.end()
  })
}

test('a chain answers on a port until Ctrl-C, and each request is a line', async () => {
  const { code, stdout, stderr, url } = await served(async (at) => {
    expect(await ask(at, '/api/v1/process-design/4%32?token=tell-nobody-1')).toBe(
      '200 {"service":"process-design","method":"GET","path":"/api/v1/processes/4%32?token=tell-nobody-1"}',
    )
    expect(await ask(at, '/api')).toMatch(/^301 /)
    expect(await ask(at, '/api/v1/nothing')).toMatch(/^404 /)
    expect(await ask(at, '/gone')).toBe('closed')
    expect(await ask(at, '/list/')).toMatch(/^501 .*nginx.conf:35:23: unsupported: "root": .*known$/)
  })
  expect(stdout).toBe(`${url} is http://127.0.0.1 of the chain ${dir} on simulated. Ctrl-C ends it.
Ask it: curl -H 'Host: shop.example' ${url}/

GET /api/v1/process-design/4%32?token=*** → nginx location /api/ → gateway route /v1/process-design/* → backend process-design 200, 0 ms
GET /api → nginx location /api/ 301, 0 ms
GET /api/v1/nothing → nginx location /api/ → gateway no route 404, 0 ms
GET /gone → nginx location /gone no answer, 0 ms
`)
  expect(stderr).toMatch(/^chain: GET \/list\/: .*nginx.conf:35:23: unsupported: "root": .*\n$/)
  expect(code).toBe(130)
  expect(await ask(url, '/')).toBe('closed')
})

test('--verbose explains each request', async () => {
  const { stdout } = await served((url) => ask(url, '/api'), '--verbose')
  expect(stdout).toMatch(/301, 0 ms\n {2}client {3}sends {7}GET \/api\n/)
})

test('--listener is where requests enter', async () => {
  const why = 'Nobody listens where the client came in, on port 8443: nginx has listen 80 default_server.'
  const { stderr } = await served(
    async (url) => expect(await ask(url, '/')).toBe(`502 ${why}`),
    '--listener',
    'https://shop.example:8443',
  )
  expect(stderr).toBe(`chain: GET /: ${why}\n`)
})

test('a port that is taken', async () => {
  await using taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'string' ? address : String(address?.port)
  expect(await command('serve', dir, '--port', port)).toEqual({
    code: 2,
    stdout: '',
    stderr: `chain: Failed to listen on port ${port}: another program listens there. Name another by --port; 0 takes one that is free.\n`,
  })
})

test.each([
  [['--listener', 'shop.example'], 'Failed to use --listener: "shop.example" is no URL with a host'],
  [['--listener', '/'], 'Failed to use --listener: "/" is no URL. Write one such as https://shop.example:8443.'],
  [['--port', '70000'], 'It is not a port: a whole number from 0 to 65535.'],
  [['--env', 'simulated,sandbox'], 'the command runs in one environment. Name one.'],
])('%j is refused', async (args, why) => {
  const { code, stdout, stderr } = await command('serve', dir, ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(why)
})

test('a folder that is not there', async () => {
  const { code, stderr } = await command('serve', path.join(dir, 'nope'))
  expect(code).toBe(2)
  expect(stderr).toContain('there is no such folder. Name the folder of a chain by chain serve DIR.')
})
