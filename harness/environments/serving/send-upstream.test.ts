import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BackendServer, createStubServer } from '../../backends/stub-server.ts'
import { runAuthority } from '../../chain/run-certificates.ts'
import type { ServiceTls } from '../../chain/service.ts'
import { stubTlsOf } from '../../chain/stub-tls.ts'
import type { NginxSend, UpstreamTls } from '../../nginx/site.ts'
import { sendUpstream } from './send-upstream.ts'

const TLS: ServiceTls = { names: ['billing'], certificate: 'trusted', needsServerName: false }
const ANY: UpstreamTls = { serverName: null, verify: null }

let dir = ''
let trusted = ''
const servers: BackendServer[] = []

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'send-upstream-'))
  trusted = path.join(dir, 'ca.pem')
  writeFileSync(trusted, runAuthority().certificate)
})
afterAll(async () => {
  for (const server of servers) server.closeAllConnections()
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  rmSync(dir, { recursive: true })
})

/** A stub that listens at a port of its own, or at a socket. */
async function stubAt(tls: ServiceTls | null, socket: string | null = null): Promise<NginxSend['to']> {
  const service = { name: 'billing', stub: { serves: null, answers: [], websocket: false, speaks: 'http' as const } }
  const { server } = createStubServer({
    service,
    tls: stubTlsOf(tls),
    onRecord: () => undefined,
    wait: async () => undefined,
  })
  servers.push(server)
  if (socket === null) server.listen(0, '127.0.0.1')
  else server.listen(socket)
  await once(server, 'listening')
  const place = server.address()
  const port = place === null || typeof place === 'string' ? 0 : place.port
  return { host: 'billing', address: socket === null ? '127.0.0.1' : `unix:${socket}`, port }
}

async function outcomeOf(to: NginxSend['to'], tls: UpstreamTls | null) {
  const send: NginxSend = {
    kind: 'send',
    to,
    tls,
    background: [],
    request: { method: 'GET', target: '/x', httpVersion: '1.0', headers: [['Host', 'billing']], body: '' },
    connectTimeoutMs: 5_000,
    readTimeoutMs: 5_000,
    by: { text: 'proxy_pass', span: null },
    pass: 0,
    decision: () => ({ passes: [], answerHeaders: [] }),
    maxHeadBytes: 4096,
    abandon: () => {
      throw new Error('nobody goes')
    },
    resume: () => {
      throw new Error('nobody goes on')
    },
  }
  const { outcome } = await sendUpstream(send, new AbortController().signal)
  if (outcome.kind === 'answered') return outcome.response.status
  return outcome.kind === 'tls-failed' ? outcome.fault : outcome.kind
}

test('a unix domain socket', async () => {
  const socket = path.join(dir, 'a.sock')
  expect(await outcomeOf(await stubAt(null, socket), null)).toBe(200)
  expect(await outcomeOf({ host: 'none', address: `unix:${dir}/none.sock`, port: 0 }, null)).toBe('refused')
})

test('TLS, and who is taken for the upstream', async () => {
  const to = await stubAt(TLS)
  expect(await outcomeOf(to, ANY)).toBe(200)
  expect(await outcomeOf(to, { serverName: null, verify: { name: 'billing', trusted } })).toBe(200)
  expect(await outcomeOf(to, { serverName: null, verify: { name: 'other', trusted } })).toEqual({
    kind: 'other-name',
    name: 'other',
  })
  const lone = await stubAt({ ...TLS, certificate: 'self-signed' })
  expect(await outcomeOf(lone, { serverName: null, verify: { name: 'billing', trusted } })).toEqual({
    kind: 'unverified',
    code: 18,
  })
})

test('TLS to who speaks none, and none to who does', async () => {
  expect(await outcomeOf(await stubAt(null), ANY)).toEqual({ kind: 'closed' })
  expect(await outcomeOf(await stubAt(TLS), null)).toBe('reset')
})
