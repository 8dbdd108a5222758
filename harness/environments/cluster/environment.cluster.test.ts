import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  ApiException,
  AppsV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  RbacAuthorizationV1Api,
  setHeaderOptions,
  V1MicroTime,
} from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { K3S_HOST } from '../../chain/chain.ts'
import type { WorldChange } from '../../chain/world-change.ts'
import { explainTrace } from '../../diagnose/explain.ts'
import { describeTier } from '../../vitest/describe-tier.ts'
import { describeContract } from '../environment.contract.ts'
import { EnvironmentError, UnsupportedError } from '../environment.ts'
import { describeEvidence } from '../evidence.contract.ts'
import { flowmaster, get } from '../fixtures/flowmaster.ts'
import { openProxy } from '../fixtures/stoppable-proxy.ts'
import { triesAt } from '../fixtures/trace-parts.ts'
import { loadIntoNode } from '../k3s/images.ts'
import { type TakenCluster, takeCluster } from '../k3s/take-cluster.ts'
import { NO_RESOURCES } from '../kubernetes/resources.ts'
import { nginxImage } from '../kubernetes/settings.ts'
import { waitUntil } from '../kubernetes/wait-until.ts'
import { clusterEnvironment } from './cluster.ts'
import { OwnNamespace } from './own-namespace.ts'
import { MANAGED_BY } from './settings.ts'

const START_TIMEOUT_MS = 300_000
const CHAIN = path.join(import.meta.dirname, '../../cli/chain.js')

