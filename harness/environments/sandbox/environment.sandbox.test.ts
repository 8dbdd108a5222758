import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { headerValue } from '../../chain/message.ts'
import { exchangeAt } from '../../trace/reading.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { describeContract } from '../environment.contract.ts'
import { InvalidChainError, UnsupportedError } from '../environment.ts'
import { describeEvidence } from '../evidence.contract.ts'
import { describeCertificates } from '../fixtures/certificates.ts'
import { flowmaster, get } from '../fixtures/flowmaster.ts'
import { reasonsAt } from '../fixtures/trace-parts.ts'
import { sandbox } from './sandbox.ts'

afterAll(() => sandbox[Symbol.asyncDispose]())

await describeTier('sandbox', 'sandbox', () => {
  describeContract(sandbox, true)
  describeEvidence(sandbox)

  test('several stand side by side with the same addresses and know nothing of each other', async () => {
    await using one = await sandbox.start(flowmaster(), { seed: 1 })
    await using other = await sandbox.start(flowmaster(), { seed: 1 })
    await one.change({ kind: 'stop', service: 'api-gateway' })
    const [stopped, running] = await Promise.all([
      one.request(get('/api/v1/processes')),
      other.request(get('/api/v1/processes')),
    ])
    expect(stopped.response?.status).toBe(502)
    expect(running.response?.status).toBe(200)
  })

  test('worlds that keep their sandboxes leave none for others, which get one more each', async () => {
    const processors = Math.min(availableParallelism(), 4)
    const worlds = await Promise.all(
      Array.from({ length: processors + 2 }, () => sandbox.start(flowmaster(), { seed: 1 })),
    )
    await using _ = new AsyncDisposableStack().use({
      [Symbol.asyncDispose]: async () => void (await Promise.all(worlds.map((world) => world[Symbol.asyncDispose]()))),
    })
    const pids = worlds.flatMap((world) => world.lookInside()[0]?.match(/--target \d+/) ?? [])
    expect(new Set(pids).size).toBe(worlds.length)
  })

  test('a warm sandbox remembers nothing of the world before', async () => {
    {
      await using before = await sandbox.start(flowmaster(), { seed: 1 })
      await before.change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
      await before.change({ kind: 'delete', service: 'websocket-gateway' })
      await before.change({
        kind: 'fault',
        fault: { service: 'frontend-nextjs', fault: { kind: 'status', status: 500 }, nth: null },
      })
      expect((await before.request(get('/'))).response?.status).toBe(500)
    }
    await using after = await sandbox.start(flowmaster(), { seed: 1 })
    expect((await after.request(get('/'))).response?.status).toBe(200)
    expect((await after.request(get('/api/v1/processes'))).response?.status).toBe(200)
    expect((await after.websocket(get('/ws/x'), ['hi'])).messages).toEqual(['hi'])
  })

  test('a site file that nginx refuses is told in its own words, at its line', async () => {
    const chain = flowmaster((site) =>
      site.replace('proxy_pass http://10.43.43.253:9010;', 'proxy_pass http://10.43.43.253:port;'),
    )
    const error: unknown = await sandbox.start(chain, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidChainError)
    expect(error).toMatchObject({
      diagnostics: [
        {
          message: expect.stringContaining('invalid port in upstream'),
          span: { file: chain.site.file, line: 25, column: 9 },
        },
      ],
    })
  })

  test('a name behind a variable is looked up again when nginx has forgotten it, and unknown names are known to be so at once', async () => {
    const byName =
      'resolver 10.43.0.10 valid=1s; set $gateway api-gateway.flowmaster.svc.cluster.local; proxy_pass http://$gateway:9000;'
    const chain = flowmaster((site) =>
      site
        .replace('proxy_pass http://10.43.193.134:9000;', byName)
        .replaceAll('proxy_connect_timeout 5s', 'proxy_connect_timeout 1s'),
    )
    await using world = await sandbox.start(chain, { seed: 1 })
    const status = async () => (await world.request(get('/api/v1/processes'))).response?.status
    expect(await status()).toBe(200)
    await world.change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
    await vi.waitFor(async () => expect(await status()).toBe(200), { timeout: 20_000 })
    await world.change({ kind: 'delete', service: 'api-gateway' })
    await world.change({ kind: 'reload' })
    expect(await status()).toBe(502)
  })

  test('a name server outside of the cluster is silence, so nginx waits for it before it asks the next', async () => {
    const lines =
      'resolver 192.0.2.53 10.43.0.10; resolver_timeout 1s; set $gateway api-gateway.flowmaster.svc.cluster.local;'
    const site = (text: string) =>
      text.replace('proxy_pass http://10.43.193.134:9000;', `${lines} proxy_pass http://$gateway:9000;`)
    await using world = await sandbox.start(flowmaster(site), { seed: 1 })
    expect((await world.request(get('/api/v1/processes'))).response?.status).toBe(502)
  })

  test('localhost is ::1 first and 127.0.0.1 then, as on a host that has IPv6', async () => {
    const site = (text: string) =>
      text.replace(
        'proxy_pass http://10.43.193.134:9000;',
        'add_header X-Tried $upstream_addr always; proxy_pass http://localhost:9000;',
      )
    await using world = await sandbox.start(flowmaster(site), { seed: 1 })
    const { response } = await world.request(get('/api/v1/processes'))
    expect(headerValue(response?.headers ?? [], 'x-tried')).toBe('[::1]:9000, 127.0.0.1:9000')
  })

  test("the site's own logs hide nothing from the trace", async () => {
    const logs = 'access_log /var/log/nginx/own.access.log; error_log /var/log/nginx/own.error.log crit;'
    await using world = await sandbox.start(
      flowmaster((site) => site.replace('server {', `server { ${logs}`)),
      { seed: 1 },
    )
    expect(exchangeAt(await world.request(get('/api/v1/processes')), 'nginx')).toMatchObject({
      passes: [{ matched: '/api/' }],
    })
  })

  test.each([
    ['a file that is not there', 'root /srv/none;', 404],
    ['what try_files goes on to', 'root /srv/none; try_files $uri @next;', 204],
    ['an alias', 'alias /srv/none/;', 404],
    ['a file for an error', 'error_page 403 /gone.html; return 403;', 404],
  ])('nginx answers although the model knows no files: %s', async (_, directives, status) => {
    const site = (text: string) =>
      text.replace(
        'location / {',
        `location @next { return 204; }\nlocation = /gone.html { root /srv/none; }\nlocation /files/ { ${directives} }\nlocation / {`,
      )
    await using world = await sandbox.start(flowmaster(site), { seed: 1 })
    const trace = await world.request(get('/files/a.css'))
    expect(trace.response?.status).toBe(status)
    const missing = status === 404 ? [expect.stringContaining('/srv/none/')] : []
    expect(reasonsAt(trace, 'nginx').filter((reason) => reason.includes('has no'))).toEqual(missing)
    expect(exchangeAt(trace, 'nginx')?.passes[0]?.decidedBy.whole).not.toBeNull()
  })

  test.each([
    ['log folder', 'access_log /var/log/shop/access.log;'],
    ['cache', 'proxy_cache_path /var/cache/nginx/shop keys_zone=shop:1m;'],
    ['folder for bodies', 'proxy_temp_path /var/cache/nginx/bodies;'],
  ])('the host has a place for what the site writes: a %s', async (_, directive) => {
    const chain = flowmaster((site) => `${directive}\n${site}`)
    await using world = await sandbox.start(chain, { seed: 1 })
    expect((await world.request(get('/'))).response?.status).toBe(200)
  })

  test.each([
    ['a log format', 'access_log /var/log/nginx/shop.log shop; listen', 'unknown log format "shop"'],
    ['a folder', 'access_log /srv/none/shop.log; listen', 'the log cannot be written'],
  ])('what the host lacks makes the chain no wrong one: %s', async (_, directives, words) => {
    const chain = flowmaster((site) => site.replace('listen', directives))
    const error: unknown = await sandbox.start(chain, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ message: expect.stringContaining(words) })
  })

  test.each([
    ['access_log', 'server { listen 81;\naccess_log /srv/none/shop.log; }'],
    ['proxy_temp_path', 'server { listen 81;\nproxy_temp_path /srv/none; }'],
    ['proxy_cache_path', '\nproxy_cache_path /srv/none/cache keys_zone=shop:1m;'],
  ])('a folder that the host lacks is told at the line that names it: %s', async (name, directive) => {
    const chain = flowmaster((site) => `${directive}\n${site}`)
    const error: unknown = await sandbox.start(chain, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ what: name, span: { line: 2, column: 1 } })
  })

  describe('certificates', () => describeCertificates(sandbox))

  test('the host has the addresses that the site listens on', async () => {
    await using world = await sandbox.start(
      flowmaster((site) => site.replace('listen 80', 'listen 192.0.2.10:8080; listen [::]:80; listen 80')),
      { seed: 1 },
    )
    expect((await world.request(get('/'))).response?.status).toBe(200)
  })

  test('nothing leaves: an address outside has no route, and the disk is read-only', async () => {
    await using world = await sandbox.start(
      flowmaster((site) => site.replace('http://10.43.185.219:3000', 'http://192.0.2.1')),
      { seed: 1 },
    )
    expect((await world.request(get('/'))).response?.status).toBe(502)
    const writes = flowmaster((site) => `access_log ${path.join(import.meta.dirname, 'access.log')};\n${site}`)
    await expect(sandbox.start(writes, { seed: 1 })).rejects.toThrow(/Read-only file system/)
  })

  test('without a pod, a direct request has nowhere to go; with one, a stale pin does not matter to it', async () => {
    await using world = await sandbox.start(flowmaster(), { seed: 1 })
    await world.change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
    const direct = { ...get('/health'), via: 'gateway' }
    expect((await world.request(direct)).response?.status).toBe(200)
    await world.change({ kind: 'stop', service: 'api-gateway' })
    expect((await world.request(direct)).response).toBeNull()
  })

  test('what the machine lacks is told, not what came of it', () => {
    const hidden = `mount --bind /dev/null "$(command -v nginx || echo /usr/sbin/nginx)" && exec "$0" "$1"`
    const script = path.join(import.meta.dirname, 'fixtures/hold.ts')
    const inNamespace = ['--user', '--map-root-user', '--mount', 'sh', '-c', hidden, process.execPath, script]
    const { stderr } = spawnSync('unshare', inNamespace, { encoding: 'utf8', input: '' })
    expect(stderr).toContain('Failed to start the sandbox: there is no nginx.')
  })
})
