import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestBackend } from './testing/test-gateway.ts'

const MAIN = path.join(import.meta.dirname, 'main.ts')
let dir: string
let backend: TestBackend
let answerBackend = () => {}

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'gateway-'))
  backend = await TestBackend.start((request, response) => {
    if (request.url !== '/slow') response.end('ok')
    else answerBackend = () => response.end('late')
  })
  await writeFile(path.join(dir, 'routes.yaml'), `- {path: /v1/*, target: "127.0.0.1:${backend.port}", rewrite: /$1}\n`)
})
afterAll(async () => {
  await backend[Symbol.asyncDispose]()
  await rm(dir, { recursive: true })
})

/** A gateway process: what it printed so far, and its exit code at the end. */
class Process implements Disposable {
  stdout = ''
  stderr = ''
  readonly exit: Promise<number | null>
  readonly child: ChildProcess

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: '', ...environment } })
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.child = child
    this.exit = once(child, 'close').then(([code]) => code)
  }

  async printed(text: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = text.exec(this.stdout)
      if (found !== null) return found
      await once(this.child.stdout ?? this.child, 'data')
    }
  }

  [Symbol.dispose](): void {
    this.child.kill('SIGKILL')
  }
}

async function fetchText(port: number, target: string): Promise<string> {
  const [response] = await once(get({ port, path: target, agent: false }), 'response')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

test('it serves, warns of nothing, finishes what is running at SIGTERM, and exits 0', async () => {
  using gateway = new Process(['--port', '0', '--host', '127.0.0.1'], { GATEWAY_CONFIG_DIR: dir })
  const port = Number((await gateway.printed(/"port":(\d+)/))[1])
  expect(await fetchText(port, '/v1/x?api_key=hidden')).toBe('ok')
  const line = JSON.parse((await gateway.printed(/^.*"msg":"request".*$/m))[0])
  expect(line).toMatchObject({
    route: '/v1/*',
    place: `${dir}/routes.yaml:1:10`,
    target: '/v1/x?api_key=***',
    status: 200,
    outcome: 'answered',
  })
  const arrived = once(backend.server, 'request')
  const late = fetchText(port, '/v1/slow')
  await arrived
  gateway.child.kill('SIGTERM')
  await gateway.printed(/stopping/)
  await expect(fetchText(port, '/health')).rejects.toThrow('ECONNREFUSED')
  answerBackend()
  expect(await late).toBe('late')
  expect(await gateway.exit).toBe(0)
  expect(gateway.stderr).toBe('')
})

test('a config that is wrong stops the start, with every problem and its place', async () => {
  const bad = path.join(dir, 'bad')
  await mkdir(bad)
  await writeFile(path.join(bad, 'routes.yaml'), '- path: v1\n  target: x\n  rewrite: /y\n')
  await writeFile(path.join(bad, 'middleware.yaml'), 'bodyLimit: much\n')
  using gateway = new Process(['--config', bad])
  expect(await gateway.exit).toBe(2)
  expect(gateway.stderr.split('\n')).toEqual([
    `${bad}/routes.yaml:1:9: "path": "v1" does not begin with a slash. Write "/v1".`,
    `${bad}/routes.yaml:2:11: "target": "x" is no target. Write host:port, such as process-design:9003.`,
    `${bad}/middleware.yaml:1:12: "bodyLimit": "much" is no size. Write a number with a unit: 512b, 64kb, 1mb or 2gb.`,
    '',
  ])
})

test('what a config file says does nothing to the terminal', async () => {
  const bad = path.join(dir, 'escapes')
  await mkdir(bad)
  await writeFile(path.join(bad, 'routes.yaml'), '- {"k\\e[2J\\u202E": 1}\n')
  using gateway = new Process(['--config', bad])
  expect(await gateway.exit).toBe(2)
  expect(gateway.stderr).toContain('unknown key "k<U+001B>[2J<U+202E>"')
})

test('a config that is a pipe or a device is refused, not read', async () => {
  for (const make of [
    (file: string) => execFileSync('mkfifo', [file]),
    (file: string) => symlinkSync('/dev/zero', file),
  ]) {
    const odd = await mkdtemp(path.join(dir, 'odd-'))
    make(path.join(odd, 'routes.yaml'))
    using gateway = new Process(['--config', odd])
    expect(await gateway.exit).toBe(2)
    expect(gateway.stderr).toBe(`Failed to read "${odd}/routes.yaml": it is not a file. Make it a readable file.\n`)
  }
})

test.each([
  [[], /^Failed to start the gateway: no config folder is named\. .*\n$/],
  [['--config', '/nowhere'], /^Failed to read the gateway config "\/nowhere": there is no such folder\. .*\n$/],
  [['--config', '.'], /^Failed to read the gateway config ".*": it has no routes\.yaml\. .*\n$/],
  [['--config', '.', '--port', 'x'], /^Failed to start the gateway on port "x": it is no port\. .*\n$/],
  [['--confg', '.'], /^Failed to read the arguments: Unknown option '--confg'/],
])('%j is wrong use: one plain sentence, exit 2', async (args, sentence) => {
  using gateway = new Process(args)
  expect(await gateway.exit).toBe(2)
  expect(gateway.stderr).toMatch(sentence)
})

test('a port in use: one plain sentence, exit 1', async () => {
  using gateway = new Process(['--config', dir, '--host', '127.0.0.1', '--port', String(backend.port)])
  expect(await gateway.exit).toBe(1)
  expect(gateway.stderr).toMatch(/^Failed to listen on 127\.0\.0\.1:\d+: the port is in use\. .*\n$/)
})