await describeTier('cluster', 'cluster', () => {
  // Made when there is a cluster: tests that are skipped leave nothing.
  const folder = path.join(tmpdir(), `chain-cluster-test-${randomUUID()}`)
  const kubeconfig = path.join(folder, 'kubeconfig')
  const config = new KubeConfig()
  const imageBefore = process.env.CHAIN_IMAGE
  let taken: TakenCluster
  let core: CoreV1Api
  let apps: AppsV1Api
  const cluster = (namespace: string, attach = false, resources = NO_RESOURCES) =>
    clusterEnvironment({ kubeconfig, namespace, attach, resources })
  const environment = cluster('chain-test')

  beforeAll(async () => {
    taken = await takeCluster()
    const { engine, address } = taken.cluster
    await loadIntoNode(engine, address.nodeId, nginxImage())
    process.env.CHAIN_IMAGE = address.image
    mkdirSync(folder)
    writeFileSync(kubeconfig, address.kubeConfig, { mode: 0o600 })
    config.loadFromString(address.kubeConfig)
    core = config.makeApiClient(CoreV1Api)
    apps = config.makeApiClient(AppsV1Api)
    await using _ = await environment.start(flowmaster(), { seed: 1 })
  }, START_TIMEOUT_MS)

  afterAll(async () => {
    await environment[Symbol.asyncDispose]()
    const left = await core.listNamespace({ labelSelector: `app.kubernetes.io/managed-by=${MANAGED_BY}` })
    await taken.giveBack()
    rmSync(folder, { recursive: true })
    if (imageBefore === undefined) delete process.env.CHAIN_IMAGE
    else process.env.CHAIN_IMAGE = imageBefore
    expect(left.items.map(({ metadata }) => metadata?.name)).toEqual([])
  }, START_TIMEOUT_MS)

  /** Null where it is not there. */
  async function readNamespace(name: string) {
    return core.readNamespace({ name }).catch((error: unknown) => {
      if (error instanceof ApiException && error.code === 404) return null
      throw error
    })
  }

  async function errorOf(start: Promise<AsyncDisposable>): Promise<unknown> {
    try {
      await using _ = await start
      return null
    } catch (error) {
      return error
    }
  }

  describeContract(environment, true)
  describeEvidence(environment)

  test('worlds that run side by side have a namespace each, labelled, and all of them are removed', async () => {
    const own = cluster('chain-test-beside')
    {
      const [first, second] = await Promise.all([1, 2].map((seed) => own.start(flowmaster(), { seed })))
      const names = ['chain-test-beside', 'chain-test-beside-2']
      for (const name of names) {
        expect((await readNamespace(name))?.metadata?.labels).toMatchObject({
          'app.kubernetes.io/managed-by': 'request-chain',
          'request-chain/run': expect.any(String),
        })
      }
      await first?.change({ kind: 'delete', service: 'scheduling' })
      const answers = await Promise.all([first, second].map((world) => world?.request(get('/api/v1/scheduling/7'))))
      expect(answers.map((trace) => trace?.response?.status)).toEqual([502, 200])
      await first?.[Symbol.asyncDispose]()
      await second?.[Symbol.asyncDispose]()
    }
    await own[Symbol.asyncDispose]()
    expect(await readNamespace('chain-test-beside')).toBe(null)
    expect(await readNamespace('chain-test-beside-2')).toBe(null)
  })

  test('pins are rewritten to what the cluster gave, and the trace says so', async () => {
    await using world = await environment.start(flowmaster(), { seed: 1 })
    const trace = await world.request(get('/api/v1/processes'))
    const services = (await core.listNamespacedService({ namespace: 'chain-test' })).items
    const given = services.find(({ metadata }) => metadata?.name === 'api-gateway')?.spec?.clusterIP
    expect(triesAt(trace, 'nginx')).toMatchObject([{ to: { address: '10.43.193.134', given } }])
    expect(given).not.toBe('10.43.193.134')
    const told = explainTrace(trace).map(({ text }) => text)
    expect(told).toContainEqual(
      expect.stringContaining(`10.43.193.134:9000 in the file, rewritten to ${given}, which this cluster gave`),
    )
    const kubectl = `kubectl --kubeconfig ${kubeconfig} --context ${config.getCurrentContext()}`
    expect(world.lookInside()[0]).toBe(`${kubectl} -n chain-test get pods,services,endpoints,events`)
  })

  test('addresses and names in files of the gateway, in edits, and in answers are those of the chain', async () => {
    const chain = flowmaster()
    const when = { httpVersion: null, headers: [], params: [] }
    const headers = [['location', 'http://10.43.185.219:3000/new']] as const
    const answers = [{ method: null, target: '/old', when, status: 302, headers, body: '', trailers: [] }]
    const services = chain.services.map((service) =>
      service.name === 'frontend-nextjs' ? { ...service, stub: { ...service.stub, answers } } : service,
    )
    await using world = await environment.start(
      { ...chain, services, host: { ...K3S_HOST, dns: 'cluster' } },
      { seed: 1 },
    )
    // nginx puts its own address in place of the one that its proxy_pass names.
    expect((await world.request(get('/old'))).response?.headers).toContainEqual(['Location', 'http://localhost/new'])
    const named = 'http://api-gateway.flowmaster.svc.cluster.local:9000'
    const edit = { kind: 'replace', find: 'http://10.43.193.134:9000', with: named } as const
    await world.change({ kind: 'edit', file: 'site', edit })
    await world.change({ kind: 'reload' })
    const trace = await world.request(get('/api/v1/processes'))
    expect(triesAt(trace, 'nginx')).toMatchObject([
      { to: { host: 'api-gateway.flowmaster.svc.cluster.local', service: 'api-gateway' }, outcome: 'answered' },
    ])
  })

  test('an address that is no Service of the chain is silence, even if the cluster has given it away', async () => {
    await using world = await environment.start(
      flowmaster((site) => site.replace('10.43.193.134:9000', '10.43.0.1:443').replaceAll('timeout 5s', 'timeout 1s')),
      { seed: 1 },
    )
    const trace = await world.request(get('/api/v1/processes'))
    expect(triesAt(trace, 'nginx')).toMatchObject([
      { to: { address: '10.43.0.1', service: null }, outcome: 'connect-timeout' },
    ])
  })

  test('a ClusterIP that is asked for cannot be had', async () => {
    await using world = await environment.start(flowmaster(), { seed: 1 })
    const change: WorldChange = { kind: 'recreate', service: 'api-gateway', clusterIP: '10.43.7.7' }
    await expect(world.change(change)).rejects.toBeInstanceOf(UnsupportedError)
  })

  test('a namespace that chain did not make is refused and stays as it is', async () => {
    const body = { metadata: { name: 'chain-test-foreign' } }
    await core.createNamespace({ body })
    try {
      const account = { namespace: 'chain-test-foreign', name: 'default' }
      const hasAccount = () => core.readNamespacedServiceAccount(account)
      await waitUntil({
        what: 'the account',
        check: () =>
          hasAccount().then(
            () => null,
            () => 'missing',
          ),
        timeoutMs: 20_000,
      })
      const before = await readNamespace('chain-test-foreign')
      const own = cluster('chain-test-foreign')
      const error = await errorOf(own.start(flowmaster(), { seed: 1 }))
      await own[Symbol.asyncDispose]()
      expect(error).toBeInstanceOf(EnvironmentError)
      expect(error).toMatchObject({
        message: 'Failed to make namespace "chain-test-foreign": it is there, and chain did not make it.',
      })
      expect(await readNamespace('chain-test-foreign')).toEqual(before)
    } finally {
      await core.deleteNamespace({ name: 'chain-test-foreign' })
    }
  })

  test('what a run that lives has is refused', async () => {
    await using _ = await environment.start(flowmaster(), { seed: 1 })
    const other = cluster('chain-test')
    const error = await errorOf(other.start(flowmaster(), { seed: 1 }))
    await other[Symbol.asyncDispose]()
    expect(error).toMatchObject({ message: 'Failed to make namespace "chain-test": another run has it.' })
    expect(await readNamespace('chain-test')).not.toBe(null)
  })

  /** A kubeconfig of the same cluster, for another user or with other trust in it. */
  function otherConfig(change: (config: KubeConfig) => void): string {
    const other = new KubeConfig()
    other.loadFromString(taken.cluster.address.kubeConfig)
    change(other)
    const file = path.join(folder, `other-${randomUUID()}`)
    writeFileSync(file, other.exportConfig(), { mode: 0o600 })
    return file
  }

  function withToken(token: string): string {
    return otherConfig((other) => {
      other.users = other.users.map(({ name }) => ({ name, token }))
    })
  }

  /** What a run with that kubeconfig says, once it has ended. */
  async function toldWith(file: string, namespace: string): Promise<unknown> {
    await using own = clusterEnvironment({ kubeconfig: file, namespace, attach: false, resources: NO_RESOURCES })
    return errorOf(own.start(flowmaster(), { seed: 1 }))
  }

  function run(namespace: string, ...args: readonly string[]) {
    return runWith(kubeconfig, namespace, ...args)
  }

  function runWith(file: string, namespace: string, ...args: readonly string[]) {
    const child = spawn(process.execPath, [CHAIN, 'run', ...args, '--kubeconfig', file, '--namespace', namespace])
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
    const ended = once(child, 'exit').then(([status]) => ({ status, output }))
    /** Until its first world is being deployed. */
    const deploying = async (): Promise<void> => {
      const check = () =>
        apps.readNamespacedDeployment({ namespace, name: 'api-gateway' }).then(
          () => null,
          () => `it is not there yet: ${output}`,
        )
      await waitUntil({ what: 'Deployment api-gateway', check, timeoutMs: 60_000 })
    }
    return { child, ended, deploying }
  }

  // Beside each other, since each waits for seconds.
  describe('namespaces and their pods', { concurrent: true }, () => {
    test('what a run that was killed just now has is waited for, and made again', async () => {
      const name = 'chain-test-killed'
      const labels = { 'app.kubernetes.io/managed-by': MANAGED_BY, 'request-chain/run': 'killed' }
      const { metadata: dead } = await core.createNamespace({ body: { metadata: { name, labels } } })
      const spec = { holderIdentity: 'killed', leaseDurationSeconds: 15, renewTime: new V1MicroTime() }
      const lease = { metadata: { name: 'request-chain' }, spec }
      await config.makeApiClient(CoordinationV1Api).createNamespacedLease({ namespace: name, body: lease })
      const namespace = await OwnNamespace.make(config, name, 'next')
      try {
        expect((await readNamespace(name))?.metadata?.uid).not.toBe(dead?.uid)
      } finally {
        await namespace.remove()
      }
    })

    test('the waiting for what another run has can be interrupted, and that stays', async () => {
      const name = 'chain-test-waiting'
      const labels = { 'app.kubernetes.io/managed-by': MANAGED_BY, 'request-chain/run': 'other' }
      await core.createNamespace({ body: { metadata: { name, labels } } })
      try {
        await expect(OwnNamespace.make(config, name, 'next', AbortSignal.abort())).rejects.toThrow('aborted')
        const { metadata } = (await readNamespace(name)) ?? {}
        expect([metadata?.labels, metadata?.deletionTimestamp]).toEqual([labels, undefined])
      } finally {
        await core.deleteNamespace({ name })
      }
    })

    test('a run that slept while another one took its namespace says so, and leaves it alone', async () => {
      const namespace = 'chain-test-slept'
      const { child, ended, deploying } = run(namespace, 'scenarios/routing', '--env', 'cluster', '--jobs', '1')
      await deploying()
      child.kill('SIGSTOP')
      const coordination = config.makeApiClient(CoordinationV1Api)
      const body = { spec: { renewTime: new V1MicroTime(Date.now() - 60_000).toISOString() } }
      const asPatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch)
      await coordination.patchNamespacedLease({ namespace, name: 'request-chain', body }, asPatch)
      const next = await OwnNamespace.make(config, namespace, 'next')
      try {
        const before = (await readNamespace(namespace))?.metadata?.uid
        child.kill('SIGCONT')
        const { status, output } = await ended
        expect(output.match(/^ERROR /gm)).toHaveLength(1)
        expect(output).toContain(
          `Failed to use namespace "${namespace}": it was removed, or this run slept and another one has`,
        )
        expect(output).toMatch(/^1 scenario broke, \d+ passed.*, \d+ not run in /m)
        expect(status).toBe(3)
        const { metadata } = (await readNamespace(namespace)) ?? {}
        expect([metadata?.uid, metadata?.deletionTimestamp]).toEqual([before, undefined])
        expect(next.lost.aborted).toBe(false)
      } finally {
        await next.remove()
      }
    })

    test('a user that the cluster does not know, and a cluster that the kubeconfig does not trust', async () => {
      expect(await toldWith(withToken('nobody'), 'chain-test-401')).toMatchObject({
        message:
          'Failed to make namespace "chain-test-401": the cluster does not know the user of the kubeconfig (401 Unauthorized).',
      })
      const untrusted = otherConfig((other) => {
        other.clusters = other.clusters.map(({ name, server }) => ({ name, server, skipTLSVerify: false }))
      })
      expect(await toldWith(untrusted, 'chain-test-ca')).toMatchObject({
        message: expect.stringContaining('the kubeconfig does not trust the certificate of https://'),
      })
    })

    test('a user that may make namespaces and no Leases leaves none', async () => {
      const rbac = config.makeApiClient(RbacAuthorizationV1Api)
      const metadata = { name: 'chain-test-poor' }
      const home = 'chain-test-home'
      await core.createNamespace({ body: { metadata: { name: home } } })
      try {
        await core.createNamespacedServiceAccount({ namespace: home, body: { metadata } })
        const rules = [{ apiGroups: [''], resources: ['namespaces'], verbs: ['get', 'create', 'delete'] }]
        await rbac.createClusterRole({ body: { metadata, rules } })
        const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: metadata.name }
        const subjects = [{ kind: 'ServiceAccount', name: metadata.name, namespace: home }]
        await rbac.createClusterRoleBinding({ body: { metadata, roleRef, subjects } })
        const account = { namespace: home, name: metadata.name, body: { spec: { audiences: [] } } }
        const { status } = await core.createNamespacedServiceAccountToken(account)
        const error = await toldWith(withToken(status?.token ?? ''), 'chain-test-unleased')
        expect(error).toMatchObject({
          message: expect.stringMatching(/^Failed to use namespace "chain-test-unleased": .*leases.* is forbidden/),
        })
        expect(await readNamespace('chain-test-unleased')).toBe(null)
      } finally {
        await rbac.deleteClusterRoleBinding(metadata)
        await rbac.deleteClusterRole(metadata)
        await core.deleteNamespace({ name: home })
      }
    })

    test('what a run that died has left is removed and made again', async () => {
      const name = 'chain-test-dead'
      const labels = { 'app.kubernetes.io/managed-by': MANAGED_BY, 'request-chain/run': 'dead' }
      const { metadata: dead } = await core.createNamespace({ body: { metadata: { name, labels } } })
      await core.createNamespace({ body: { metadata: { name: `${name}-2`, labels } } })
      await config.makeApiClient(CoordinationV1Api).createNamespacedLease({
        namespace: name,
        body: {
          metadata: { name: 'request-chain' },
          spec: { holderIdentity: 'dead', leaseDurationSeconds: 15, renewTime: new V1MicroTime(Date.now() - 60_000) },
        },
      })
      const own = cluster(name)
      {
        await using world = await own.start(flowmaster(), { seed: 1 })
        expect((await world.request(get('/'))).response?.status).toBe(200)
        expect((await readNamespace(name))?.metadata?.uid).not.toBe(dead?.uid)
      }
      await own[Symbol.asyncDispose]()
      expect(await readNamespace(name)).toBe(null)
      const isGone = async () => ((await readNamespace(`${name}-2`)) === null ? null : 'it is still there')
      await waitUntil({ what: 'the other one to be gone', check: isGone, timeoutMs: 30_000 })
    })

    test('a quota that refuses pods is told in its own words', async () => {
      const namespace = 'chain-test-quota'
      await using own = cluster(namespace)
      const told = errorOf(own.start(flowmaster(), { seed: 1 }))
      const check = async () => ((await readNamespace(namespace)) === null ? 'it is not there yet' : null)
      await waitUntil({ what: 'the namespace', check, timeoutMs: 30_000, pauseMs: 10 })
      const body = { metadata: { name: 'small' }, spec: { hard: { 'requests.cpu': '1' } } }
      await core.createNamespacedResourceQuota({ namespace, body })
      expect(await told).toMatchObject({
        message: expect.stringMatching(
          /^Failed to start Deployment \S+: the cluster refuses its pods: pods "\S+" is forbidden: .*must specify requests\.cpu\.$/,
        ),
      })
    })

    test('what no node has room for is told in the words of the scheduler', async () => {
      const requests = { cpu: '1000', memory: '1Mi' }
      await using own = cluster('chain-test-room', false, { requests, limits: {} })
      expect(await errorOf(own.start(flowmaster(), { seed: 1 }))).toMatchObject({
        message: expect.stringMatching(
          /^Failed to start Deployment nginx: no node has room for its pod: .*nsufficient cpu/,
        ),
      })
    })

    // Each of these would wait for what never comes, and be told why after 10 s or more.
    test.each([
      ['no node has room for its pod', 'nginx', { requests: { cpu: '1000' }, limits: {} }],
      ['a quota refuses its pod', 'api-gateway', NO_RESOURCES],
    ])('a start that is interrupted while %s ends, and leaves nothing', async (_why, deployment, resources) => {
      const namespace = `chain-test-stop-${deployment}`
      const interrupt = new AbortController()
      {
        await using own = cluster(namespace, false, resources)
        const started = own.start(flowmaster(), { seed: 1, signal: interrupt.signal })
        const isMade = async () => ((await readNamespace(namespace)) === null ? 'it is not there yet' : null)
        await waitUntil({ what: 'the namespace', check: isMade, timeoutMs: 30_000, pauseMs: 10 })
        const body = { metadata: { name: 'one-pod' }, spec: { hard: { pods: '1' } } }
        await core.createNamespacedResourceQuota({ namespace, body })
        const isThere = () =>
          apps.readNamespacedDeployment({ namespace, name: deployment }).then(
            () => null,
            () => 'it is not there yet',
          )
        await waitUntil({ what: `Deployment ${deployment}`, check: isThere, timeoutMs: 60_000, pauseMs: 10 })
        interrupt.abort()
        expect(await errorOf(started)).toBe(interrupt.signal.reason)
      }
      expect(await readNamespace(namespace)).toBe(null)
    })

    test('every container has the requests and limits that were asked for', async () => {
      const resources = { requests: { cpu: '5m', memory: '16Mi' }, limits: { memory: '512Mi' } }
      await using own = cluster('chain-test-resources', false, resources)
      await using _ = await own.start(flowmaster(), { seed: 1 })
      const { items } = await core.listNamespacedPod({ namespace: 'chain-test-resources' })
      const containers = items.flatMap(({ spec }) => spec?.containers ?? [])
      expect(containers.length).toBe(flowmaster().services.length + 2)
      for (const container of containers) expect(container.resources).toEqual(resources)
    })
  })

  test('an image that the cluster cannot pull is told in one sentence, and nothing is left', async () => {
    const own = cluster('chain-test-image')
    process.env.CHAIN_IMAGE = 'localhost:1/no-such-image:1'
    try {
      const error = await errorOf(own.start(flowmaster(), { seed: 1 }))
      expect(error).toBeInstanceOf(EnvironmentError)
      expect(error).toMatchObject({
        message: expect.stringMatching(
          /^Failed to start Deployment nginx: the cluster cannot get the image "localhost:1\/no-such/,
        ),
      })
      delete process.env.CHAIN_IMAGE
      await using other = cluster('chain-test-image')
      expect(await errorOf(other.start(flowmaster(), { seed: 1 }))).toMatchObject({
        message: expect.stringContaining('CHAIN_IMAGE does not name'),
        remedy: expect.stringContaining('docker build -f gateway/Dockerfile'),
      })
    } finally {
      process.env.CHAIN_IMAGE = taken.cluster.address.image
      await own[Symbol.asyncDispose]()
    }
    expect(await readNamespace('chain-test-image')).toBe(null)
  })

  describe('--attach', () => {
    /** Everything in the namespace that a reader must not change, by what it is and its version. */
    async function versions(namespace: string): Promise<string[]> {
      const lists = await Promise.all([
        core.listNamespacedService({ namespace }),
        core.listNamespacedConfigMap({ namespace }),
        core.listNamespacedPod({ namespace }),
        core.listNamespacedSecret({ namespace }),
      ])
      const found = lists.flatMap(({ items }) => items.map(({ metadata }) => metadata))
      const self = (await readNamespace(namespace))?.metadata
      return [...found, self].map((one) => `${one?.name} ${one?.uid} ${one?.resourceVersion}`).sort()
    }

    test('reads Services, pins, and what the gateway and a Service answer; nothing is changed', async () => {
      await using _ = await environment.start(flowmaster(), { seed: 1 })
      const before = await versions('chain-test')
      const attached = cluster('chain-test', true)
      await using world = await attached.start(flowmaster(), { seed: 1 })
      const services = await world.services()
      expect(services).toMatchObject(flowmaster().services.map(({ name, port }) => ({ name, port, readyEndpoints: 1 })))
      expect((await world.pins()).map(({ service }) => service)).toEqual([
        'api-gateway',
        'websocket-gateway',
        'frontend-nextjs',
      ])
      const viaGateway = await world.request({ ...get('/api/v1/processes?page=2'), via: 'gateway' })
      expect(viaGateway.response?.status).toBe(200)
      expect(viaGateway.exchanges).toMatchObject([
        {
          hop: 'gateway',
          passes: [{ matched: '/v1/process-design/*', tries: [{ to: { service: 'process-design' } }] }],
        },
      ])
      const viaService = await world.request({ ...get('/api/v1/schedules'), via: 'scheduling' })
      expect(viaService.exchanges).toMatchObject([{ hop: 'backend', service: 'scheduling', answered: { status: 200 } }])
      expect(await versions('chain-test')).toEqual(before)
    })

    test('shows nothing that might change something', async () => {
      await using _ = await environment.start(flowmaster(), { seed: 1 })
      const attached = cluster('chain-test', true)
      await using world = await attached.start(flowmaster(), { seed: 1 })
      const tried = [
        () => world.request(get('/')),
        () => world.request({ ...get('/api/v1/processes'), via: 'gateway', method: 'POST' }),
        () => world.websocket({ ...get('/ws/x'), via: 'websocket-gateway' }, ['hi']),
        () => world.change({ kind: 'delete', service: 'scheduling' }),
        () => world.change({ kind: 'repin' }),
      ]
      for (const action of tried) {
        const error: unknown = await action().catch((reason: unknown) => reason)
        expect(error).toBeInstanceOf(UnsupportedError)
        expect(error).toMatchObject({ message: expect.stringContaining('--attach only reads') })
      }
    })

    test('a namespace without the chain is told, and is not made', async () => {
      const attached = cluster('chain-test-none', true)
      expect(await errorOf(attached.start(flowmaster(), { seed: 1 }))).toMatchObject({
        message: 'Failed to attach to namespace "chain-test-none": it has none of the chain\'s Services.',
      })
      expect(await readNamespace('chain-test-none')).toBe(null)
    })
  })

  describe('chain run', () => {
    test('scenarios that are simulated show the same on the cluster, several at a time', async () => {
      const shown = ['routing/request-flow-example', 'drift/pinned-twice', 'bugs/pin-of-another-service']
      const files = [...shown, 'drift/reused-clusterip']
      const paths = files.map((file) => `scenarios/${file}.yaml`)
      const { status, output } = await run('chain-test-run', ...paths, '--env', 'simulated,cluster', '--jobs', '2')
        .ended
      expect(output).toContain(
        'not compared: 1 scenario: cluster cannot show it: scenarios/drift/reused-clusterip.yaml:9:5: recreate with ClusterIP 10.43.193.134',
      )
      expect(output).toContain(
        '4 scenarios passed on simulated, 3 scenarios passed (1 unsupported) on cluster, 3 agree',
      )
      expect(status).toBe(0)
      expect(await readNamespace('chain-test-run')).toBe(null)
    })

    test('an API that does not answer any more is told once, and the rest is not run', async () => {
      const namespace = 'chain-test-gone'
      const { hostname, port } = new URL(config.getCurrentCluster()?.server ?? '')
      const api = await openProxy({ host: hostname, port: Number(port) }, { host: '127.0.0.1', port: 0 })
      const server = `https://127.0.0.1:${api.port}`
      const file = otherConfig((other) => {
        other.clusters = other.clusters.map(({ name }) => ({ name, server, skipTLSVerify: true }))
      })
      const evidence = path.join(folder, 'evidence-gone')
      const args = ['scenarios/routing', '--env', 'cluster', '--jobs', '2', '--evidence', evidence]
      const { ended, deploying } = runWith(file, namespace, ...args)
      try {
        await deploying()
        await api.stop()
        const { status, output } = await ended
        expect(output.match(/^ERROR /gm)).toHaveLength(1)
        expect(output).toContain(`: the Kubernetes API at ${server} does not answer (`)
        expect(output).toMatch(/^chain: Failed to remove namespace "chain-test-gone/m)
        expect(output).toMatch(/^1 scenario broke, 0 passed.*, \d+ not run in /m)
        expect(output).not.toContain('bug in chain')
        expect(status).toBe(3)
      } finally {
        for (const name of [namespace, `${namespace}-2`]) {
          if ((await readNamespace(name)) === null) continue
          await core.deleteNamespace({ name })
          await core.deleteCollectionNamespacedPod({ namespace: name, gracePeriodSeconds: 0 })
          const isGone = async () => ((await readNamespace(name)) === null ? null : 'it is still there')
          await waitUntil({ what: `namespace ${name} to be gone`, check: isGone, timeoutMs: 60_000 })
        }
      }
    })

    test('Ctrl-C in the middle leaves no namespace', async () => {
      const { child, ended } = run('chain-test-stop', 'scenarios/routing', '--env', 'cluster', '--jobs', '1')
      const isThere = async () => ((await readNamespace('chain-test-stop')) === null ? 'it is not there yet' : null)
      await waitUntil({ what: 'the namespace', check: isThere, timeoutMs: 30_000 })
      child.kill('SIGINT')
      expect((await ended).status).toBe(130)
      expect(await readNamespace('chain-test-stop')).toBe(null)
    })
  })
})
