import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ClientRequest, PORT_80 } from '../../chain/client-request.ts'
import { loadChain } from '../../chain/load-chain.ts'
import { Source } from '../../diagnostics/source.ts'
import { exchangeAt } from '../../trace/reading.ts'
import type { Trace } from '../../trace/trace.ts'
import { describeContract } from '../environment.contract.ts'
import { UnsupportedError, type World } from '../environment.ts'
import { triesAt } from '../fixtures/trace-parts.ts'
import { simulated } from './simulated.ts'

describeContract(simulated, false)

describe('a client of a chain that does not answer', () => {
  test.each(['websocket', 'request'] as const)('gives up a %s after five minutes, and nginx with it', async (kind) => {
    await using world = await start((site) => site)
    await world.change({ kind: 'fault', fault: { service: 'websocket-gateway', fault: { kind: 'drop' }, nth: null } })
    const trace = await send(world, kind, '/ws/events')
    expect(trace).toMatchObject({ response: null, elapsedMs: 300_000 })
    expect(exchangeAt(trace, 'nginx')).toMatchObject({
      passes: [{ matched: '/ws/', tries: [{ outcome: 'read-timeout', to: { service: 'websocket-gateway' } }] }],
      answered: null,
    })
    expect(exchangeAt(trace, 'backend')).toMatchObject({ service: 'websocket-gateway', answered: null })
  })

  test.each(['websocket', 'request'] as const)('gives up a %s at a Service too', async (kind) => {
    await using world = await start((site) => site)
    await world.change({ kind: 'fault', fault: { service: 'websocket-gateway', fault: { kind: 'drop' }, nth: null } })
    const trace = await send(world, kind, '/ws/events', 'websocket-gateway')
    expect(trace).toMatchObject({ response: null, elapsedMs: 300_000 })
    expect(trace.exchanges).toMatchObject([{ hop: 'backend', answered: null }])
  })

  test('gives up while nginx still waits for a connection', async () => {
    await using world = await start((site) => site.replace('proxy_connect_timeout 5s;', 'proxy_connect_timeout 20m;'))
    await world.change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
    const trace = await send(world, 'request', '/api/v1/processes')
    expect(trace).toMatchObject({ response: null, elapsedMs: 300_000 })
    expect(triesAt(trace, 'nginx')).toMatchObject([{ outcome: 'connect-timeout' }])
  })
})

describe('what is not modelled is refused by its name and line', () => {
  const FILES = 'location /ws/ { root /srv; } location /old/ {'
  const ITSELF = 'location /ws/ { proxy_pass http://127.0.0.1:80/api/; } location /old/ {'
  const ITS_HOST = 'location /ws/ { proxy_pass http://localhost; } location /old/ {'
  const OWN_IPV6 = 'listen [::]:8088; location /ws/ { proxy_pass http://localhost:8088; } location /old/ {'
  const OWN_ADDRESS = 'listen 10.1.2.3:8088; location /ws/ { proxy_pass http://10.1.2.3:8088; } location /old/ {'

  test.each([
    ['request', 'root', FILES],
    ['websocket', 'root', FILES],
    ['request', 'proxy_pass', ITSELF],
    ['websocket', 'proxy_pass', ITSELF],
    ['request', 'proxy_pass', OWN_ADDRESS],
    ['request', 'proxy_pass', ITS_HOST],
    ['request', 'proxy_pass', OWN_IPV6],
  ] as const)('a %s that comes to %s', async (kind, directive, location) => {
    await using world = await start((site) => site.replace('location /ws/ {', location))
    const error: unknown = await send(world, kind, '/ws/events').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ what: directive, span: { line: 24 } })
  })

  test.each(['127.0.0.1:9010', 'localhost:9010', '[::1]:80'])(
    'nobody is at %s, where nginx does not listen',
    async (address) => {
      await using world = await start((site) => site.replace('10.43.43.253:9010', address))
      expect((await send(world, 'request', '/ws/events')).response?.status).toBe(502)
    },
  )
})

async function start(site: (text: string) => string): Promise<World> {
  const dir = path.join(import.meta.dirname, '../../../scenarios/chains/flowmaster')
  const { chain } = loadChain(dir, dir)
  if (chain === null) throw new Error(`Failed to load the chain in "${dir}".`)
  return simulated.start({ ...chain, site: new Source(chain.site.file, site(chain.site.text)) }, { seed: 7 })
}

async function send(world: World, kind: 'request' | 'websocket', target: string, via = 'nginx'): Promise<Trace> {
  const request: ClientRequest = {
    via,
    listener: PORT_80,
    from: null,
    method: 'GET',
    target,
    httpVersion: '1.1',
    headers: [],
    body: '',
  }
  return kind === 'request' ? world.request(request) : (await world.websocket(request, ['one'])).trace
}
