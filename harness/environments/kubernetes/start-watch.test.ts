import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KubeDeployment, KubeEvent, KubePod } from './kube-objects.ts'
import { StartWatch } from './start-watch.ts'

/** What the API of a cluster says, which a test changes. */
interface Api {
  deployments: KubeDeployment[]
  /** Null where they may not be read. */
  events: KubeEvent[] | null
  pods: KubePod[]
}

const POD: KubePod = {
  name: 'scheduling-1',
  app: 'scheduling',
  address: '',
  version: 'v1',
  ready: false,
  leaving: false,
  restarted: [],
  crash: null,
  imageTrouble: null,
  refusal: null,
  unschedulable: null,
}
const AWAITED = [{ name: 'scheduling', replicas: 1, version: 'v1', isImageOfChain: false }]
const NO_ROOM = '0/1 nodes are available: 1 Insufficient cpu'

function event(message: string, count = 1, reason = 'Unhealthy', id = message): KubeEvent {
  return { id, type: 'Warning', reason, object: POD.name, message, count }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

/** What is told when a cluster is looked at for so long, once a second; `each` may change what it says. */
async function toldWithin(
  seconds: number,
  api: Api,
  each: (second: number) => void = () => {},
): Promise<string | null> {
  const watch = new StartWatch({ deploymentStates: async () => api.deployments, events: async () => api.events })
  let known: string | null = null
  for (let second = 0; second <= seconds; second++) {
    each(second)
    known = await watch.look(AWAITED, api.pods)
    vi.advanceTimersByTime(1_000)
  }
  return known
}

test('a refusal of pods that does not pass is told, not one that others cause which are leaving', async () => {
  const refusal = 'pods "scheduling-1" is forbidden: exceeded quota: small'
  const api: Api = { deployments: [{ name: 'scheduling', refusal }], events: [], pods: [] }
  const leaving = { ...POD, name: 'scheduling-0', leaving: true }
  expect(await toldWithin(60, { ...api, pods: [leaving] })).toBe(refusal)
  expect(await toldWithin(11, api)).toBe(refusal)
  await expect(toldWithin(13, api)).rejects.toThrow(
    `Failed to start Deployment scheduling: the cluster refuses its pods: ${refusal}.`,
  )
  const comesAndGoes = (second: number) => {
    api.deployments = second % 8 < 2 ? [] : [{ name: 'scheduling', refusal }]
  }
  expect(await toldWithin(60, api, comesAndGoes)).toBe(refusal)
})

test('a pod that no node has room for is told, unless a node is being made, or nobody can know', async () => {
  const api: Api = { deployments: [], events: [], pods: [{ ...POD, unschedulable: NO_ROOM }] }
  expect(await toldWithin(19, api)).toBe(NO_ROOM)
  await expect(toldWithin(25, api)).rejects.toThrow(`no node has room for its pod: ${NO_ROOM}.`)
  for (const reason of ['TriggeredScaleUp', 'Nominated']) {
    expect(await toldWithin(60, { ...api, events: [event('a node comes', 1, reason)] })).toBe(NO_ROOM)
  }
  expect(await toldWithin(60, { ...api, events: null })).toBe(NO_ROOM)
})

test('a probe counts by its answers: those of before, and refused ones, do not', async () => {
  const answered = 'Readiness probe failed: HTTP probe failed with statuscode: 503'
  const failing = (message: string, before: number, until = Number.POSITIVE_INFINITY) => {
    const api: Api = { deployments: [], events: [], pods: [POD] }
    const grow = (second: number) => {
      api.events = [event(message, before + Math.min(second, until))]
    }
    return [api, grow] as const
  }
  await expect(toldWithin(20, ...failing(answered, 0))).rejects.toThrow(`is never ready: ${answered}.`)
  expect(await toldWithin(60, ...failing(answered, 20, 10))).toBe(answered)
  const refused = 'Readiness probe failed: Get "http://10.42.0.9:9000/health": connect: connection refused'
  expect(await toldWithin(60, ...failing(refused, 0))).toBe(refused)
})

test('a container that cannot be made, or ends again and again, is told with the reason', async () => {
  const refusal = 'CreateContainerConfigError: container has runAsNonRoot and image will run as root'
  const api: Api = { deployments: [], events: null, pods: [{ ...POD, refusal }] }
  expect(await toldWithin(9, api)).toBe(refusal)
  await expect(toldWithin(11, api)).rejects.toThrow(`a container of its pod cannot be made: ${refusal}.`)
  const crash = { ...api, pods: [{ ...POD, crash: 'OOMKilled, exit 137' }] }
  await expect(toldWithin(0, crash)).rejects.toThrow('again and again (CrashLoopBackOff; OOMKilled, exit 137).')
  expect(await toldWithin(60, { ...crash, pods: [{ ...POD, version: 'v0', crash: 'Error, exit 1' }] })).toBe(null)
})

test.each([
  [{ container: 'stub', isOfChain: false }, 'CHAIN_IMAGE'],
  [{ container: 'nginx', isOfChain: false }, 'CHAIN_NGINX_IMAGE'],
  [{ container: 'gateway', isOfChain: true }, '"gateway.image" of the chain'],
])('what names the image that cannot be had is told: %j', async ({ container, isOfChain }, name) => {
  const imageTrouble = { container, image: 'x:1', reason: 'ErrImagePull' }
  const watch = new StartWatch({ deploymentStates: async () => [], events: async () => null })
  const awaited = AWAITED.map((one) => ({ ...one, isImageOfChain: isOfChain }))
  await expect(watch.look(awaited, [{ ...POD, imageTrouble }])).rejects.toMatchObject({
    message: 'Failed to start Deployment scheduling: the cluster cannot get the image "x:1" (ErrImagePull).',
    remedy: expect.stringMatching(new RegExp(` or name another by ${name}\\.$`)),
  })
})
