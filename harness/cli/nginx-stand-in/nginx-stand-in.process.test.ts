import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const STAND_IN = path.join(import.meta.dirname, '../nginx-stand-in.js')

let prefix: string
let port: number
const running: ChildProcess[] = []

beforeEach(async () => {
  prefix = mkdtempSync(path.join(tmpdir(), 'nginx-stand-in-'))
  port = await freePort()
})

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  rmSync(prefix, { recursive: true, force: true })
})

test('it listens, answers one request after the other, and ends at QUIT', async () => {
  writeConf('location / { return 200 "$request_uri\\n"; }')
  const nginx = await start()
  const answer = await exchange(
    '\r\nGET /a HTTP/1.1\nHost: x\n\nGET /b?c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  )
  expect(answer.match(/^HTTP\/1\.1 200 OK/gm)).toHaveLength(2)
  expect(answer).toMatch(/\r\n\r\n\/a\nHTTP[\s\S]*\r\n\r\n\/b\?c\n$/)
  expect(await ended(nginx, 'SIGQUIT')).toBe(0)
  expect(existsSync(path.join(prefix, 'nginx.pid'))).toBe(false)
})

test('HUP takes the new file, and a wrong one leaves the old in force', async () => {
  writeConf('location / { return 200 one; }')
  const nginx = await start()
  writeConf('location / { return 200 two; }')
  nginx.kill('SIGHUP')
  await vi.waitFor(async () => expect(await exchange(GET)).toContain('two'))
  writeConf('location / { return 200 three; } wrong on;')
  nginx.kill('SIGHUP')
  await vi.waitFor(() => {
    expect(readFileSync(path.join(prefix, 'error.log'), 'utf8')).toContain(
      `unknown directive "wrong" in ${path.join(prefix, 'nginx.conf')}:1`,
    )
  })
  expect(await exchange(GET)).toContain('two')
})

test('-t and -T say what nginx says', () => {
  const file = path.join(prefix, 'nginx.conf')
  writeConf('location / { return 200; }')
  expect(command('-t')).toMatchObject({
    status: 0,
    stderr: `nginx: the configuration file ${file} syntax is ok\nnginx: configuration file ${file} test is successful\n`,
  })
  expect(command('-T').stdout).toBe(`# configuration file ${file}:\n${readFileSync(file, 'utf8')}\n`)
  writeConf('location / { retrun 200; }')
  expect(command('-t')).toMatchObject({
    status: 1,
    stderr: `nginx: [emerg] unknown directive "retrun" in ${file}:1\nnginx: configuration file ${file} test failed\n`,
  })
})

test('what the model does not know is told by its name', async () => {
  writeConf('location / { return 200 "$pid"; }')
  const nginx = await start()
  let told = ''
  nginx.stderr?.on('data', (chunk) => {
    told += chunk
  })
  expect(await exchange(GET)).toBe('')
  await vi.waitFor(() => expect(told).toContain('stand-in: refused: $pid (line 1)'))
})

test('-V names the version whose rules hold', () => {
  expect(command('-V').stderr).toContain('nginx version: nginx/1.31.4\n')
  expect(command('-v', { CHAIN_NGINX_VERSION: '1.22.1' }).stderr).toBe('nginx version: nginx/1.22.1\n')
})

const GET = 'GET / HTTP/1.0\r\n\r\n'

function writeConf(server: string): void {
  writeFileSync(path.join(prefix, 'nginx.conf'), `events { } http { server { listen 127.0.0.1:${port}; ${server} } }`)
}

function args(...more: string[]): string[] {
  return [STAND_IN, '-p', prefix, '-c', 'nginx.conf', '-e', 'error.log', '-g', 'pid nginx.pid;', ...more]
}

function command(option: string, env: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, args(option), { encoding: 'utf8', env: { ...process.env, ...env } })
}

async function start(): Promise<ChildProcess> {
  const child = spawn(process.execPath, args(), { stdio: ['ignore', 'ignore', 'pipe'] })
  running.push(child)
  await vi.waitFor(() => expect(existsSync(path.join(prefix, 'nginx.pid'))).toBe(true), { timeout: 10_000 })
  return child
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.kill(signal)
  })
}

/** Everything that comes back for these bytes until the connection is closed. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.once('close', () => resolve(answer))
    socket.once('error', reject)
    socket.write(bytes)
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
