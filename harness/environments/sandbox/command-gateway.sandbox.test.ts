import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Chain, OWN_GATEWAY } from '../../chain/chain.ts'
import { Source } from '../../diagnostics/source.ts'
import { exchangeAt } from '../../trace/reading.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { flowmaster, get } from '../fixtures/flowmaster.ts'
import { passAt } from '../fixtures/trace-parts.ts'
import { sandbox } from './sandbox.ts'

const GATEWAY = path.join(import.meta.dirname, '../../../gateway/main.ts')

afterAll(() => sandbox[Symbol.asyncDispose]())

await describeTier('sandbox', "a gateway of the user's own in the sandbox", () => {
  test('it is started, restarted and stopped as the project’s own is', async () => {
    await using world = await sandbox.start(withCommand([process.execPath, GATEWAY]), { seed: 1 })
    const trace = await world.request(get('/api/v1/scheduling/jobs'))
    expect(trace.response?.status).toBe(200)
    expect(trace.exchanges.map(({ hop }) => hop)).toEqual(['nginx', 'gateway', 'backend'])
    expect(exchangeAt(trace, 'gateway')).toMatchObject({ passes: [{ matched: '/v1/scheduling/*' }] })
    expect(passAt(trace, 'gateway')?.decidedBy.whole?.span).toMatchObject({
      file: expect.stringMatching(/flowmaster\/gateway-config\/routes\.yaml$/),
      line: 10,
    })

    const edit = { kind: 'replace', find: '/v1/scheduling/*', with: '/v1/timetable/*' } as const
    await world.change({ kind: 'edit', file: 'routes.yaml', edit })
    expect((await world.request(get('/api/v1/timetable'))).response?.status).toBe(404)
    await world.change({ kind: 'restart' })
    expect((await world.request(get('/api/v1/timetable'))).response?.status).toBe(200)

    await world.change({ kind: 'stop', service: 'api-gateway' })
    expect((await world.request(get('/api/v1/timetable'))).response?.status).toBe(502)
    await world.change({ kind: 'start', service: 'api-gateway' })
    expect((await world.request({ ...get('/v1/timetable'), via: 'gateway' })).response?.status).toBe(200)
  })

  test('one that does not start again leaves the old one, as a rollout does', async () => {
    await using world = await sandbox.start(withCommand([process.execPath, GATEWAY]), { seed: 1 })
    const edit = (find: string, text: string) =>
      world.change({ kind: 'edit', file: 'routes.yaml', edit: { kind: 'replace', find, with: text } })
    const status = async (target: string) => (await world.request(get(target))).response?.status
    await edit('target: scheduling:9008', 'target: nowhere')
    await expect(world.change({ kind: 'restart' })).rejects.toMatchObject({
      name: 'RefusedConfigError',
      hop: 'gateway',
      message: expect.stringContaining('"target": "nowhere" is no target'),
    })
    expect(await status('/api/v1/scheduling/jobs')).toBe(200)
    await edit('target: nowhere', 'target: execution-engine:9005')
    expect(await status('/api/v1/scheduling/jobs')).toBe(200)
    await world.change({ kind: 'restart' })
    expect(await status('/api/v1/scheduling/jobs')).toBe(404)
  })

  test('one that writes no log is traced by what nginx sent and what the backend received', async () => {
    const forward = `require('node:http').request(
      { host: 'scheduling', port: 9008, path: q.url, method: q.method, headers: q.headers },
      (r) => r.pipe(s.writeHead(r.statusCode, r.headers)))`
    const server = `require('node:http').createServer((q, s) => q.url === '/health' ? s.end() : q.pipe(${forward})).listen(9000)`
    await using world = await sandbox.start(withCommand([process.execPath, '-e', server]), { seed: 1 })
    const trace = await world.request(get('/api/v1/schedules'))
    expect(trace.response?.status).toBe(200)
    expect(exchangeAt(trace, 'gateway')).toMatchObject({
      passes: [
        {
          matched: null,
          reasons: [{ kind: 'no-gateway-log' }],
          tries: [{ to: { service: 'scheduling' }, outcome: 'answered' }],
        },
      ],
      origin: 'upstream',
    })
  })

  test('it is not on the host of nginx, as a pod is not', async () => {
    const chain = withCommand([process.execPath, GATEWAY])
    const site = chain.site.text.replace('http://10.43.193.134:9000', 'http://localhost:9000')
    await using world = await sandbox.start({ ...chain, site: new Source(chain.site.file, site) }, { seed: 1 })
    await expect(world.request(get('/api/v1/processes'))).rejects.toThrow(/nginx asks port 9000 of its own host/)
    expect((await world.request(get('/'))).response?.status).toBe(200)
  })

  test('one that does not start is told with what it said', async () => {
    const chain = withCommand(['sh', '-c', 'echo "no module named app" >&2; exit 3'])
    await expect(sandbox.start(chain, { seed: 1 })).rejects.toThrow(/it ended\. It said: no module named app/)
  })

  test('one that writes without ever ending its line is told as any other', async () => {
    // More than a text can hold in V8.
    const script = "head -c 600000000 /dev/zero | tr '\\000' x; exit 3"
    await expect(sandbox.start(withCommand(['sh', '-c', script]), { seed: 1 })).rejects.toThrow(
      /^Failed to start the gateway ".*": it ended\. It said: x{100}/,
    )
  })

  test('it has no powers, no network and no disk, but a /tmp of its own', async () => {
    const script = [
      'mount -t tmpfs x /mnt 2>/dev/null && echo mounted >&2',
      `touch '${path.join(import.meta.dirname, 'written')}' 2>/dev/null && echo wrote >&2`,
      'touch /tmp/mine && echo tmp >&2',
      'ls /run/docker.sock /run/dbus 2>/dev/null >&2',
      'exit 1',
    ]
    await expect(sandbox.start(withCommand(['sh', '-c', script.join('\n')]), { seed: 1 })).rejects.toThrow(
      /It said: tmp$/,
    )
  })
})

function withCommand(command: readonly string[]): Chain {
  return { ...flowmaster(), gateway: { ...OWN_GATEWAY, command } }
}
