import { execFile as execFileWithCallback } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OWN_GATEWAY } from '../../chain/chain.ts'
import { Source } from '../../diagnostics/source.ts'
import { exchangeAt } from '../../trace/reading.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { describeContract } from '../environment.contract.ts'
import { EnvironmentError, InvalidChainError, UnsupportedError } from '../environment.ts'
import { describeEvidence } from '../evidence.contract.ts'
import { flowmaster, get } from '../fixtures/flowmaster.ts'
import { ownContainers } from './containers.ts'
import { connectEngine } from './engine.ts'
import { buildImage } from './images.ts'
import { k3s } from './k3s.ts'
import { thisProcess } from './owner.ts'
import { imageNames } from './settings.ts'

const START_TIMEOUT_MS = 300_000
const execFile = promisify(execFileWithCallback)

await describeTier('k3s', 'k3s', () => {
  // Made when there is an engine: tests that are skipped leave nothing.
  const folder = path.join(tmpdir(), `chain-k3s-test-${randomUUID()}`)

  // The cluster, and the first pods in it.
  beforeAll(async () => {
    mkdirSync(folder)
    await using _ = await k3s.start(flowmaster(), { seed: 1 })
  }, START_TIMEOUT_MS)

  afterAll(async () => {
    rmSync(folder, { recursive: true })
    const engine = await connectEngine()
    const mine = async () => (await ownContainers(engine)).filter(({ owner }) => owner === thisProcess())
    const inspected = await Promise.all((await mine()).map(({ id }) => engine.container.getById(id).inspect()))
    const volumes = inspected.flatMap(({ Mounts }) => Mounts.flatMap(({ Name = '' }) => Name))
    await k3s[Symbol.asyncDispose]()
    expect(await mine()).toEqual([])
    const { Volumes } = await engine.container.dockerode.listVolumes()
    expect(Volumes.filter(({ Name }) => Name !== '' && volumes.includes(Name))).toEqual([])
  })

  describeContract(k3s, false)
  describeEvidence(k3s)

  test('its evidence has what Kubernetes knows, with times, counts and conditions', async () => {
    await using world = await k3s.start(flowmaster(), { seed: 1 })
    const files = await world.evidence()
    expect(files.get('kubernetes/events.txt')).toMatch(/^\d{4}-\S+Z +\d+ +\S+Z +Normal +\w+ +Pod\/api-gateway-/m)
    expect(files.get('kubernetes/workloads.txt')).toMatch(/^api-gateway +1\/1 +1 +Available=True \(/m)
    expect(files.get('kubernetes/workloads.txt')).toMatch(/^api-gateway-\w+-\w+ +Running +10\.42\.\S+ .*Ready=True/m)
    expect(files.get('kubernetes/network.txt')).toMatch(/^api-gateway +10\.42\.\S+:9000$/m)
    expect(files.get('kubernetes/nodes.txt')).toMatch(/ Ready=True/)
    expect(files.get('kubernetes/pods.yaml')).not.toMatch(/^ +env:/m)
    // A pod of the world before may be going, and its log with it.
    const logs = [...files].filter(([name]) => /^kubernetes\/logs\/api-gateway-.*\.gateway\.log$/.test(name))
    expect(logs.map(([, log]) => log).join('')).toContain('"target":"/health"')
    expect(files.get('containers/node.log')).not.toBe('')
  })

  test('what it says to type leads into its cluster, and shows no secrets', async () => {
    await using world = await k3s.start(flowmaster(), { seed: 1 })
    const headers = [['Authorization', 'Bearer dont-show-me']] as const
    await world.request({ ...get('/api/v1/processes?page=7'), headers })
    const type = async (line: string): Promise<string> => {
      const chain = `"${process.execPath}" "${path.join(import.meta.dirname, '../../cli/chain.js')}"`
      const shell = execFile('sh', ['-c', line.replace(/^npx chain/, chain)], { cwd: folder })
      return (await shell).stdout
    }
    const [kubeconfig = '', pods, logs = ''] = world.lookInside()
    await type(kubeconfig)
    const config = new KubeConfig()
    config.loadFromFile(path.join(folder, 'k3s.yaml'))
    const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'flowmaster' })
    expect(items.map(({ metadata }) => metadata?.labels?.app)).toContain('api-gateway')
    expect(pods).toBe('kubectl --kubeconfig k3s.yaml -n flowmaster get pods,services,endpoints')
    const told = await type(logs)
    expect(told).toMatch(/^==> gateway api-gateway-\S+, without \d+ probes <==\n\{/)
    expect(told).toContain('"target":"/api/v1/processes?page=7"')
    expect(told).toMatch(/^==> nginx \/var\/log\/nginx\/debug\.log <==$/m)
    expect(told).toContain('http request line: "GET /api/v1/processes?page=7 HTTP/1.1"')
    expect(told).toContain('http header: "Authorization: Bearer ***"')
    expect(told).not.toContain('dont-show-me')
    const all = await type(logs.replace('gateway nginx', '--tail 5'))
    const titles = [...all.matchAll(/^==> (\w+) .+ <==$/gm)].map(([, part]) => part)
    expect([...new Set(titles)]).toEqual(['node', 'relay', 'backends', 'gateway', 'nginx'])
    expect(all).not.toContain('Failed to read it')
  })

  test('a world finds nothing of what the one before has changed', async () => {
    {
      await using before = await k3s.start(flowmaster(), { seed: 1 })
      await before.change({ kind: 'recreate', service: 'api-gateway', clusterIP: null })
      await before.change({ kind: 'delete', service: 'websocket-gateway' })
      const fault = { service: 'frontend-nextjs', fault: { kind: 'status', status: 500 }, nth: null } as const
      await before.change({ kind: 'fault', fault })
      expect((await before.request(get('/'))).response?.status).toBe(500)
    }
    await using after = await k3s.start(flowmaster(), { seed: 1 })
    expect((await after.request(get('/'))).response?.status).toBe(200)
    expect((await after.request(get('/api/v1/processes'))).response?.status).toBe(200)
    expect((await after.websocket(get('/ws/x'), ['hi'])).messages).toEqual(['hi'])
  })

  test('a gateway that counts its clients’ requests has counted none of the world before', async () => {
    const chain = flowmaster()
    const middleware = new Source('middleware.yaml', 'rateLimit: {requests: 1, per: 10m, by: ip}\n')
    const strict = { ...chain, gatewayConfig: { ...chain.gatewayConfig, middleware } }
    for (const seed of [1, 2]) {
      await using world = await k3s.start(strict, { seed })
      expect((await world.request(get('/api/v1/processes'))).response?.status).toBe(200)
      expect((await world.request(get('/api/v1/processes'))).response?.status).toBe(429)
    }
  })

  test('worlds that are started side by side wait for each other', async () => {
    const [first, second] = [k3s.start(flowmaster(), { seed: 1 }), k3s.start(flowmaster(), { seed: 2 })]
    const world = await first
    expect((await world.request(get('/'))).response?.status).toBe(200)
    await world[Symbol.asyncDispose]()
    await using next = await second
    expect((await next.request(get('/'))).response?.status).toBe(200)
  })

  test("an image of the user's own runs as the gateway", async () => {
    const engine = await connectEngine()
    const { dockerode } = engine.container
    await dockerode.getImage(await buildImage(engine)).tag({ repo: 'request-chain-test-gateway', tag: 'own' })
    try {
      const image = 'request-chain-test-gateway:own'
      await using world = await k3s.start({ ...flowmaster(), gateway: { ...OWN_GATEWAY, image } }, { seed: 1 })
      const trace = await world.request(get('/api/v1/processes'))
      expect(trace.response?.status).toBe(200)
      expect(exchangeAt(trace, 'backend')).toMatchObject({ service: 'process-design' })
    } finally {
      await dockerode.getImage('request-chain-test-gateway:own').remove()
    }
  })

  test('a gateway image that is not there is an error of the environment, with what to do', async () => {
    const gateway = { ...OWN_GATEWAY, image: 'localhost:1/no-such-gateway:1' }
    const error: unknown = await k3s.start({ ...flowmaster(), gateway }, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(EnvironmentError)
    expect(error).toMatchObject({
      message: expect.stringContaining('no-such-gateway'),
      remedy: expect.stringContaining('name another by "gateway.image" of the chain.'),
    })
    expect(evidenceOf(error)).toEqual(
      expect.arrayContaining([
        'kubernetes/workloads.txt',
        'kubernetes/events.txt',
        'running/nginx-site.conf',
        'containers/node.log',
      ]),
    )
  })

  test('a gateway that answers its probe with an error is told by that answer', async () => {
    const { dockerode } = (await connectEngine()).container
    const server = "require('http').createServer((_, response) => response.writeHead(503).end()).listen(9000)"
    const container = await dockerode.createContainer({ Image: imageNames().node, Cmd: ['node', '-e', server] })
    await container.commit({ repo: 'request-chain-test-unready', tag: 'own' })
    await container.remove()
    try {
      const gateway = { ...OWN_GATEWAY, image: 'request-chain-test-unready:own' }
      const started = k3s.start({ ...flowmaster(), gateway }, { seed: 1 })
      await expect(started).rejects.toMatchObject({
        message:
          'Failed to start Deployment api-gateway: its pod runs and is never ready: Readiness probe failed: HTTP probe failed with statuscode: 503.',
      })
    } finally {
      await dockerode.getImage('request-chain-test-unready:own').remove()
    }
  })

  test('a gateway image that ends at once is told so, and the next world has its own again', async () => {
    // Node.js with nothing to read ends.
    const gateway = { ...OWN_GATEWAY, image: imageNames().node }
    const error: unknown = await k3s.start({ ...flowmaster(), gateway }, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ message: expect.stringContaining('api-gateway: its container ends again and again') })
    expect(evidenceOf(error).some((file) => file.startsWith('kubernetes/logs/api-gateway-'))).toBe(true)
    await using world = await k3s.start(flowmaster(), { seed: 1 })
    expect((await world.request(get('/api/v1/processes'))).response?.status).toBe(200)
  })

  test('a site file that nginx refuses is told in its own words, at its line', async () => {
    const chain = flowmaster((site) =>
      site.replace('proxy_pass http://10.43.43.253:9010;', 'proxy_pass http://10.43.43.253:port;'),
    )
    const line = chain.site.text.split('\n').findIndex((text) => text.includes(':port;')) + 1
    const error: unknown = await k3s.start(chain, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InvalidChainError)
    expect(error).toMatchObject({
      diagnostics: [{ message: expect.stringContaining('invalid port in upstream'), span: { line } }],
    })
  })

  test('a ClusterIP that the cluster cannot give is unsupported, at its Service', async () => {
    const chain = flowmaster()
    const services = chain.services.map((service) =>
      service.name === 'scheduling' ? { ...service, clusterIP: '10.96.0.7' } : service,
    )
    const error: unknown = await k3s.start({ ...chain, services }, { seed: 1 }).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect(error).toMatchObject({ what: 'ClusterIP 10.96.0.7' })
  })
})

/** The names of the files that an error brings along. */
function evidenceOf(error: unknown): string[] {
  return error instanceof EnvironmentError ? [...error.evidence.keys()] : []
}
